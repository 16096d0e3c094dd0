"""The first instruction in OpenQASM 3 text that a backend cannot execute, found without parsing it in full.

Statements are cut at ``;``, ``{`` and ``}``; bodies of gates and subroutines are skipped, since only what is
called is executed. Where an operand is not a plain qubit, only the name of the instruction is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from direct_access.jobfile.instruction_set import InstructionSet, Obstacle
from direct_access.jobfile.openqasm import number, registers, without_comments

_PIECE = re.compile(r"([^;{}]*)([;{}])")
_SKIPPED_BODY = re.compile(r"\s*(?:gate|def|defcal|cal|extern)\b")
_CONTROL = re.compile(r"\s*(if|while|for|switch)\b")
_CONTROL_NAMES = {"if": "if_else", "while": "while_loop", "for": "for_loop", "switch": "switch_case"}
_ELSE_OR_BOX = re.compile(r"\s*(?:else|box(?:\s*\[[^\]]*\])?|default)\b\s*")
_MEASURE = re.compile(r"(?:^|=)\s*measure\s+(?P<operands>[^-=]+?)\s*(?:->.*)?$", re.DOTALL)
_OPERAND = r"(?:\$\d+|[^\W\d]\w*(?:\s*\[[^\]]*\])?)"
_CALL = re.compile(
    rf"(?P<modifiers>(?:(?:ctrl|negctrl|inv|pow)\b[^@]*@\s*)*)(?P<name>[^\W\d]\w*)\b\s*(?:\(.*\))?\s*(?:\[[^\]]*\])?\s*"
    rf"(?P<operands>{_OPERAND}(?:\s*,\s*{_OPERAND})*)\s*$",
    re.DOTALL,
)
_INDEXED = re.compile(r"([^\W\d]\w*)(?:\s*\[\s*(\d+)\s*\])?$")
_DECLARATION = re.compile(
    "OPENQASM|include|qubit|qreg|bit|creg|int|uint|float|angle|bool|complex|duration|stretch|array|const|input"
    "|output|let|extern|return|break|continue|end|gate|def|cal|defcal|defcalgrammar|case|nop"
)


class _Call(NamedTuple):
    """One instruction; ``qubits`` is None for operands that are not plain qubits."""

    name: str
    qubits: tuple[int, ...] | None
    line: int


def first_obstacle(text: str, instructions: InstructionSet) -> Obstacle | None:
    """Return the first instruction that the backend cannot execute, with its line in the text."""
    for call in _calls(without_comments(text)):
        obstacle = instructions.obstacle(call.name, call.qubits)
        if obstacle is not None:
            return obstacle._replace(what=f"{obstacle.what} in line {call.line} of the circuit")
    return None


def _calls(code: str) -> Iterator[_Call]:
    declared = _Declared(code)
    skipping = 0
    line = 1
    for piece in _PIECE.finditer(code):
        statement, end = piece.groups()
        at = line + statement[: len(statement) - len(statement.lstrip())].count("\n")
        line += statement.count("\n")
        if skipping or (end == "{" and _SKIPPED_BODY.match(statement)):
            skipping += {"{": 1, "}": -1, ";": 0}[end]
            continue
        if control := _CONTROL.match(statement):
            yield _Call(_CONTROL_NAMES[control[1]], None, at)
        if end == ";":
            yield from _instructions(_after_control(statement), declared, at)


def _after_control(statement: str) -> str:
    """Return what an ``if (…)`` or ``else`` without braces governs."""
    while True:
        if match := _ELSE_OR_BOX.match(statement):
            statement = statement[match.end() :]
        elif match := _CONTROL.match(statement):
            statement = _after_brackets(statement[match.end() :])
        else:
            return statement.strip()


def _after_brackets(text: str) -> str:
    depth = 0
    for position, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            return text[position + 1 :]
    return ""


def _instructions(statement: str, declared: _Declared, line: int) -> Iterator[_Call]:
    if match := _MEASURE.search(statement):
        yield from declared.calls("measure", match["operands"], line)
        return
    match = _CALL.match(statement)
    if match is None or _DECLARATION.fullmatch(match["name"]):
        return
    if match["modifiers"]:
        yield _Call(f"{match['modifiers'].split()[0].partition('(')[0]} @ {match['name']}", None, line)
    else:
        yield from declared.calls(match["name"], match["operands"], line)


class _Declared:
    """The registers of a text; the qubits of the first begin at 0."""

    def __init__(self, code: str) -> None:
        self._qubits: dict[str, range] = {}
        start = 0
        for register in registers(code):
            if register.size is None:
                return
            self._qubits[register.name] = range(start, start + register.size)
            start += register.size

    def calls(self, name: str, operands: str, line: int) -> Iterator[_Call]:
        """Yield an instruction, once for each qubit of a register that stands for all of them."""
        qubits = [self._resolve(operand.strip()) for operand in operands.split(",")]
        if name == "barrier" or any(not each for each in qubits):
            yield _Call(name, None, line)
            return
        for position in range(max(len(each) for each in qubits)):
            yield _Call(name, tuple(each[position if len(each) > 1 else 0] for each in qubits), line)

    def _resolve(self, operand: str) -> range:
        if operand.startswith("$"):
            first = number(operand[1:])
            return range(first, first + 1)
        match = _INDEXED.match(operand)
        qubits = self._qubits.get(match[1], range(0)) if match else range(0)
        if match and match[2] is not None:
            first = number(match[2])
            return qubits[first : first + 1]
        return qubits
