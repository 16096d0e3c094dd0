"""Running bound circuits on Aer, the way that suits their size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from logging import Logger
from typing import Any

from qiskit.circuit import QuantumCircuit
from qiskit_aer import AerSimulator

from direct_access.simulator.execution.calibration import Calibration
from direct_access.simulator.execution.clifford import is_clifford
from direct_access.simulator.execution.compact import CompactCircuit
from direct_access.simulator.execution.instructions import measures_only_at_the_end
from direct_access.simulator.execution.noise import FullNoise, circuit_fidelity, full_noise
from direct_access.simulator.execution.reasons import JobFailed, TooLargeToSimulate

FULL_NOISE_QUBITS = 10
"""A density matrix of one qubit more takes four times as long; above, ideal states are quicker by far."""
STATE_VECTOR_QUBITS = 28


@dataclass(frozen=True)
class Plan:
    """How a circuit is simulated.

    :param method: of AerSimulator
    :param noise: all errors; None: the circuit runs ideally, errors are added to its results
    :param fidelity: probability that no gate errs, where the circuit runs ideally; else 1
    """

    method: str
    noise: FullNoise | None
    fidelity: float = 1.0


def plan(
    program: CompactCircuit, bound: Sequence[QuantumCircuit], calibration: Calibration, log: Logger
) -> Plan:
    """Choose how to simulate a circuit.

    :param bound: the program's circuit with each set of parameter values
    :raises TooLargeToSimulate: if there is no way
    """
    size = len(program.qubits)
    if size <= FULL_NOISE_QUBITS:
        method = "density_matrix" if measures_only_at_the_end(program.circuit) else "statevector"
        log.info("%d active qubits: %s simulation with the full noise model", size, method)
        return Plan(method, full_noise(program, calibration))
    if all(map(is_clifford, bound)):
        method = "stabilizer"
    elif size <= STATE_VECTOR_QUBITS:
        method = "statevector"
    else:
        raise TooLargeToSimulate(
            f"the circuit has {size} active qubits and gates other than Clifford gates; "
            f"the simulator takes at most {STATE_VECTOR_QUBITS} then"
        )
    fidelity = circuit_fidelity(program, calibration)
    log.info(
        "%d active qubits: ideal %s simulation; with probability %.4g (one minus the product of the gates' "
        "fidelities) a shot is replaced by noise; readout errors per qubit",
        size,
        method,
        1 - fidelity,
    )
    return Plan(method, None, fidelity)


def run(how: Plan, circuits: Sequence[QuantumCircuit], shots: int, seed: int) -> list[dict[str, Any]]:
    """Return Aer's data, such as counts, for each circuit.

    :raises JobFailed: with what Aer says
    """
    if not circuits:
        return []
    simulator = AerSimulator(
        method=how.method,
        noise_model=how.noise.model if how.noise else None,
        max_parallel_shots=1,  # threads have seeds of their own: the results would depend on the cores
        enable_truncation=False,  # circuits are compact; with it a loop at a circuit's end cannot be loaded
    )
    if how.noise:
        circuits = [how.noise.relaxing(circuit) for circuit in circuits]
    result = simulator.run(list(circuits), shots=shots, seed_simulator=seed).result()
    for experiment in result.results:
        if not experiment.success:
            raise JobFailed(f"the simulation failed: {experiment.status}")
    if not result.success:
        raise JobFailed(f"the simulation failed: {result.status}")
    return [experiment.data.to_dict() for experiment in result.results]
