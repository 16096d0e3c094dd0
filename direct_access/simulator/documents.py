"""JSON objects as keyword arguments."""

from __future__ import annotations

from dataclasses import fields
from typing import Any


def known_fields(cls: type, document: Any) -> dict[str, Any]:
    """Return the JSON object as keyword arguments of a dataclass.

    :raises ValueError: if it is no object or has a key that the class does not have
    """
    if not isinstance(document, dict):
        raise ValueError("a JSON object is expected")
    names = {entry.name for entry in fields(cls)}
    if unknown := set(document) - names:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; allowed: {', '.join(sorted(names))}")
    return document
