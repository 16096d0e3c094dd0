"""Pauli observables on the qubits that a simulation has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from direct_access.simulator.execution.compact import CompactCircuit


@dataclass(frozen=True)
class ReducedPauli:
    """A Pauli string, reduced to what has to be computed.

    :param label: the string on the active qubits, qubit 0 last; None where the expectation value is 0 because
        an X or Y meets a qubit that is in a classical state
    :param measured: the physical qubits that have to be read, those with X, Y or Z
    """

    label: str | None
    measured: tuple[int, ...]


def reduced(pauli: str, program: CompactCircuit, classical: Collection[int]) -> ReducedPauli:
    """Return what has to be computed for a Pauli string on all qubits of the original circuit.

    Idle qubits are in state 0: there Z is 1, and X and Y are 0 on average.

    :param pauli: one letter a qubit, the last one for qubit 0
    :param classical: active qubits, as physical ones, that were measured and not touched again
    """
    letters = pauli[::-1]
    measured = tuple(qubit for qubit, letter in enumerate(letters) if letter != "I")
    quantum = set(program.qubits) - set(classical)
    if any(letters[qubit] in "XY" for qubit in measured if qubit not in quantum):
        return ReducedPauli(None, measured)
    return ReducedPauli("".join(letters[qubit] for qubit in reversed(program.qubits)), measured)
