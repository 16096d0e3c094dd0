"""The first instruction of a Qiskit circuit that a backend cannot execute."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from qiskit.circuit import ControlFlowOp, QuantumCircuit

from direct_access.jobfile.instruction_set import InstructionSet, Obstacle

_ROUNDING = 1e-10


def first_obstacle(circuit: QuantumCircuit, instructions: InstructionSet) -> Obstacle | None:
    """Return the first instruction, also inside of control flow, that the backend cannot execute.

    The qubit of index n is the backend's qubit n.
    """
    if circuit.num_qubits > instructions.num_qubits:
        what = f"a circuit of {circuit.num_qubits} qubits"
        return Obstacle(what, f"{instructions.name} has {instructions.num_qubits}")
    return _walk(circuit, {qubit: index for index, qubit in enumerate(circuit.qubits)}, instructions)


def _walk(
    circuit: QuantumCircuit, index_of: Mapping[Any, int], instructions: InstructionSet
) -> Obstacle | None:
    for instruction in circuit.data:
        operation = instruction.operation
        qubits = [index_of[qubit] for qubit in instruction.qubits]
        is_block = isinstance(operation, ControlFlowOp)
        obstacle = instructions.obstacle(_name(operation), None if is_block else qubits)
        obstacle = obstacle or _angle_obstacle(operation, qubits)
        for block in operation.blocks if is_block else ():
            inner = dict(zip(block.qubits, qubits, strict=True))
            obstacle = obstacle or _walk(block, inner, instructions)
        if obstacle is not None:
            return obstacle
    return None


def _name(operation: Any) -> str:
    # Qiskit's OpenQASM 3 importer makes u(0, 0, 0) of ``id``, which is an instruction of every IBM system.
    return "id" if operation.name == "u" and list(operation.params) == [0, 0, 0] else str(operation.name)


def _angle_obstacle(operation: Any, qubits: list[int]) -> Obstacle | None:
    """IBM calibrates rzz for angles of 0 to π/2 only (documentation: "Fractional gates")."""
    if operation.name != "rzz" or not isinstance(operation.params[0], (int, float)):
        return None
    angle = float(operation.params[0])
    if 0 <= angle <= math.pi / 2 + _ROUNDING:
        return None
    what = f"rzz({angle:g}) on qubits {', '.join(map(str, qubits))}"
    return Obstacle(what, "the angle is out of range", "0 to π/2")
