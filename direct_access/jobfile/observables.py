"""Observables: Pauli texts, weighted mappings of them, nested lists of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from direct_access.document import Path, show
from direct_access.jobfile.circuits import Circuit
from direct_access.jobfile.report import JobFileReport

LETTERS = frozenset("IXYZ")


def check(report: JobFileReport, value: Any, path: Path, circuit: Circuit) -> None:
    """Report observables that have not one letter for each qubit of the circuit.

    A circuit on physical qubits reaches up to the highest of them, and may be widened by the service to the
    letters of the observables, if it is not as strict as to want all qubits named.
    """
    width, least = circuit.width, circuit.least_width
    first: int | None = None
    for text, place in paulis(value, path):
        if not text or set(text) - LETTERS:
            report.error(
                place, f"{show(text)} is not a valid Pauli string", "one of I, X, Y, Z for each qubit"
            )
            continue
        if width is not None and len(text) != width:
            report.error(
                place, f"{show(text)} has {len(text)} letters", f"{width}, one for each qubit of the circuit"
            )
        elif width is None and first is not None and len(text) != first:
            report.error(
                place, f"{show(text)} has {len(text)} letters", f"{first}, as in the first observable"
            )
        elif least is not None and first is None:
            _check_physical(report, text, place, least)
        first = len(text) if first is None else first


def _check_physical(report: JobFileReport, text: str, place: Path, least: int) -> None:
    letters = f"{show(text)} has {len(text)} letters, the circuit uses physical qubits up to ${least - 1}"
    if len(text) < least:
        report.error(place, letters, f"{least} or more, one for each qubit from $0 on")
    elif len(text) > least:
        named = f"barrier $0, $1, …, ${len(text) - 1};"
        report.warning(place, f"{letters}: some systems want all of them named in the circuit, in {named}")


def paulis(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield every Pauli text with its place."""
    pending = [(value, path)]
    while pending:
        item, place = pending.pop()
        if isinstance(item, str):
            yield item, place
        elif isinstance(item, list):
            pending += [(member, (*place, index)) for index, member in reversed(list(enumerate(item)))]
        elif isinstance(item, Mapping):
            yield from ((text, (*place, text)) for text in item)
