"""Circuits on physical qubits that are narrower than the observables of their PUB.

OpenQASM 3 text with ``$n`` has no width of its own; its importer makes as many qubits as the highest ``$n``
needs. IBM's example for QRMI sends observables as wide as the backend with a circuit that names two qubits;
IBM's notebook for this API names all of them in a barrier.
"""

from __future__ import annotations

from qiskit.circuit import QuantumCircuit

from direct_access.simulator.execution.reasons import InvalidInput


def widened(circuit: QuantumCircuit, width: int, num_qubits: int, *, strict: bool) -> QuantumCircuit:
    """Return the circuit with as many qubits as the observables have letters, if it is one on ``$n``.

    :param num_qubits: of the backend
    :param strict: take no circuit that has to be widened
    :raises InvalidInput: if it has to be and may not be
    """
    if circuit.layout is None or width <= circuit.num_qubits:
        return circuit
    if width > num_qubits:
        raise InvalidInput(f"the observables have {width} letters; the backend has {num_qubits} qubits")
    if strict:
        raise InvalidInput(
            f"the observables have {width} letters, the circuit uses qubits up to ${circuit.num_qubits - 1}: "
            f"let it name all qubits once, in barrier $0, $1, …, ${width - 1};"
        )
    wider = QuantumCircuit(width, metadata=circuit.metadata)
    wider.add_bits(circuit.clbits)
    for register in circuit.cregs:
        wider.add_register(register)
    wider.compose(circuit, range(circuit.num_qubits), circuit.clbits, inplace=True)
    return wider
