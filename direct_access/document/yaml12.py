"""Reading YAML 1.2: PyYAML's scanner and parser (libyaml where it is there), our own construction.

Nothing recurses here, so no document can exhaust the stack; nodes and characters are counted with aliases
written out, so no document can exhaust the memory of what comes after.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from direct_access.document.builder import DocumentBuilder
from direct_access.document.document import Document, refusal
from direct_access.document.source import read_regular
from direct_access.errors import Finding, InputError

DEFAULT_LIMIT_BYTES = 16 * 1024 * 1024

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML 1.2.2, production [1] c-printable
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(path: Path, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> Document:
    """Read one YAML 1.2 document from a regular file.

    :raises InputError: with findings, if the file cannot be read or is not such a document
    """
    return parse(read_regular(path, limit_bytes), os.fspath(path))


def parse(text: bytes, name: str) -> Document:
    """Read one YAML 1.2 document.

    :param text: UTF-8, with or without a byte order mark
    :param name: what findings call the file
    :raises InputError: with findings, for bad syntax, duplicate or non-text keys, foreign tags, aliases that
        recurse or explode, more than one document, or none
    """
    characters = _decoded(text, name)
    builder = DocumentBuilder(name)
    loader = _LOADER(characters.encode())
    try:
        for event in _events(loader):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _syntax_error(name, error) from error
    finally:
        loader.dispose()
    return builder.finish()


def _events(loader: Any) -> Iterator[Any]:
    while loader.check_event():
        yield loader.get_event()


def _syntax_error(name: str, error: yaml.YAMLError) -> InputError:
    if not isinstance(error, yaml.MarkedYAMLError):
        return refusal(name, [Finding(name, None, None, "", f"not valid YAML: {error}")])
    start = f" (begun in line {error.context_mark.line + 1})" if error.context_mark else ""
    problem = " ".join(part for part in (error.context, error.problem) if part) + start
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return refusal(name, [Finding(name, line, column, "", f"not valid YAML: {problem}")])


def _decoded(text: bytes, name: str) -> str:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        _refuse(name, 1, 1, "UTF-16", "UTF-8")
    try:
        characters = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        _refuse(
            name, *_place(before), f"not valid text: byte 0x{error.object[error.start]:02x}", "UTF-8 text"
        )
    if match := _UNPRINTABLE.search(characters):
        place = _place(characters[: match.start()])
        _refuse(name, *place, f"not valid text: control character U+{ord(match[0]):04X}", "UTF-8 text")
    return characters


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _refuse(name: str, line: int | None, column: int | None, found: str, allowed: str = "") -> NoReturn:
    raise refusal(name, [Finding(name, line, column, "", found, allowed)])
