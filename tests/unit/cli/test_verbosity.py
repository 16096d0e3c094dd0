from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from direct_access.cli.entry import COMMANDS, LazyGroup, group
from direct_access.cli.verbosity import is_quiet, level_of
from direct_access.events import EventLevel


@pytest.mark.parametrize(
    ("srun_debug", "level"),
    [("0", 0), ("2", 0), ("3", 0), ("4", 1), ("5", 2), ("9", 2), ("much", 0), ("-4", 0), ("", 0)],
)
def test_srun_says_how_much_is_told(srun_debug: str, level: int) -> None:
    assert level_of(0, {"SRUN_DEBUG": srun_debug}) == level


@pytest.mark.parametrize(
    ("verbose", "level"),
    [(0, EventLevel.NONE), (1, EventLevel.INFO), (2, EventLevel.DEBUG), (5, EventLevel.DEBUG)],
)
def test_each_v_tells_more(verbose: int, level: EventLevel) -> None:
    assert level_of(verbose, {}) is level


def test_an_option_wins_over_srun() -> None:
    assert level_of(1, {"SRUN_DEBUG": "5"}) is EventLevel.INFO


@pytest.mark.parametrize(("srun_debug", "quiet"), [("2", True), ("3", False), ("1", False), ("", False)])
def test_srun_quiet_leaves_warnings_and_errors(srun_debug: str, quiet: bool) -> None:
    assert is_quiet(False, {"SRUN_DEBUG": srun_debug}) is quiet


def with_all_below(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from with_all_below(inner)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_v_once(name: str) -> None:
    assert isinstance(group, LazyGroup)
    for _ in range(2):
        command = group.get_command(click.Context(group), name)
    assert command is not None
    for each in with_all_below(command):
        options = [option for parameter in each.params for option in parameter.opts]
        assert options.count("-v") == options.count("--verbose") == 1
