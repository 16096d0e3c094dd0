"""Optional fields of a JSON object from a server: absent, null and of another type are the same, None."""

from __future__ import annotations

import math

MOST_DIGITS = 18
"""What is longer than any count of bytes, seconds or nanoseconds is not a number that somebody meant."""


def text(value: object) -> str | None:
    """Return a text that is not empty."""
    return value if isinstance(value, str) and value else None


def integer(value: object) -> int | None:
    """Return a whole number; servers write codes both as numbers and as texts."""
    if isinstance(value, str):
        return int(value) if value.isdecimal() and len(value) <= MOST_DIGITS else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def boolean(value: object) -> bool | None:
    """Return a truth value."""
    return value if isinstance(value, bool) else None


def number(value: object) -> float | None:
    """Return a finite number; some servers write numbers as texts."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list."""
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()
