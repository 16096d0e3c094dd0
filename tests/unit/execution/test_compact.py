"""Which qubits a simulation needs."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from direct_access.simulator.execution.compact import compact


def test_qubits_that_no_gate_acts_on_are_left_out():
    circuit = QuantumCircuit(127)
    circuit.x(100)
    circuit.cz(100, 90)
    circuit.delay(100, 3)
    circuit.reset(4)
    circuit.barrier()
    program = compact(circuit)
    assert program.qubits == (90, 100)
    assert [instruction.operation.name for instruction in program.circuit.data] == ["x", "cz"]


def test_a_measurement_of_an_idle_qubit_is_left_out_and_remembered():
    circuit = QuantumCircuit(3, 2)
    circuit.x(2)
    circuit.measure([1, 2], [0, 1])
    program = compact(circuit)
    assert (program.qubits, program.idle_bits) == ((2,), {0: 1})
    assert program.circuit.num_clbits == 2


def test_a_bit_that_is_written_twice_keeps_its_measurements():
    circuit = QuantumCircuit(2, 1)
    circuit.x(1)
    circuit.measure([1, 0], [0, 0])
    program = compact(circuit)
    assert (program.qubits, program.idle_bits) == ((0, 1), {})


def test_a_circuit_with_control_flow_keeps_what_it_measures():
    circuit = QuantumCircuit(4, 1)
    circuit.measure(2, 0)
    with circuit.if_test((0, 1)):
        circuit.x(3)
    program = compact(circuit)
    assert (program.qubits, program.idle_bits) == ((2, 3), {})


def test_the_circuit_is_the_same_on_the_qubits_that_are_left():
    circuit = QuantumCircuit(5, global_phase=0.5)
    circuit.sx(3)
    circuit.cx(3, 1)
    circuit.rz(0.7, 1)
    same = QuantumCircuit(2, global_phase=0.5)
    same.sx(1)
    same.cx(1, 0)
    same.rz(0.7, 0)
    assert Statevector(compact(circuit).circuit) == Statevector(same)


@pytest.mark.parametrize("num_qubits", [0, 3])
def test_a_circuit_that_does_nothing_needs_no_qubit(num_qubits):
    assert compact(QuantumCircuit(num_qubits)).qubits == ()
