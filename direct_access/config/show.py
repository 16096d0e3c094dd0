"""Settings for people: every name, its value, where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings, Settings
from direct_access.redact import redact_text

Row = tuple[str, str, str]


def show(settings: Settings) -> list[Row]:
    """Return name, value and origin of every setting; of a secret, its file or command."""
    rows = _rows("", {name: value for name, value in _members(settings) if name != "origins"})
    return [(name, text, settings.origins.get(name, "default")) for name, text in rows]


def _rows(prefix: str, members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        if isinstance(value, NetworkSettings):  # its settings stand beside the others of a system
            yield from _rows(prefix, dict(_members(value)))
        elif isinstance(value, Mapping):
            yield from _rows(f"{prefix}{name}.", value)
        elif is_dataclass(value) and not isinstance(value, SecretSource):
            inner = {key: member for key, member in _members(value) if key != "name"}
            yield from _rows(f"{prefix}{name}.", inner)
        else:
            yield f"{prefix}{name}", _text(value)


def _members(value: Any) -> list[tuple[str, Any]]:
    return [(item.name, getattr(value, item.name)) for item in fields(value)]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(part if isinstance(part, str) else " ".join(part) for part in value) or "-"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return redact_text(str(value))
