"""What became of a path of the classic API."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from direct_access.light_dataclass import dataclass
from direct_access.migration.guide import FAMILIES, MORE, ROWS, Row

HOLE = r"(?:\\?\{[^}]*\}|\$\{?\w+\}?|<[^>]*>|:\w+|%s|\w(?:[\w.-]*\w)?)"
"""One segment: a name, or what stands for one in Python, shell, URL templates and prose."""
PATH = rf"(?:/{HOLE}(?:\\?\{{[^}}]*\}})?)+/?|/"
_TEMPLATE_HOLE = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Change:
    """What to write instead of a path.

    :param replacement: None where nothing replaces it
    """

    replacement: str | None
    note: str
    certain: bool


def change_of(path: str, method: str | None, *, ibm_cloud: bool = False) -> Change | None:
    """Return what became of a path, None if it is not one of the classic API.

    :param method: HTTP method of the request where it is known
    :param ibm_cloud: the base was IBM Cloud's, whose paths all stayed, with ``/v1`` before them
    """
    rows = [row for row in (*ROWS, *MORE) if _expression(row).fullmatch(path)]
    rows = [row for row in rows if method in row.methods] or rows
    if rows:
        return _joined(rows, path)
    if path.endswith("/") and path != "/":
        return _beginning(path)
    first = path.split("/")[1] if path != "/" else ""
    if ibm_cloud and first not in ("", "v1"):
        return Change("/v1" + path, "", certain=first in FAMILIES)
    return None


def _expression(row: Row) -> re.Pattern[str]:
    parts = _TEMPLATE_HOLE.split(row.classic)
    glued = row.classic.startswith("/v1/sessions{")
    hole = r"(\\?\{[^}]*\})" if glued else f"({HOLE})"
    return re.compile(hole.join(re.escape(part) for part in parts))


def _joined(rows: Sequence[Row], path: str) -> Change:
    """Return the change of rows that share a path: one answer, every note."""
    first = next((row for row in rows if row.replacement), rows[0])
    notes = dict.fromkeys(row.note for row in rows if row.note)
    found = _expression(first).fullmatch(path)
    holes = list(found.groups()) if found else []
    replacement = first.replacement
    if replacement is not None:
        parts = _TEMPLATE_HOLE.split(replacement)
        found_again = [hole.lstrip("\\") for hole in holes] or _TEMPLATE_HOLE.findall(replacement)
        replacement = "".join(
            part + hole for part, hole in zip_longest(parts, found_again[: len(parts) - 1], fillvalue="")
        )
    certain = first.certain and all(row.replacement == first.replacement for row in rows)
    return Change(replacement, "; ".join(notes), certain and replacement is not None)


def _beginning(path: str) -> Change | None:
    """Return the change of a path to which a program adds an id: ``"/jobs/" + job_id``."""
    for row in (*ROWS, *MORE):
        before, hole, _ = row.classic.partition("{")
        if hole and before == path and row.replacement:
            return Change(row.replacement.partition("{")[0], "", certain=True)
    return None
