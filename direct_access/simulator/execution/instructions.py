"""Walking over a circuit's instructions, bodies of control flow included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qiskit.circuit import ControlFlowOp, Operation, QuantumCircuit

NOT_A_GATE = frozenset({"barrier", "delay", "measure", "reset", "store"})


class Step(NamedTuple):
    """One instruction; qubits and clbits are indices in the outermost circuit."""

    operation: Operation
    qubits: tuple[int, ...]
    clbits: tuple[int, ...]

    @property
    def is_gate(self) -> bool:
        """Whether it turns qubits."""
        return self.operation.name not in NOT_A_GATE and not isinstance(self.operation, ControlFlowOp)


def instructions(
    circuit: QuantumCircuit, qubits: Sequence[int] | None = None, clbits: Sequence[int] | None = None
) -> Iterator[Step]:
    """Yield each instruction; a control-flow operation is followed by the instructions of its bodies.

    :param qubits: the index that each qubit of the circuit has outside; default: its own
    :param clbits: the same for its classical bits
    """
    outer_qubits = range(circuit.num_qubits) if qubits is None else qubits
    outer_clbits = range(circuit.num_clbits) if clbits is None else clbits
    qubit_index = dict(zip(circuit.qubits, outer_qubits, strict=True))
    clbit_index = dict(zip(circuit.clbits, outer_clbits, strict=True))
    for instruction in circuit.data:
        step = Step(
            instruction.operation,
            tuple(qubit_index[bit] for bit in instruction.qubits),
            tuple(clbit_index[bit] for bit in instruction.clbits),
        )
        yield step
        if isinstance(step.operation, ControlFlowOp):
            for body in step.operation.blocks:
                yield from instructions(body, step.qubits, step.clbits)


def has_control_flow(circuit: QuantumCircuit) -> bool:
    """Whether an instruction depends on a measurement, or is repeated."""
    return any(isinstance(instruction.operation, ControlFlowOp) for instruction in circuit.data)


def measures_only_at_the_end(circuit: QuantumCircuit) -> bool:
    """Whether no qubit is used, and no bit written, after it took part in a measurement."""
    if has_control_flow(circuit):
        return False
    spent: set[tuple[str, int]] = set()
    for step in instructions(circuit):
        uses = {("qubit", index) for index in step.qubits} | {("clbit", index) for index in step.clbits}
        if step.operation.name != "barrier" and uses & spent:
            return False
        if step.operation.name == "measure":
            spent |= uses
    return True
