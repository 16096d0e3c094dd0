"""Durations in options, as whole seconds."""

from __future__ import annotations

from direct_access.errors import UsageError
from direct_access.units import parse_duration_secs


def whole_secs(name: str, value: str) -> int:
    """Return a time as whole seconds.

    :raises UsageError: if it is none
    """
    try:
        seconds = parse_duration_secs(value)
    except ValueError as error:
        raise UsageError(f"--{name}: {error}") from error
    if seconds != int(seconds):
        raise UsageError(f"--{name}: {value} is not a whole number of seconds")
    return int(seconds)


def secs_or_none(name: str, value: str) -> int | None:
    """Return a time as whole seconds, and None for ``none``.

    :raises UsageError: if it is neither
    """
    return None if value == "none" else whole_secs(name, value)
