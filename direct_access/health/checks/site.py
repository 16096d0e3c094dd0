"""Checks of the site's own: programs that speak as Nagios plugins do.

Exit status 0, 1, 2 or 3, and one line on standard output before a ``|`` (Monitoring Plugins Development
Guidelines).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from direct_access.errors import ConfigurationError, UnavailableError
from direct_access.health.check import Check, Seen, trouble
from direct_access.health.finding import Level
from direct_access.health.surroundings import Surroundings

_LONGEST_LINE = 200


def checks_of(surroundings: Surroundings) -> tuple[Check, ...]:
    """Return one check for each command of the site."""
    return tuple(_check(command) for command in surroundings.bounds.commands)


def _check(command: tuple[str, ...]) -> Check:
    def look(surroundings: Surroundings) -> Iterator[Seen]:
        yield _run(command, surroundings)

    name = f"site.{Path(command[0]).name}"
    return Check(name, look, f"run {command[0]}", "ask whoever added this check", late=Level.UNKNOWN)


def _run(command: tuple[str, ...], surroundings: Surroundings) -> Seen:
    name = Path(command[0]).name
    try:
        told = subprocess.run(  # noqa: S603 - the site's file names it
            command,
            env=dict(surroundings.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=max(0.1, surroundings.secs_left * 0.9),
            check=False,
        )
    except OSError as error:
        fault = ConfigurationError(
            f"{command[0]} cannot be run: {error.strerror}",
            subject=name,
            advice="check health.commands in the site's file",
        )
        return trouble(fault, Level.UNKNOWN)
    except subprocess.SubprocessError:
        return trouble(UnavailableError(f"{command[0]} did not end in time", subject=name), Level.UNKNOWN)
    line = next(iter(told.stdout.splitlines()), "").partition("|")[0].strip()[:_LONGEST_LINE]
    level = Level(told.returncode) if told.returncode in tuple(Level) else Level.UNKNOWN
    if level is Level.OK:
        return Seen(line or "OK", subject=name)
    said = line or f"exit status {told.returncode}, without a word"
    return trouble(UnavailableError(said, subject=name), level)
