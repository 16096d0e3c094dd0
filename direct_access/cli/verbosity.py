"""How much is printed: by ``-v``, ``-q`` and the options of srun, as IBM's QRMI runner takes it.

Options of ours win.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from direct_access import events
from direct_access._version import __version__
from direct_access.cli.streams import say
from direct_access.events import Event, EventLevel, Text

if TYPE_CHECKING:
    from direct_access.cli.terminal_reporter import TerminalReporter
    from direct_access.slurm.environment import SlurmEnv


def with_verbose(command: click.Command) -> click.Command:
    """Return a command, and those of a group, with the option that every command has."""
    if not any(parameter.name == "verbose" for parameter in command.params):
        option = click.Option(
            ["-v", "--verbose"],
            count=True,
            expose_value=False,
            callback=_begin,
            help="Print events on standard error, one a line: requests, retries, steps; -vv: more of them.",
        )
        command.params.append(option)
        for inner in command.commands.values() if isinstance(command, click.Group) else ():
            with_verbose(inner)
    return command


def level_of(verbose: int, environment: Mapping[str, str]) -> EventLevel:
    """Return which events are printed.

    :param verbose: how often ``-v`` was given
    """
    return EventLevel(min(verbose or _slurm(environment).srun_verbose, EventLevel.DEBUG))


def is_quiet(quiet: bool, environment: Mapping[str, str]) -> bool:
    """Return whether only warnings and errors are printed: ``-q``, or ``srun --quiet`` without ``-v``."""
    return quiet or (_slurm(environment).srun_is_quiet and not events.wanted(Event.START))


def reporter_of(quiet: bool, environment: Mapping[str, str]) -> TerminalReporter:
    """Return who tells a run to people."""
    from direct_access.cli.terminal_reporter import TerminalReporter

    return TerminalReporter(0 if is_quiet(quiet, environment) else 1)


def _slurm(environment: Mapping[str, str]) -> SlurmEnv:
    from direct_access.slurm import environment as slurm_env  # not needed for --help

    return slurm_env.read(environment)


def _begin(context: click.Context, _option: click.Parameter, verbose: int) -> None:
    level = level_of(verbose, os.environ)
    if level is EventLevel.NONE or events.wanted(Event.START) or context.resilient_parsing:
        return
    events.listen(say, level)
    events.tell(
        Event.START,
        command=Text(context.info_name or ""),
        version=Text(__version__),
        python=Text(platform.python_version()),
        pid=os.getpid(),
    )
