"""Checking a params file before it is sent: a JSON object, by its ends, and in full where that is quick."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import BinaryIO, NoReturn

from direct_access.document import open_regular
from direct_access.document.core_schema import MAX_INTEGER_DIGITS
from direct_access.errors import Finding, InputError
from direct_access.jobfile.params import MAX_DECODED_BYTES

_END_BYTES = 4096
_WHITESPACE = b" \t\r\n"
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)', re.DOTALL)


class _TooLongError(ValueError):
    """An integer that no program reads."""


class _NotFiniteError(ValueError):
    """A number that JSON does not have."""


def faults(path: Path) -> list[Finding]:
    """Return what is wrong with a params file, nothing if it can be sent.

    A file of more than ``MAX_DECODED_BYTES`` is judged by its first and last byte alone.
    """
    try:
        with open_regular(path) as file:
            found = _faults(file)
    except InputError as error:
        return list(error.findings)
    return [] if found is None else [Finding(str(path), *found)]


_Place = tuple[int | None, int | None, str, str, str]


def _faults(file: BinaryIO) -> _Place | None:
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        return None, None, "", "is empty", "a JSON object"
    first, last = _ends(file, size)
    if first != b"{" or last != b"}":
        found = f"begins with {_shown(first)} and ends with {_shown(last)}"
        return None, None, "", found, "a JSON object, { … }"
    return None if size > MAX_DECODED_BYTES else _syntax_fault(file.read(size))


def _ends(file: BinaryIO, size: int) -> tuple[bytes, bytes]:
    head = os.pread(file.fileno(), _END_BYTES, 0).lstrip(_WHITESPACE)
    tail = os.pread(file.fileno(), _END_BYTES, max(0, size - _END_BYTES)).rstrip(_WHITESPACE)
    return head[:1], tail[-1:]


def _shown(byte: bytes) -> str:
    return repr(byte)[1:] if byte else "blanks"


def _syntax_fault(content: bytes) -> _Place | None:
    try:
        text = content.decode()
        json.loads(text, parse_int=_integer, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        return *_place(before), "", f"not valid text: byte 0x{content[error.start]:02x}", "UTF-8 text"
    except json.JSONDecodeError as error:
        return error.lineno, error.colno, "", f"not valid JSON: {error.msg}", "a JSON object"
    except RecursionError:
        return None, None, "", "is nested too deeply", "a JSON object"
    except _TooLongError as error:
        return *_place(text[: text.index(str(error))]), "", *_too_long(str(error))
    except _NotFiniteError as error:
        match = next(match for match in _CONSTANT.finditer(text) if match[1])
        return *_place(text[: match.start()]), "", f"{error} is not valid JSON", "a finite number"
    return None


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise _TooLongError(digits)
    return int(digits)


def _too_long(digits: str) -> tuple[str, str]:
    return f"an integer of {len(digits)} digits", f"at most {MAX_INTEGER_DIGITS} digits"


def _refuse_constant(name: str) -> NoReturn:
    raise _NotFiniteError(name)


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
