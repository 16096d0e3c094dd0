"""Optional fields of a JSON object from a server: absent, null and of another type are the same, None."""

from __future__ import annotations


def text(value: object) -> str | None:
    """Return a text that is not empty."""
    return value if isinstance(value, str) and value else None


def integer(value: object) -> int | None:
    """Return a whole number; servers write codes both as numbers and as texts."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def boolean(value: object) -> bool | None:
    """Return a truth value."""
    return value if isinstance(value, bool) else None
