"""The errors of a calibration: in full, or as one number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qiskit.circuit import QuantumCircuit
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error, thermal_relaxation_error

from direct_access.simulator.execution.calibration import Calibration
from direct_access.simulator.execution.compact import CompactCircuit
from direct_access.simulator.execution.duration import delay_ns
from direct_access.simulator.execution.instructions import instructions


@dataclass(frozen=True)
class FullNoise:
    """All errors of a circuit.

    :param model: depolarising errors of gates, errors of measurements
    :param qubits: for each qubit of the circuit the physical one
    """

    model: NoiseModel
    qubits: Sequence[int]
    calibration: Calibration

    def relaxing(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """Return the circuit with thermal relaxation in its delays, those in control flow excepted.

        While a gate is at work its calibrated error covers relaxation.
        """
        if "delay" not in circuit.count_ops():
            return circuit
        relaxing = circuit.copy_empty_like()
        for instruction in circuit.data:
            relaxing.append(instruction, copy=False)
            if instruction.operation.name == "delay":
                qubit = self.qubits[circuit.find_bit(instruction.qubits[0]).index]
                if times := self.calibration.relaxation_ns(qubit):
                    error = thermal_relaxation_error(
                        *times, delay_ns(instruction.operation, self.calibration)
                    )
                    relaxing.append(error.to_instruction(), instruction.qubits)
        return relaxing


def full_noise(program: CompactCircuit, calibration: Calibration) -> FullNoise:
    """Return the errors that a backend adds to a circuit."""
    return FullNoise(_noise_model(program, calibration), program.qubits, calibration)


def _noise_model(program: CompactCircuit, calibration: Calibration) -> NoiseModel:
    model = NoiseModel()
    seen = set()
    for step in instructions(program.circuit):
        place = (step.operation.name, step.qubits)
        if place in seen:
            continue
        seen.add(place)
        physical = tuple(program.qubits[qubit] for qubit in step.qubits)
        if step.operation.name == "measure":
            to_one, to_zero = calibration.readout_flips(physical[0])
            error = ReadoutError([[1 - to_one, to_one], [to_zero, 1 - to_zero]])
            model.add_readout_error(error, step.qubits)
        elif step.is_gate and (infidelity := calibration.gate_error(step.operation.name, physical)):
            error = depolarizing_error(_depolarizing_weight(infidelity, len(physical)), len(physical))
            model.add_quantum_error(error, step.operation.name, step.qubits)
    return model


def _depolarizing_weight(infidelity: float, num_qubits: int) -> float:
    """Return the weight of a depolarising channel of this average gate infidelity.

    M. A. Nielsen, Phys. Lett. A 303, 249 (2002): for dimension d the infidelity is weight * (d - 1) / d.
    """
    dimension = 2.0**num_qubits
    largest = dimension**2 / (dimension**2 - 1)
    return min(largest, infidelity * dimension / (dimension - 1))


def circuit_fidelity(program: CompactCircuit, calibration: Calibration) -> float:
    """Return the probability that no gate of the circuit errs, bodies of control flow counted once."""
    return math.prod(
        1.0
        - calibration.gate_error(step.operation.name, tuple(program.qubits[qubit] for qubit in step.qubits))
        for step in instructions(program.circuit)
        if step.is_gate
    )
