"""Checks of the site's own: programs that speak as Nagios plugins do.

Exit status 0, 1, 2 or 3, and one line on standard output before a ``|`` (Monitoring Plugins Development
Guidelines).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from direct_access.errors import ConfigurationError, UnavailableError
from direct_access.health.check import Check, Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckLevel

_LONGEST_LINE = 200


def checks_of(context: CheckContext) -> tuple[Check, ...]:
    """Return one check for each command of the site."""
    return tuple(_check(command) for command in context.bounds.commands)


def _check(command: tuple[str, ...]) -> Check:
    def look(context: CheckContext) -> Iterator[Observation]:
        yield _run(command, context)

    name = f"site.{Path(command[0]).name}"
    return Check(name, look, f"run {command[0]}", "ask whoever added this check", late=CheckLevel.UNKNOWN)


def _run(command: tuple[str, ...], context: CheckContext) -> Observation:
    name = Path(command[0]).name
    try:
        ended = subprocess.run(  # noqa: S603 - the site's file names it
            command,
            env=dict(context.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=max(0.1, context.secs_left * 0.9),
            check=False,
        )
    except OSError as error:
        fault = ConfigurationError(
            f"{command[0]} cannot be run: {error.strerror}",
            subject=name,
            advice="check health.commands in the site's file",
        )
        return failed_with(fault, CheckLevel.UNKNOWN)
    except subprocess.SubprocessError:
        return failed_with(
            UnavailableError(f"{command[0]} did not end in time", subject=name), CheckLevel.UNKNOWN
        )
    line = next(iter(ended.stdout.splitlines()), "").partition("|")[0].strip()[:_LONGEST_LINE]
    level = CheckLevel(ended.returncode) if ended.returncode in tuple(CheckLevel) else CheckLevel.UNKNOWN
    if level is CheckLevel.OK:
        return Observation(line or "OK", subject=name)
    said = line or f"exit status {ended.returncode}, without a word"
    return failed_with(UnavailableError(said, subject=name), level)
