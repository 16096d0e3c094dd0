"""One quantum computer: its configuration and its calibration, as the API sends them."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Protocol

from direct_access.clock import parse_rfc3339, rfc3339
from direct_access.simulator.backends.topology import Edge

CALIBRATION_SECS = 86_400
CALIBRATION_TIME_SECS = 6 * 3600
"""Calibrated every day at six o'clock UTC, to the same values."""
MAX_SHOTS = 100_000
ONLINE_DATE = "2025-08-01T00:00:00.000000Z"
DT_NS = 0.5
ONE_QUBIT_GATES = ("id", "rz", "sx", "x")
ONE_QUBIT_GATE_NS = 32.0
TWO_QUBIT_GATE_NS = {"ecr": 533.0, "cz": 84.0}
READOUT_NS = 1300.0
FRACTIONAL_ONE_QUBIT_GATE, FRACTIONAL_TWO_QUBIT_GATE = "rx", "rzz"


class BackendDocuments(Protocol):
    """What the API and the execution of circuits need of a backend."""

    @property
    def name(self) -> str:
        """Its name in the API."""

    @property
    def version(self) -> str:
        """Three numbers with dots."""

    @property
    def configuration(self) -> dict[str, Any]:
        """The BackendConfiguration of the API."""

    @property
    def properties(self) -> dict[str, Any]:
        """The BackendProperties of the API."""

    def properties_before(self, wall: float) -> dict[str, Any] | None:
        """Return the properties of the last calibration before a time of day, None where there was none."""


@dataclass(frozen=True)
class BackendModel:
    """What a backend is made of; everything else follows.

    :param two_qubit_gate: ``ecr``, which has a direction on each edge, or ``cz``, which has none
    :param family: processor family, for people
    :param fractional_gates: has rx and rzz too (https://quantum.cloud.ibm.com/docs/guides/fractional-gates)
    """

    name: str
    version: str
    n_qubits: int
    edges: Sequence[Edge]
    two_qubit_gate: str
    family: str
    revision: str
    seed: int
    fractional_gates: bool = False

    @property
    def one_qubit_gates(self) -> list[str]:
        """All gates on one qubit."""
        return [*ONE_QUBIT_GATES, *([FRACTIONAL_ONE_QUBIT_GATE] if self.fractional_gates else ())]

    @property
    def two_qubit_gates(self) -> list[str]:
        """All gates on two qubits."""
        return [self.two_qubit_gate, *([FRACTIONAL_TWO_QUBIT_GATE] if self.fractional_gates else ())]

    @property
    def coupling_map(self) -> list[list[int]]:
        """Pairs (control, target) on which the two-qubit gate can be executed."""
        pairs = [list(edge) for edge in self.edges]
        if self.two_qubit_gate == "cz":
            pairs += [[target, control] for control, target in self.edges]
        return sorted(pairs)

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """The BackendConfiguration of the API."""
        one_qubit = [[qubit] for qubit in range(self.n_qubits)]
        basis_gates = sorted([*self.one_qubit_gates, *self.two_qubit_gates])
        return {
            "backend_name": self.name,
            "backend_version": self.version,
            "n_qubits": self.n_qubits,
            "basis_gates": basis_gates,
            "gates": [
                *(_gate(name, one_qubit) for name in self.one_qubit_gates),
                *(_gate(name, self.coupling_map) for name in self.two_qubit_gates),
                _gate("reset", one_qubit),
            ],
            "local": False,
            "simulator": False,
            "conditional": False,
            "open_pulse": False,
            "memory": True,
            "max_shots": MAX_SHOTS,
            "max_experiments": 300,
            "coupling_map": self.coupling_map,
            "n_registers": 1,
            "configurable": False,
            "credits_required": False,
            "online_date": ONLINE_DATE,
            "description": f"simulated {self.n_qubits}-qubit system",
            "rep_delay_range": [0.0, 500.0],
            "default_rep_delay": 250.0,
            "dynamic_reprate_enabled": True,
            "measure_esp_enabled": False,
            "dt": DT_NS,
            "dtm": DT_NS,
            "supported_instructions": sorted(
                [*basis_gates, "measure", "reset", "delay", "barrier", "if_else"]
            ),
            "supported_features": ["qasm3", "dynamic_circuits", "parameters"],
            "parallel_compilation": False,
            "processor_type": {"family": self.family, "revision": self.revision},
            "timing_constraints": {
                "granularity": 1,
                "min_length": 1,
                "pulse_alignment": 1,
                "acquire_alignment": 1,
            },
        }

    @property
    def properties(self) -> dict[str, Any]:
        """The BackendProperties of the API; the same numbers whenever the same backend is made."""
        date = _last_calibration(time.time())
        if self._calibrated["last_update_date"] != date:
            _date(self._calibrated, date)
        return self._calibrated

    def properties_before(self, wall: float) -> dict[str, Any] | None:
        """Return the same numbers with the date of an earlier calibration."""
        if wall < parse_rfc3339(ONLINE_DATE):
            return None
        date = _last_calibration(wall)
        properties = self.properties
        if properties["last_update_date"] <= date:
            return properties
        earlier = copy.deepcopy(properties)
        _date(earlier, date)
        return earlier

    @cached_property
    def _calibrated(self) -> dict[str, Any]:
        dice = random.Random(self.seed)  # noqa: S311 - calibration data, no secret
        qubits = [_qubit(dice) for _ in range(self.n_qubits)]
        gates = [
            _gate_properties(gate, [qubit], *_one_qubit_error(dice, gate))
            for qubit in range(self.n_qubits)
            for gate in self.one_qubit_gates
        ]
        edge_error = {edge: _spread(dice, 0.006, 0.5) for edge in self.edges}
        for control, target in self.coupling_map:
            error = edge_error.get((control, target)) or edge_error[target, control]
            length = TWO_QUBIT_GATE_NS[self.two_qubit_gate]
            gates += [
                _gate_properties(gate, [control, target], error, length) for gate in self.two_qubit_gates
            ]
        gates += [_gate_properties("reset", [qubit], None, READOUT_NS) for qubit in range(self.n_qubits)]
        return {
            "backend_name": self.name,
            "backend_version": self.version,
            "last_update_date": "",
            "qubits": qubits,
            "gates": gates,
            "general": [],
        }


def _gate(name: str, coupling_map: list[list[int]]) -> dict[str, Any]:
    parameters = ["theta"] if name in ("rz", FRACTIONAL_ONE_QUBIT_GATE, FRACTIONAL_TWO_QUBIT_GATE) else []
    arguments = "(theta)" if parameters else ""
    operands = "q0,q1" if name in (*TWO_QUBIT_GATE_NS, FRACTIONAL_TWO_QUBIT_GATE) else "q0"
    return {
        "name": name,
        "parameters": parameters,
        "qasm_def": f"gate {name}{arguments} {operands} {{ }}",
        "coupling_map": coupling_map,
    }


def _nduv(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"date": "", "name": name, "unit": unit, "value": value}


def _last_calibration(wall: float) -> str:
    days, _ = divmod(wall - CALIBRATION_TIME_SECS, CALIBRATION_SECS)
    return rfc3339(days * CALIBRATION_SECS + CALIBRATION_TIME_SECS)


def _date(properties: dict[str, Any], date: str) -> None:
    measured = [*properties["qubits"], *(gate["parameters"] for gate in properties["gates"])]
    for value in chain.from_iterable(measured):
        value["date"] = date
    properties["last_update_date"] = date


def _spread(dice: random.Random, typical: float, sigma: float) -> float:
    return float(f"{typical * dice.lognormvariate(0.0, sigma):.6g}")


def _qubit(dice: random.Random) -> list[dict[str, Any]]:
    t1 = _spread(dice, 230.0, 0.25)
    t2 = min(_spread(dice, 140.0, 0.4), 2 * t1)
    missed, invented = _spread(dice, 0.014, 0.5), _spread(dice, 0.010, 0.5)
    return [
        _nduv("T1", t1, "us"),
        _nduv("T2", t2, "us"),
        _nduv("frequency", round(4.9 + 0.2 * dice.random(), 6), "GHz"),
        _nduv("anharmonicity", -0.31, "GHz"),
        _nduv("readout_error", round((missed + invented) / 2, 8), ""),
        _nduv("prob_meas0_prep1", missed, ""),
        _nduv("prob_meas1_prep0", invented, ""),
        _nduv("readout_length", READOUT_NS, "ns"),
    ]


def _one_qubit_error(dice: random.Random, gate: str) -> tuple[float, float]:
    """Return error and length in ns; rz is a change of the frame, which takes no time (arXiv:1612.00858)."""
    return (0.0, 0.0) if gate == "rz" else (_spread(dice, 0.00023, 0.4), ONE_QUBIT_GATE_NS)


def _gate_properties(gate: str, qubits: list[int], error: float | None, length_ns: float) -> dict[str, Any]:
    parameters = [] if error is None else [_nduv("gate_error", error, "")]
    return {
        "gate": gate,
        "name": gate + "_".join(map(str, qubits)),
        "qubits": qubits,
        "parameters": [*parameters, _nduv("gate_length", length_ns, "ns")],
    }
