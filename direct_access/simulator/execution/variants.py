"""Named variants of measurement and reset, which newer machines have beside the common ones.

``measure_2`` and ``reset_2`` are quicker and meant for the middle of a circuit; ``measure_reset`` keeps the
outcome of its measurement. They travel in QPY, as qiskit-ibm-runtime's circuit library makes them
(MidCircuitMeasure, MidCircuitReset, MeasureReset), and do here what the common ones do.
"""

from __future__ import annotations

from qiskit.circuit import ControlFlowOp, Measure, Operation, QuantumCircuit, Reset

from direct_access.simulator.execution.instructions import instructions


def without_variants(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return the circuit with measurements and resets in place of their variants, in control flow too."""
    if not any(_meant(step.operation) for step in instructions(circuit)):
        return circuit
    plain = circuit.copy_empty_like()
    for item in circuit.data:
        operation = item.operation
        if isinstance(operation, ControlFlowOp):
            operation = operation.replace_blocks([without_variants(block) for block in operation.blocks])
        for meant in _meant(operation) or [operation]:
            plain.append(meant, item.qubits, item.clbits[: meant.num_clbits])
    return plain


def _meant(operation: Operation) -> list[Operation]:
    """Return what a variant does, nothing for any other instruction."""
    size = (operation.num_qubits, operation.num_clbits)
    if size == (1, 1) and operation.name.startswith("measure_reset"):
        return [Measure(), Reset()]
    if size == (1, 1) and operation.name.startswith("measure_"):
        return [Measure()]
    if size == (1, 0) and operation.name.startswith("reset_"):
        return [Reset()]
    return []
