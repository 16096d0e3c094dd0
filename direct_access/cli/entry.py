"""The command group, whose commands are loaded when they are used, and the end of every invocation."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

from direct_access import events
from direct_access._version import __version__
from direct_access.cli import failure
from direct_access.cli.exit_status import OK, USAGE
from direct_access.cli.streams import say, unwritable
from direct_access.cli.verbosity import with_verbose
from direct_access.errors import (
    ConfigurationError,
    DirectAccessError,
    InternalError,
    LocalStorageError,
    UsageError,
)
from direct_access.events import Event

COMMANDS = {
    "run": "Run a job file from start to end.",
    "submit": "Upload and start a job, without waiting for it.",
    "wait": "Wait until a job has ended.",
    "collect": "Bring the results and logs of a job into its run directory.",
    "status": "Show one job.",
    "list": "Show all jobs that the system knows.",
    "cancel": "Cancel a job.",
    "delete": "Remove a job and its objects from the server.",
    "results": "Decode and print the results of a run.",
    "logs": "Print the log of a run.",
    "validate": "Check a job file without a request.",
    "backends": "Show the backends of a system.",
    "instance": "Manage instances of the quantum service on IBM Cloud.",
    "session": "Manage sessions in the cloud.",
    "usage": "Show what an instance or the account has used in the cloud.",
    "workloads": "Show jobs, sessions and batches in the cloud.",
    "migrate": "Find what scripts still use of the classic Qiskit Runtime REST API.",
    "config": "Show the configuration and where it comes from.",
    "health": "Check everything that a quantum job needs.",
    "doctor": "Find out why jobs do not work.",
    "exporter": "Serve metrics of a system to Prometheus; for administrators.",
    "reap": "Cancel jobs whose Slurm job is gone; for administrators.",
    "simulator": "Serve a simulated quantum system on this machine.",
}
"""Command names and their one-line help: what ``--help`` shows without loading any of them."""

COMPLETION = "_DIRECT_ACCESS_COMPLETE"
HELP = frozenset({"-h", "--help", "--version"})


class LazyGroup(click.Group):
    """A group that imports the module of a command only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"direct_access.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return with_verbose(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="direct-access")
def group() -> None:
    """Run quantum jobs on an IBM on-premises quantum computer from Slurm.

    A job file goes in, results and logs land in a run directory, and the exit status tells the truth.
    """


def run_command(arguments: Sequence[str] | None) -> int:
    """Run the command; every error becomes text and exit status here."""
    with contextlib.ExitStack() as at_end:
        status = _run(arguments, at_end)
        events.tell(Event.END, exit_status=status)
    return status


def _run(arguments: Sequence[str] | None, at_end: contextlib.ExitStack) -> int:
    """Run the command.

    :param at_end: what is to be done when output and errors are written, see
        :meth:`direct_access.runner.control.Control.after_report`
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    output_format = _format_of(given)
    try:
        status = _within_limits(given, at_end)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        return 130
    except click.UsageError as error:
        if output_format != "text":
            wrong = UsageError(error.format_message(), advice="direct-access --help")
            return failure.report(wrong, output_format)
        text = io.StringIO()
        error.show(text)
        say(text.getvalue().rstrip())
        return USAGE
    except click.ClickException as error:
        return failure.report(UsageError(error.format_message()), output_format)
    except DirectAccessError as error:
        return failure.report(error, output_format)
    except (SystemExit, OSError) as error:
        return _unwritten_help(error, given)
    except Exception as error:
        if output_format == "text" or os.environ.get("DIRECT_ACCESS_DEBUG"):
            raise
        return failure.report(InternalError(f"{type(error).__name__}: {error}"), output_format)
    return status if isinstance(status, int) else OK


def _unwritten_help(error: SystemExit | OSError, given: list[str]) -> int:
    """Return the exit status where help cannot be written; click writes it, and exits 1 on EPIPE."""
    if isinstance(error, SystemExit) and COMPLETION in os.environ:
        return int(error.code or OK)  # click has answered a shell that completes a command line
    cause = BrokenPipeError() if isinstance(error, SystemExit) else error
    if HELP.isdisjoint(given):
        raise cause from error
    try:
        unwritable(cause)
    except LocalStorageError as failed:
        return failure.report(failed, _format_of(given))
    return OK


def _within_limits(given: list[str], at_end: contextlib.ExitStack) -> object:
    """Run the command.

    :raises ConfigurationError: for what a limit of this process caused (getrlimit(2))
    """
    try:
        return group.main(given, prog_name="direct-access", standalone_mode=False, obj=at_end)
    except OSError as error:
        if error.errno not in (errno.EMFILE, errno.ENFILE):
            raise
        raise _limit("open files", "-n") from error
    except RuntimeError as error:
        if "start new thread" not in str(error):
            raise
        raise _limit("processes and threads", "-u") from error


def _limit(what: str, option: str) -> ConfigurationError:
    return ConfigurationError(
        f"this process has reached its limit of {what}",
        advice=f"raise it with 'ulimit {option}', or have the site raise it",
    )


def _format_of(arguments: list[str]) -> str:
    """Return the form in which to tell errors, also where parsing the rest fails."""
    for index, argument in enumerate(arguments):
        for form in ("json", "nagios"):
            if argument == f"--format={form}" or arguments[index : index + 2] == ["--format", form]:
                return form
    return "text"
