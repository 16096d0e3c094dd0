"""The program sampler."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from logging import Logger
from typing import Any

from qiskit.primitives.containers.sampler_pub import SamplerPub

from direct_access.simulator.execution.duration import circuit_ns, rep_delay_ns
from direct_access.simulator.execution.encoding import PubResult
from direct_access.simulator.execution.machine import Machine
from direct_access.simulator.execution.measurement import CLASSIFIED, num_points
from direct_access.simulator.execution.options import SAMPLER_DEFAULTS, warn_of_ignored
from direct_access.simulator.execution.params import schema
from direct_access.simulator.execution.pubs import sampler_pubs
from direct_access.simulator.execution.reasons import TooManyShots
from direct_access.simulator.execution.sampling import sample

MAX_POINTS = 1 << 25
"""Complex numbers in the results of a job, 16 bytes each, that are held in memory."""


class Sampler:
    """Samples the measured registers of circuits.

    :param params: a valid document of the program's input
    :raises JobFailed: if a circuit or a value is wrong; nothing has been executed then
    """

    metadata: Mapping[str, Any] = {"version": 2}

    def __init__(self, params: Mapping[str, Any], machine: Machine, log: Logger) -> None:
        self._options: Mapping[str, Any] = params.get("options") or {}
        self._machine = machine
        self._log = log
        self._pubs = [
            SamplerPub(machine.admit(pub.circuit, f"pubs[{index}]"), pub.parameter_values, pub.shots)
            for index, pub in enumerate(sampler_pubs(params))
        ]
        executions = sum(pub.size * _shots(pub) for pub in self._pubs)
        machine.require_shots(max(map(_shots, self._pubs), default=0))
        machine.require_executions(executions)
        execution = self._options.get("execution") or {}
        self._meas_type: str = execution.get("meas_type") or CLASSIFIED
        self._require_points()
        warn_of_ignored(self._options, SAMPLER_DEFAULTS, schema("sampler"), log)

    def results(self) -> Iterator[PubResult]:
        """Execute PUB after PUB and yield their results."""
        simulator = self._options.get("simulator") or {}
        seeds = self._machine.seeds(simulator.get("seed_simulator"), len(self._pubs))
        for index, (pub, seed) in enumerate(zip(self._pubs, seeds, strict=True)):
            self._log.info("pubs[%d]: %d parameter sets, %d shots each", index, pub.size, _shots(pub))
            if not pub.circuit.cregs:
                self._log.warning("pubs[%d]: the circuit has no classical register: no data", index)
            registers = sample(pub, _shots(pub), self._meas_type, self._machine.calibration, seed, self._log)
            metadata = {"circuit_metadata": pub.circuit.metadata or {}}
            yield PubResult("SamplerPubResult", registers, pub.shape, metadata)

    def quantum_nanoseconds(self) -> float:
        """Return the modelled time on a machine (:mod:`.duration`)."""
        delay = rep_delay_ns(self._machine.configuration, self._options)
        return math.fsum(
            pub.size * _shots(pub) * (delay + circuit_ns(pub.circuit, self._machine.calibration))
            for pub in self._pubs
        )

    def _require_points(self) -> None:
        points = sum(
            num_points(self._meas_type, pub.size, _shots(pub), sum(map(len, pub.circuit.cregs)))
            for pub in self._pubs
        )
        if points > MAX_POINTS:
            raise TooManyShots(
                f"{self._meas_type} results of {points} complex numbers; "
                f"the simulator makes at most {MAX_POINTS}"
            )


def _shots(pub: SamplerPub) -> int:
    assert pub.shots is not None  # sampler_pubs() gave each PUB its shots
    return int(pub.shots)
