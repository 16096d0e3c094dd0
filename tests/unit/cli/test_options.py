"""An option that makes a setting is that setting on the command line."""

from __future__ import annotations

import click
import pytest

from direct_access.cli.entry import COMMANDS, group
from direct_access.config.table import Sources, settings_from

SETTINGS = settings_from(Sources.OPTION)


def options_called(name: str) -> list[click.Parameter]:
    """Return the options of all commands that have a name."""
    context = click.Context(group)
    commands = [command for each in COMMANDS if (command := group.get_command(context, each))]
    return [option for command in commands for option in command.params if option.name == name]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_options_can_make_has_an_option(name: str) -> None:
    assert options_called(name) != []


@pytest.mark.parametrize("name", SETTINGS)
def test_an_option_allows_the_values_of_its_setting(name: str) -> None:
    allowed = SETTINGS[name].kind.schema.get("enum")
    for option in options_called(name):
        assert (list(option.type.choices) if isinstance(option.type, click.Choice) else None) == allowed
