"""Circuits between their form on the wire and Qiskit."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from qiskit import QuantumCircuit, qasm3, qpy

from direct_access.errors import InputError
from direct_access.jobfile.circuits import inflated, qpy_on_the_wire
from direct_access.jobfile.qpy import VERSIONS


def load(wire: str | Mapping[str, Any], name: str = "the circuit") -> QuantumCircuit:
    """Return a circuit of a params object as Qiskit's.

    :param name: what the message calls the circuit
    :raises InputError: if Qiskit cannot read it
    """
    try:
        if isinstance(wire, str):
            return qasm3.loads(wire)
        return qpy.load(io.BytesIO(inflated(wire["__value__"])))[0]
    except Exception as error:  # the readers raise their own errors, and Python's on what they did not expect
        raise InputError(f"Qiskit cannot read {name}: {error}") from error


def dump(circuit: QuantumCircuit) -> dict[str, str]:
    """Return a Qiskit circuit as the API takes it, in the newest QPY version that it reads."""
    content = io.BytesIO()
    qpy.dump(circuit, content, version=min(VERSIONS[-1], qpy.common.QPY_VERSION))
    return qpy_on_the_wire(content.getvalue())


def widened(circuit: QuantumCircuit, num_qubits: int) -> QuantumCircuit:
    """Return a circuit with at least so many qubits, those of the circuit first."""
    if num_qubits <= circuit.num_qubits:
        return circuit
    wider = QuantumCircuit(num_qubits, metadata=circuit.metadata)
    wider.add_bits(circuit.clbits)
    for register in circuit.cregs:
        wider.add_register(register)
    wider.compose(circuit, range(circuit.num_qubits), circuit.clbits, inplace=True)
    return wider
