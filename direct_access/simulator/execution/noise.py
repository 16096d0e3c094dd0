"""The errors of a calibration, as a noise model or as one number."""

from __future__ import annotations

import math

from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from direct_access.simulator.execution.calibration import Calibration
from direct_access.simulator.execution.compact import CompactCircuit
from direct_access.simulator.execution.instructions import instructions


def noise_model(program: CompactCircuit, calibration: Calibration) -> NoiseModel:
    """Return depolarising errors for the circuit's gates and readout errors for its measurements."""
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
