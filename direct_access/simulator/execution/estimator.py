"""The program estimator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from logging import Logger
from typing import Any

from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.quantum_info import PauliList

from direct_access.simulator.execution.duration import circuit_ns, rep_delay_ns
from direct_access.simulator.execution.encoding import PubResult
from direct_access.simulator.execution.estimation import estimate
from direct_access.simulator.execution.machine import Machine
from direct_access.simulator.execution.options import ESTIMATOR_DEFAULTS, warn_of_ignored
from direct_access.simulator.execution.params import schema
from direct_access.simulator.execution.pubs import estimator_pubs

DEFAULT_RESILIENCE_LEVEL = 1


class Estimator:
    """Estimates expectation values of observables.

    :param params: a valid document of the program's input
    :raises JobFailed: if a circuit or a value is wrong; nothing has been executed then
    """

    def __init__(self, params: Mapping[str, Any], machine: Machine, log: Logger) -> None:
        self._options: Mapping[str, Any] = params.get("options") or {}
        self._machine = machine
        self._log = log
        self._pubs = [
            EstimatorPub(
                machine.admit(pub.circuit, f"pubs[{index}]"),
                pub.observables,
                pub.parameter_values,
                pub.precision,
            )
            for index, pub in enumerate(estimator_pubs(params, machine.fitted))
        ]
        level = params.get("resilience_level", DEFAULT_RESILIENCE_LEVEL)
        asked = (self._options.get("resilience") or {}).get("measure_mitigation")
        self._mitigate_readout = level >= 1 if asked is None else bool(asked)
        executions = sum(_executions(pub) for pub in self._pubs)
        machine.require_executions(
            executions
        )  # no circuit is too long: it is repeated until the precision is reached
        warn_of_ignored(self._options, ESTIMATOR_DEFAULTS, schema("estimator"), log)
        if level >= 2:
            log.warning("the simulator does no zero-noise extrapolation, which resilience_level 2 asks for")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the whole result."""
        resilience = {
            "measure_mitigation": self._mitigate_readout,
            "zne_mitigation": False,
            "pec_mitigation": False,
        }
        return {"resilience": resilience, "version": 2}

    def results(self) -> Iterator[PubResult]:
        """Execute PUB after PUB and yield their results."""
        simulator = self._options.get("simulator") or {}
        chosen = self._options.get("seed_estimator")
        seeds = self._machine.seeds(
            simulator.get("seed_simulator") if chosen is None else chosen, len(self._pubs)
        )
        for index, (pub, seed) in enumerate(zip(self._pubs, seeds, strict=True)):
            self._log.info("pubs[%d]: shape %s, %d shots each", index, pub.shape, _shots(pub))
            estimates = estimate(
                pub, _shots(pub), self._mitigate_readout, self._machine.calibration, seed, self._log
            )
            fields = {
                "evs": estimates.evs,
                "stds": estimates.stds,
                "ensemble_standard_error": estimates.stds,
            }
            metadata = {
                "shots": _shots(pub),
                "target_precision": pub.precision,
                "circuit_metadata": pub.circuit.metadata or {},
                "resilience": {},
            }
            yield PubResult("PubResult", fields, pub.shape, metadata)

    def quantum_nanoseconds(self) -> float:
        """Return the modelled time on a machine (:mod:`.duration`)."""
        delay = rep_delay_ns(self._machine.configuration, self._options)
        return math.fsum(
            _executions(pub) * (delay + circuit_ns(pub.circuit, self._machine.calibration))
            for pub in self._pubs
        )


def _shots(pub: EstimatorPub) -> int:
    assert pub.precision  # estimator_pubs() gave each PUB its precision, which is above 0
    # 1 / 0.015625² must be 4096, and 1 / 0.01² 10000, whatever the last bit is
    return math.ceil(round(1 / float(pub.precision) ** 2, 6))


def _executions(pub: EstimatorPub) -> int:
    """Return the shots of all parameter sets in all measurement bases."""
    strings = sorted({string for observable in pub.observables.ravel().tolist() for string in observable})
    bases = len(PauliList(strings).group_commuting(qubit_wise=True)) if strings else 0
    return int(pub.parameter_values.size) * bases * _shots(pub)
