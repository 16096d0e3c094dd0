"""A document: plain data, and where in its file each piece of it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from direct_access.errors import Finding, InputError
from direct_access.redact import redact_text

Path = tuple[str | int, ...]
"""Keys and indices from the top of a document to one of its values."""

Mark = tuple[int, int]
"""Line and column, both counted from 1."""

MAX_FINDINGS = 100
"""Nobody reads more, and a file full of faults must not fill the memory."""

_SHOWN_CHARACTERS = 60
_LONGEST_FIELD = 120
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Document(NamedTuple):
    """Plain Python data (dict, list, str, int, float, bool, None) read from a file.

    :param name: the file's name as findings print it
    :param marks: of each container, by its id(), the marks of its members; see :class:`Marks`
    :param start: where the value itself begins
    """

    name: str
    value: Any
    marks: Mapping[int, Marks] = MappingProxyType({})
    start: Mark = (1, 1)

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        """Return where a value or its key stands; for what is not there, where its nearest ancestor does."""
        mark, container = self.start, self.value
        for position, step in enumerate(path):
            members = self.marks.get(id(container))
            if members is None or not members.holds(step):
                break
            last = position == len(path) - 1
            mark = members.key_mark(step) if key and last else members.value_mark(step)
            container = container[step]
        return mark

    def finding(
        self,
        path: Path,
        found: str,
        allowed: str = "",
        nearest: str | None = None,
        severity: str = "error",
        *,
        at_key: bool = False,
    ) -> Finding:
        """Return a finding about the value at a path, or about its key."""
        line, column = self.mark(path, key=at_key)
        return Finding(self.name, line, column, field_name(path), found, allowed, nearest, severity)


class Marks:
    """Where the members of one mapping or list stand."""

    __slots__ = ("keys", "values")

    def __init__(self) -> None:
        self.values: dict[str | int, Mark] = {}
        self.keys: dict[str | int, Mark] = {}

    def holds(self, step: str | int) -> bool:
        return step in self.values

    def value_mark(self, step: str | int) -> Mark:
        return self.values[step]

    def key_mark(self, step: str | int) -> Mark:
        return self.keys.get(step, self.values[step])


def field_name(path: Path) -> str:
    """Return a path as people read it: ``pubs[0].shots``, ``parameter_values["theta[0]"]``."""
    name = ""
    for step in path:
        if isinstance(step, int):
            name += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            name += f".{step}" if name else step
        else:
            name += f'["{_shortened(step)}"]'
        if len(name) > _LONGEST_FIELD:
            return f"{name}…"
    return name


def show(value: Any) -> str:
    """Return a value in few words for a message: nothing long, no control character, no presigned URL."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
    if isinstance(value, str):
        return repr(_shortened(redact_text(value)))
    if isinstance(value, Mapping):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, Sequence):
        return f"a list of {len(value)}" if value else "an empty list"
    return _shortened(repr(value))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def refusal(name: str, findings: Iterable[Finding]) -> InputError:
    """Return the error that carries the findings about a file, the first ``MAX_FINDINGS`` by line."""
    ordered = sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0))
    errors = sum(finding.severity == "error" for finding in ordered)
    count = "1 error" if errors == 1 else f"{errors} errors"
    return InputError(f"{name} is refused: {count}", subject=name, findings=tuple(ordered[:MAX_FINDINGS]))
