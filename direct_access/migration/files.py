"""Scripts, job files and notebooks, read and written back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from direct_access import atomic
from direct_access.errors import InputError, LocalStorageError
from direct_access.light_dataclass import dataclass
from direct_access.migration.text import Remark, remarks, rewritten
from direct_access.model.server_json import read_json

NOTEBOOK = ".ipynb"


@dataclass(frozen=True)
class SourcePlace:
    """Where something stands in a file.

    :param cell: number of the notebook's cell, from 1; None in any other file
    :param line: from 1; within the cell in a notebook
    :param column: from 1
    """

    cell: int | None
    line: int
    column: int

    def __str__(self) -> str:
        cell = f"cell {self.cell}, " if self.cell is not None else ""
        return f"{cell}{self.line}:{self.column}"


@dataclass(frozen=True)
class Migration:
    """What a file holds of the classic API.

    :param remarks: what was found, and where, in the file's order
    :param written: whether the file was changed
    """

    path: Path
    remarks: tuple[tuple[SourcePlace, Remark], ...]
    written: bool


def migrate(path: Path, *, write: bool) -> Migration:
    """Find what of the classic API a file holds; change what is certain if asked to.

    A notebook's outputs are left alone.

    :raises InputError: if the file cannot be read, or is not text, or not a notebook
    :raises LocalStorageError: if it cannot be written
    """
    text = _read(path)
    cells = list(_cells(text, path))
    found = tuple((_place(cell, source, one), one) for cell, source in cells for one in remarks(source))
    changed = write and any(one.certain and one.replacement is not None for _, one in found)
    if changed:
        _replace(path.resolve(), _changed(text, path))
    return Migration(path, found, changed)


def _replace(path: Path, text: str) -> None:
    mode = path.stat().st_mode & 0o7777
    try:
        with atomic.replacing(path, mode) as file:
            os.fchmod(file.fileno(), mode)  # the umask is not the file's
            file.write(text.encode())
    except OSError as error:
        raise LocalStorageError(f"cannot write {path}: {error.strerror}", subject=str(path)) from error


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a text file in UTF-8", subject=str(path)) from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", subject=str(path)) from error


def _cells(text: str, path: Path) -> Iterator[tuple[int | None, str]]:
    if path.suffix != NOTEBOOK:
        yield None, text
        return
    for number, cell in enumerate(_notebook(text, path)["cells"], 1):
        yield number, "".join(cell.get("source", ()))


def _notebook(text: str, path: Path) -> dict[str, Any]:
    try:
        read_json(text)  # refuses what is nested too deeply to be written again
        document = json.loads(text)
    except ValueError as error:
        raise InputError(f"{path} is not a notebook: {error}", subject=str(path)) from error
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise InputError(f"{path} is not a notebook of format 4: it has no cells", subject=str(path))
    if not all(_is_cell(cell) for cell in document["cells"]):
        raise InputError(f"{path} is not a notebook of format 4: a cell has no text", subject=str(path))
    return document


def _is_cell(cell: object) -> bool:
    source = cell.get("source", "") if isinstance(cell, dict) else None
    return isinstance(source, str) or (
        isinstance(source, list) and all(isinstance(line, str) for line in source)
    )


def _place(cell: int | None, source: str, remark: Remark) -> SourcePlace:
    line_start = source.rfind("\n", 0, remark.start) + 1
    return SourcePlace(cell, source.count("\n", 0, remark.start) + 1, remark.start - line_start + 1)


def _changed(text: str, path: Path) -> str:
    if path.suffix != NOTEBOOK:
        return rewritten(text)
    document = _notebook(text, path)
    layout = _layout(text, document)
    for cell in document["cells"]:
        source = cell.get("source", "")
        new = rewritten("".join(source))
        cell["source"] = new if isinstance(source, str) else new.splitlines(keepends=True)
    return json.dumps(document, **layout) + text[len(text.rstrip()) :]


def _layout(text: str, document: dict[str, Any]) -> dict[str, Any]:
    """Return how the notebook was laid out, so that a version control system shows only what we changed."""
    layouts: list[dict[str, Any]] = [
        {"indent": indent, "ensure_ascii": ascii_only}
        for indent in (1, 2, 4, None)
        for ascii_only in (False, True)
    ]
    same = (layout for layout in layouts if json.dumps(document, **layout) == text.rstrip())
    return next(same, layouts[0])
