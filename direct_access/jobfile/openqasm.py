"""What can be read off OpenQASM 3 text without parsing it (OpenQASM 3 live specification, openqasm.com)."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_REGISTER_BITS = 99_999

_SKIPPED = re.compile(
    r"""//[^\n]*                      # comment to the end of the line
      | /\*.*?(?:\*/|\Z)              # block comment
      | "[^"\n]*" | '[^'\n]*'         # string
      | ^[ \t]*(?:\#?pragma\b|@)[^\n]*  # pragma or annotation: the rest of the line is not ours to read
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_VERSION = re.compile(r"(?:\s|//[^\n]*\n|/\*.*?\*/)*OPENQASM\s+(\d+(?:\.\d+)?)\s*;", re.DOTALL)
_REGISTER = re.compile(
    r"\bqubit\b\s*(?:\[\s*(?P<size>[^\]]*?)\s*\])?\s*(?P<name>[^\W\d]\w*)\s*;"
    r"|\bqreg\s+(?P<old_name>[^\W\d]\w*)\s*(?:\[\s*(?P<old_size>[^\]]*?)\s*\])?\s*;"
)
_MOST_DIGITS = 18
_PHYSICAL = re.compile(r"\$(\d+)")
_LARGE = re.compile(r"\$0*[1-9]\d{5,}|\[\s*0*[1-9][\d_]{5,}\s*\]")
_INPUT = re.compile(r"\binput\s+(?P<type>\w+)\s*(?:\[[^;]*\])?\s*(?P<name>[^\W\d]\w*)\s*;")


class DeclaredRegister(NamedTuple):
    """Declared qubits.

    :param size: None where it is not a plain number
    """

    name: str
    size: int | None


def version(text: str) -> str | None:
    """Return the version that the first statement names (``3.0``), None if it names none."""
    match = _VERSION.match(text)
    return match[1] if match else None


def without_comments(text: str) -> str:
    """Return the text with comments, strings and pragmas blanked; every other character keeps its place."""
    return _SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def registers(code: str) -> list[DeclaredRegister]:
    """Return the declared qubits in order; ``code`` is :func:`without_comments`."""
    found = []
    for match in _REGISTER.finditer(code):
        size = match["size"] or match["old_size"]
        count = 1 if size is None else number(size) if size.isascii() and size.isdigit() else None
        found.append(DeclaredRegister(match["name"] or match["old_name"], count))
    return found


def highest_physical_qubit(code: str) -> int | None:
    """Return the highest n of all ``$n``, None if there are none; ``code`` is :func:`without_comments`."""
    return max((number(digits) for digits in _PHYSICAL.findall(code)), default=None)


def number(digits: str) -> int:
    """Return a number; of many digits, which Python refuses to convert, some number that is too large."""
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def too_large(text: str) -> str | None:
    """Return a register's size or a physical qubit that nobody can mean, None if there is none.

    Qiskit's importer makes an object for each bit of a register, and for each qubit up to the highest ``$n``.
    """
    match = _LARGE.search(without_comments(text))
    return match[0][:40] if match else None


def inputs(code: str) -> list[str] | None:
    """Return the names of the circuit's parameters; None if one of them is an array of some size."""
    matches = list(_INPUT.finditer(code))
    return (
        None if any(match["type"] == "array" for match in matches) else [match["name"] for match in matches]
    )
