"""The full check of OpenQASM 3 text, by Qiskit's importer, where it is installed (extra ``[qiskit]``)."""

from __future__ import annotations

import contextlib
import io
import re
from importlib.util import find_spec
from typing import Any

from direct_access.jobfile import openqasm
from direct_access.light_dataclass import dataclass

MAX_CHARACTERS = 256 * 1024
"""Longest text that is parsed: the parser takes seconds for more."""

_PLACED = re.compile(r"L?(?P<line>\d+)[,:]C?(?P<column>\d+): (?P<found>.*)", re.DOTALL)


@dataclass(frozen=True)
class CircuitFault:
    """Why a text is refused, or what could not be checked.

    :param line: counted from 1, None where it is not known; so is ``column``
    """

    found: str
    line: int | None = None
    column: int | None = None
    severity: str = "error"


def qpy_fault(content: bytes) -> CircuitFault | None:
    """Return what is wrong with a QPY file whose headers are right, None if nothing is."""
    if not find_spec("qiskit"):
        return CircuitFault("not checked in full: that needs the extra [qiskit]", severity="warning")
    from qiskit import qpy

    try:
        qpy.load(io.BytesIO(content))
    except Exception as error:  # the reader raises its own errors, and Python's on what it did not expect
        return CircuitFault(f"Qiskit cannot read the QPY file: {error}")
    return None


def parsed(text: str) -> Any:
    """Return Qiskit's circuit of an OpenQASM 3 text, or a :class:`CircuitFault` if there is none."""
    if not find_spec("qiskit") or not find_spec("qiskit_qasm3_import"):
        return CircuitFault("not checked in full: that needs the extra [qiskit]", severity="warning")
    if len(text) > MAX_CHARACTERS:
        return CircuitFault(
            f"not checked in full: longer than {MAX_CHARACTERS} characters", severity="warning"
        )
    if large := openqasm.too_large(text):
        return CircuitFault(f"{large}: registers and qubits end at {openqasm.MAX_REGISTER_BITS}")
    from openqasm3.parser import QASM3ParsingError
    from qiskit import qasm3

    try:
        # ANTLR's console listener prints what its exception says again.
        with contextlib.redirect_stderr(io.StringIO()):
            return qasm3.loads(text)
    except QASM3ParsingError as error:
        return _syntax_error(error)
    except (
        Exception
    ) as error:  # the importer raises its own errors, Qiskit's, and Python's on what it did not expect
        return _import_error(error)


def _syntax_error(error: Exception) -> CircuitFault:
    if placed := _PLACED.fullmatch(str(error)):
        return CircuitFault(
            f"not valid OpenQASM 3: {placed['found']}", int(placed["line"]), int(placed["column"]) + 1
        )
    # openqasm3 hides ANTLR's exception, which knows the token, behind two others without a message.
    reason = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    token = getattr(reason, "offendingToken", None)
    if token is None:
        return CircuitFault("not valid OpenQASM 3")
    text = "the end of the text" if token.type == -1 else repr(token.text)
    return CircuitFault(f"not valid OpenQASM 3: {text} is not expected here", token.line, token.column + 1)


def _import_error(error: Exception) -> CircuitFault:
    message = str(getattr(error, "message", "")) or str(error) or type(error).__name__
    placed = _PLACED.fullmatch(message)
    if placed is None:
        return CircuitFault(f"Qiskit cannot read it: {message}")
    found = f"Qiskit cannot read it: {placed['found']}"
    return CircuitFault(found, int(placed["line"]), int(placed["column"]) + 1)
