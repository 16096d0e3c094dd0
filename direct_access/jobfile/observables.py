"""Observables: Pauli texts, weighted mappings of them, nested lists of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from direct_access.document import Path, show
from direct_access.jobfile.circuits import Circuit
from direct_access.jobfile.report import Report


def check(report: Report, value: Any, path: Path, circuit: Circuit) -> None:
    """Report observables that have not one letter for each qubit of the circuit.

    With physical qubits only the service knows the width, since it may widen the circuit to the whole
    backend: fewer letters than qubits are a warning.
    """
    width, least = circuit.width, circuit.least_width
    first: int | None = None
    for text, place in paulis(value, path):
        if width is not None and len(text) != width:
            report.error(
                place, f"{show(text)} has {len(text)} letters", f"{width}, one for each qubit of the circuit"
            )
        elif width is None and first is not None and len(text) != first:
            report.error(
                place, f"{show(text)} has {len(text)} letters", f"{first}, as in the first observable"
            )
        elif least is not None and len(text) < least and first is None:
            report.warning(
                place,
                f"{show(text)} has {len(text)} letters, the circuit uses physical qubits up to ${least - 1}: "
                "only the service knows whether this fits",
            )
        first = len(text) if first is None else first


def paulis(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield every Pauli text with its place."""
    pending = [(value, path)]
    while pending:
        item, place = pending.pop()
        if isinstance(item, str):
            yield item, place
        elif isinstance(item, list):
            pending += [(member, (*place, index)) for index, member in reversed(list(enumerate(item)))]
        else:
            yield from ((text, (*place, text)) for text in item)
