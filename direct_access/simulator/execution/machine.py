"""The backend that a job runs on, as its programs see it."""

from __future__ import annotations

import secrets
from logging import Logger

import numpy as np
from qiskit import transpile
from qiskit.circuit import CONTROL_FLOW_OP_NAMES, QuantumCircuit

from direct_access.simulator.execution.calibration import DEFAULT_DT_NS, Calibration
from direct_access.simulator.execution.reasons import JobFailed, NotIsaCircuit, TooManyShots
from direct_access.simulator.execution.target import Target
from direct_access.simulator.execution.task import Task
from direct_access.simulator.execution.variants import without_variants
from direct_access.simulator.execution.widening import widened

SEED_BITS = 31
MAX_EXECUTIONS = 5_000_000  # per job: https://quantum.cloud.ibm.com/docs/guides/job-limits


class Machine:
    """Admits circuits, knows the calibration, and gives each PUB a seed."""

    def __init__(self, task: Task, log: Logger) -> None:
        self.configuration = task.backend_configuration
        self.calibration = Calibration(
            task.backend_properties, float(task.backend_configuration.get("dt") or DEFAULT_DT_NS)
        )
        self._target = Target(task.backend_configuration)
        self._accept_any_circuit = task.accept_any_circuit
        self._strict_width = task.strict_width
        self._seed = task.seed
        self._log = log

    def admit(self, circuit: QuantumCircuit, where: str) -> QuantumCircuit:
        """Return the circuit as the backend executes it.

        :param where: names the circuit in messages
        :raises NotIsaCircuit: if it has an instruction that the backend has not, unless any is accepted
        """
        try:
            self._target.require_isa(circuit)
        except NotIsaCircuit as reason:
            if not self._accept_any_circuit:
                raise NotIsaCircuit(f"{where}: {reason.message}") from reason
            self._log.warning("%s: %s: it is rewritten in the backend's gates", where, reason.message)
            return self._rewritten(without_variants(circuit))
        return without_variants(circuit)

    def fitted(self, circuit: QuantumCircuit, width: int) -> QuantumCircuit:
        """Return the circuit for observables of so many letters (:mod:`.widening`).

        :raises InvalidInput: if it cannot be made as wide
        """
        return widened(circuit, width, self._target.num_qubits, strict=self._strict_width)

    def require_shots(self, shots: int) -> None:
        """Check the shots of one circuit.

        :raises TooManyShots: if the backend takes fewer
        """
        largest = self._target.max_shots
        if largest is not None and shots > largest:
            raise TooManyShots(f"{shots} shots; the backend takes at most {largest}")

    def require_executions(self, executions: int) -> None:
        """Check the shots of all circuits of the job together.

        :raises TooManyShots: if the service takes fewer
        """
        if executions > MAX_EXECUTIONS:
            raise TooManyShots(
                f"the job asks for {executions} executions; at most {MAX_EXECUTIONS} are taken"
            )

    def seeds(self, chosen: int | None, number: int) -> list[int]:
        """Return a seed for each PUB.

        :param chosen: the seed in the job's options, which comes before the task's
        """
        seed = next((seed for seed in (chosen, self._seed) if seed is not None), None)
        entropy = secrets.randbits(64) if seed is None else seed % (1 << 64)
        states = np.random.SeedSequence(entropy).generate_state(number, np.uint64)
        return [int(state) >> (64 - SEED_BITS) for state in states]

    def _rewritten(self, circuit: QuantumCircuit) -> QuantumCircuit:
        gates = [*self._target.basis_gates, *CONTROL_FLOW_OP_NAMES]
        try:
            return transpile(circuit, basis_gates=gates, optimization_level=0)
        except Exception as error:  # the transpiler's errors have no common base
            raise JobFailed(f"the circuit cannot be rewritten in the backend's gates: {error}") from error
