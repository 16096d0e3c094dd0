"""Estimation: expectation values of observables, for each set of parameter values.

The expectation value of each Pauli string is computed on the noisy state, and then measured: the number of
shots that read +1 is drawn from a binomial distribution. Readout errors shrink what is measured by the
product of (1 - p(1|0) - p(0|1)) over the string's qubits, as they do under readout twirling; mitigation
divides by that factor and so widens the standard error. All observables that contain a string at the same
parameter values use the same measurement of it; strings are measured independently of each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from logging import Logger

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.quantum_info import Pauli

from direct_access.simulator.execution import aer
from direct_access.simulator.execution.binding import bound_circuits
from direct_access.simulator.execution.calibration import Calibration
from direct_access.simulator.execution.compact import CompactCircuit, compact
from direct_access.simulator.execution.instructions import instructions, measures_only_at_the_end
from direct_access.simulator.execution.paulis import ReducedPauli, reduced

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Estimates:
    """Expectation values and their standard errors, of the PUB's shape."""

    evs: Values
    stds: Values


def estimate(
    pub: EstimatorPub, shots: int, mitigate_readout: bool, calibration: Calibration, seed: int, log: Logger
) -> Estimates:
    """Execute a PUB.

    :param shots: shots for each Pauli string
    """
    observables: list[Mapping[str, float]] = pub.observables.ravel().tolist()
    strings = sorted({string for observable in observables for string in observable})
    circuit, classical = _without_final_measurements(pub.circuit)
    program = compact(circuit)
    paulis = [reduced(string, program, classical) for string in strings]
    exact = _expectation_values(program, paulis, pub, shots, calibration, seed, log)
    scale = np.array([_readout_scale(pauli, calibration) for pauli in paulis])
    means, errors = _measured(exact, scale, mitigate_readout, shots, np.random.default_rng(seed))
    weights = np.array([[observable.get(string, 0.0) for string in strings] for observable in observables])
    sets, observed = _broadcast(pub)
    return Estimates(
        np.einsum("...k,...k->...", means[sets], weights[observed]),
        np.sqrt(np.einsum("...k,...k->...", errors[sets] ** 2, weights[observed] ** 2)),
    )


def _broadcast(pub: EstimatorPub) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return for each element of the result the index of its parameter set and that of its observable."""
    sets = np.arange(pub.parameter_values.size).reshape(pub.parameter_values.shape)
    observed = np.arange(pub.observables.size).reshape(pub.observables.shape)
    both = np.broadcast_arrays(sets, observed)
    return both[0], both[1]


def _without_final_measurements(original: QuantumCircuit) -> tuple[QuantumCircuit, set[int]]:
    """Return the circuit without measurements at its end, and the qubits that these leave classical."""
    if not measures_only_at_the_end(original):
        return original, set()
    circuit = original.copy_empty_like()
    classical = set()
    for step, instruction in zip(instructions(original), original.data, strict=True):
        if step.operation.name == "measure":
            classical.add(step.qubits[0])
        else:
            circuit.append(instruction, copy=False)
    return circuit, classical


def _expectation_values(
    program: CompactCircuit,
    paulis: Sequence[ReducedPauli],
    pub: EstimatorPub,
    shots: int,
    calibration: Calibration,
    seed: int,
    log: Logger,
) -> Values:
    """Return the noisy expectation values, of shape (parameter sets, Pauli strings)."""
    identity = "I" * len(program.qubits)
    labels = {pauli.label for pauli in paulis if pauli.label not in (None, identity)}
    rows: list[dict[str, float]] = [{} for _ in range(pub.parameter_values.size)]
    weight = 1.0
    if labels:
        bound = bound_circuits(program.circuit, pub)
        plan = aer.plan(program, bound, calibration, log)
        weight = plan.fidelity
        circuits = [_with_expectation_values(circuit, sorted(labels)) for circuit in bound]
        rows = aer.run(plan, circuits, shots if _is_random(plan, program.circuit) else 1, seed)
    known = {None: 0.0, identity: 1.0}
    return np.array(
        [[known[p.label] if p.label in known else weight * row[str(p.label)] for p in paulis] for row in rows]
    ).reshape(len(rows), len(paulis))


def _is_random(plan: aer.Plan, circuit: QuantumCircuit) -> bool:
    """Whether each run ends in another state, so that expectation values are averaged over the shots.

    A density matrix holds all that errors and resets may do; a state vector takes one of their ways.
    """
    if plan.method == "density_matrix":
        return False
    return plan.noise is not None or any(
        step.operation.name in ("measure", "reset") for step in instructions(circuit)
    )


def _with_expectation_values(circuit: QuantumCircuit, labels: Sequence[str]) -> QuantumCircuit:
    saving = circuit.copy()
    for label in labels:
        saving.save_expectation_value(Pauli(label), saving.qubits, label=label)
    return saving


def _readout_scale(pauli: ReducedPauli, calibration: Calibration) -> float:
    return math.prod(1 - sum(calibration.readout_flips(qubit)) for qubit in pauli.measured)


def _measured(
    exact: Values, scale: Values, mitigate_readout: bool, shots: int, random: np.random.Generator
) -> tuple[Values, Values]:
    """Return means and standard errors of measuring each expectation value with so many shots."""
    probability = np.clip((1 + exact * scale) / 2, 0, 1)
    means = 2 * random.binomial(shots, probability) / shots - 1
    errors = np.sqrt((1 - means**2) / shots)
    if mitigate_readout:
        divisor = np.where(scale == 0, 1, scale)
        return means / divisor, errors / np.abs(divisor)
    return means, errors
