"""Sampling: what is measured into each register, for each set of parameter values."""

from __future__ import annotations

from logging import Logger
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives.containers.sampler_pub import SamplerPub

from direct_access.simulator.execution import aer
from direct_access.simulator.execution.binding import bound_circuits
from direct_access.simulator.execution.bits import Bits, flip, replace_by_noise, shots_from_counts
from direct_access.simulator.execution.calibration import Calibration
from direct_access.simulator.execution.compact import CompactCircuit, compact
from direct_access.simulator.execution.encoding import RegisterSamples
from direct_access.simulator.execution.instructions import instructions
from direct_access.simulator.execution.measurement import field, shots_of_set


def sample(
    pub: SamplerPub, shots: int, meas_type: str, calibration: Calibration, seed: int, log: Logger
) -> dict[str, RegisterSamples | NDArray[np.complex128]]:
    """Execute a PUB and return its samples by the names of its registers.

    :param meas_type: the option, see :mod:`.measurement`
    """
    program = compact(pub.circuit)
    circuits = bound_circuits(program.circuit, pub)
    errors = ResultErrors(program, aer.plan(program, circuits, calibration, log), calibration)
    random = np.random.default_rng(seed)
    columns = {
        register.name: [pub.circuit.find_bit(bit).index for bit in register] for register in pub.circuit.cregs
    }
    sets: dict[str, list[NDArray[Any]]] = {name: [] for name in columns}
    for counts in _counts(program, errors.plan, circuits, shots, seed):
        bits = shots_from_counts(counts, pub.circuit.num_clbits, random)
        errors.apply(bits, random)
        of_set = shots_of_set(meas_type, bits, list(columns.values()), random)
        for name, measured in zip(columns, of_set, strict=True):
            sets[name].append(measured)
    return {
        name: field(meas_type, sets[name], pub.shape, shots, len(indices))
        for name, indices in columns.items()
    }


def _counts(
    program: CompactCircuit, plan: aer.Plan, circuits: list[QuantumCircuit], shots: int, seed: int
) -> list[dict[str, int]]:
    if not program.qubits or not any(step.clbits for step in instructions(program.circuit)):
        return [{"0x0": shots}] * len(circuits)
    return [data.get("counts", {"0x0": shots}) for data in aer.run(plan, circuits, shots, seed)]


class ResultErrors:
    """Errors that the simulation of the circuit does not contain and that are added to its results."""

    def __init__(self, program: CompactCircuit, plan: aer.Plan, calibration: Calibration) -> None:
        self.plan = plan
        self._calibration = calibration
        self._noisy_bits = {} if plan.noise else _measured_bits(program)
        self._flipped_bits = {**self._noisy_bits, **program.idle_bits}

    def apply(self, bits: Bits, random: np.random.Generator) -> None:
        """Change bits as the gates' and the readout's errors would have."""
        replace_by_noise(bits, list(self._noisy_bits), 1 - self.plan.fidelity, random)
        for column, qubit in self._flipped_bits.items():
            flip(bits, column, self._calibration.readout_flips(qubit), random)


def _measured_bits(program: CompactCircuit) -> dict[int, int]:
    """Return each classical bit that is measured and the physical qubit that it is read from last."""
    return {
        step.clbits[0]: program.qubits[step.qubits[0]]
        for step in instructions(program.circuit)
        if step.operation.name == "measure"
    }
