"""Parameters of queries. What the server would silently replace by a default is refused here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from direct_access.errors import InputError
from direct_access.rest.api import Query

Value = str | int | bool | Sequence[str] | None


def query(values: Mapping[str, Value]) -> Query:
    """Return the parameters that have a value; each entry of a list is a parameter of its own."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif isinstance(value, (str, int)):
            pairs.append((name, str(value)))
        elif value is not None:
            pairs.extend((name, entry) for entry in value)
    return pairs


def bounded(name: str, value: int, least: int, most: int | None = None) -> int:
    """Return a number between these bounds.

    :raises InputError: if it is outside: the server would take its default, and not tell
    """
    if value < least or (most is not None and value > most):
        allowed = f"{least} or more" if most is None else f"{least} to {most}"
        raise InputError(f"{name} is {value}; allowed: {allowed}", subject=name)
    return value


def one_of(name: str, value: str | None, allowed: Sequence[str]) -> str | None:
    """Return one of few texts, or None.

    :raises InputError: if it is another one
    """
    if value is not None and value not in allowed:
        raise InputError(f"{name} is {value!r}; allowed: {', '.join(allowed)}", subject=name)
    return value


def short(name: str, value: str | None, most: int, least: int = 1) -> str | None:
    """Return a text of so many characters, or None.

    :raises InputError: if it is longer or shorter
    """
    if value is not None and not least <= len(value) <= most:
        raise InputError(f"{name} has {len(value)} characters; allowed: {least} to {most}", subject=name)
    return value
