"""Circuits without the qubits that do nothing: those cost a simulation memory and give it nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from qiskit.circuit import QuantumCircuit, QuantumRegister

from direct_access.simulator.execution.instructions import has_control_flow, instructions


@dataclass(frozen=True)
class CompactCircuit:
    """A circuit on its active qubits.

    :param circuit: has all classical bits and registers of the original
    :param qubits: for each of its qubits the index in the original, which is the physical qubit
    :param idle_bits: classical bits into which an idle qubit is measured, and that qubit: they read 0
    """

    circuit: QuantumCircuit
    qubits: tuple[int, ...]
    idle_bits: Mapping[int, int]


def compact(original: QuantumCircuit) -> CompactCircuit:
    """Return the circuit without its idle qubits, which no gate acts on and no control flow spans."""
    acted_on = {qubit for step in instructions(original) if step.is_gate for qubit in step.qubits}
    idle_bits = {bit: qubit for bit, qubit in _lone_measurements(original).items() if qubit not in acted_on}
    active = acted_on | {
        qubit
        for step in instructions(original)
        if step.clbits and not idle_bits.keys() & set(step.clbits)
        for qubit in step.qubits
    }
    qubits = tuple(sorted(active))
    return CompactCircuit(_restricted(original, qubits), qubits, idle_bits)


def _lone_measurements(circuit: QuantumCircuit) -> dict[int, int]:
    """Return the bits that one measurement writes and nothing else touches, and the qubit that it reads."""
    if has_control_flow(circuit) or circuit.num_vars:
        return {}
    touched = Counter(bit for step in instructions(circuit) for bit in step.clbits)
    return {
        step.clbits[0]: step.qubits[0]
        for step in instructions(circuit)
        if step.operation.name == "measure" and touched[step.clbits[0]] == 1
    }


def _restricted(original: QuantumCircuit, qubits: tuple[int, ...]) -> QuantumCircuit:
    register = QuantumRegister(len(qubits), "active")
    place = {original.qubits[index]: register[position] for position, index in enumerate(qubits)}
    circuit = QuantumCircuit(register, global_phase=original.global_phase)
    circuit.add_bits(original.clbits)
    for classical in original.cregs:
        circuit.add_register(classical)
    for variable in original.iter_declared_vars():
        circuit.add_uninitialized_var(variable)
    for instruction in original.data:
        if all(qubit in place for qubit in instruction.qubits):
            circuit.append(
                instruction.operation,
                [place[qubit] for qubit in instruction.qubits],
                instruction.clbits,
                copy=False,
            )
    return circuit
