"""Which circuits a stabiliser simulation can run."""

from __future__ import annotations

import math

from qiskit.circuit import ControlFlowOp, Operation, QuantumCircuit

from direct_access.simulator.execution.instructions import NOT_A_GATE, instructions

CLIFFORD_GATES = frozenset(
    {"cx", "cy", "cz", "ecr", "h", "id", "s", "sdg", "swap", "sx", "sxdg", "x", "y", "z"}
)
ROTATIONS = frozenset({"rz"})
TOLERANCE_RADIANS = 1e-9


def is_clifford(circuit: QuantumCircuit) -> bool:
    """Whether all gates are Clifford gates that Aer's stabiliser method has; parameters must be bound."""
    return all(_is_clifford(step.operation) for step in instructions(circuit))


def _is_clifford(operation: Operation) -> bool:
    if (
        operation.name in CLIFFORD_GATES
        or operation.name in NOT_A_GATE
        or isinstance(operation, ControlFlowOp)
    ):
        return True
    if operation.name not in ROTATIONS:
        return False
    quarter_turns = float(operation.params[0]) / (math.pi / 2)
    return abs(quarter_turns - round(quarter_turns)) < TOLERANCE_RADIANS
