"""Errors and durations of a backend, from its properties."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

NANOSECONDS = {"ps": 1e-3, "ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9}
MAX_GATE_ERROR = 1.0
DEFAULT_DT_NS = 0.5

Place = tuple[str, tuple[int, ...]]


class Calibration:
    """What a calibration run measured.

    A gate that it did not measure has the mean of the gates on as many qubits; where there are none, it is
    perfect and takes no time.

    :param properties: BackendProperties of the API
    :param dt_ns: the backend's unit of time, in which circuits may count their delays
    """

    def __init__(self, properties: Mapping[str, Any], dt_ns: float = DEFAULT_DT_NS) -> None:
        self.dt_ns = dt_ns
        self._qubits = [_values(qubit) for qubit in properties.get("qubits") or ()]
        gates = {
            (gate["gate"], tuple(gate["qubits"])): _values(gate.get("parameters") or ())
            for gate in properties.get("gates") or ()
        }
        self._errors = _Measured(gates, "gate_error")
        self._lengths = _Measured(gates, "gate_length")

    def gate_error(self, name: str, qubits: tuple[int, ...]) -> float:
        """Return the average gate infidelity, 0 to 1."""
        return min(MAX_GATE_ERROR, self._errors.at(name, qubits))

    def gate_length_ns(self, name: str, qubits: tuple[int, ...]) -> float:
        """Return how long the gate takes, in ns."""
        return self._lengths.at(name, qubits)

    def relaxation_ns(self, qubit: int) -> tuple[float, float] | None:
        """Return T1 and T2 in ns, None where they were not measured; T2 is at most 2 T1."""
        values = self._of_qubit(qubit)
        t1, t2 = values.get("T1", 0.0), values.get("T2", 0.0)
        return (t1, min(t2, 2 * t1)) if t1 > 0 and t2 > 0 else None

    def readout_length_ns(self, qubit: int) -> float:
        """Return how long a measurement takes, in ns."""
        return self._of_qubit(qubit).get("readout_length", 0.0)

    def readout_flips(self, qubit: int) -> tuple[float, float]:
        """Return the probabilities that a 0 is read as 1, and a 1 as 0."""
        values = self._of_qubit(qubit)
        symmetric = values.get("readout_error", 0.0)
        return values.get("prob_meas1_prep0", symmetric), values.get("prob_meas0_prep1", symmetric)

    def _of_qubit(self, qubit: int) -> dict[str, float]:
        return self._qubits[qubit] if qubit < len(self._qubits) else {}


class _Measured:
    """One property of gates: measured values, and means by number of qubits."""

    def __init__(self, gates: Mapping[Place, Mapping[str, float]], name: str) -> None:
        self._values = {place: values[name] for place, values in gates.items() if name in values}
        by_size: dict[int, list[float]] = {}
        for (_, qubits), value in self._values.items():
            by_size.setdefault(len(qubits), []).append(value)
        self._means = {size: statistics.fmean(values) for size, values in by_size.items()}

    def at(self, name: str, qubits: tuple[int, ...]) -> float:
        for place in ((name, qubits), (name, qubits[::-1])):
            if place in self._values:
                return self._values[place]
        return self._means.get(len(qubits), 0.0)


def _values(parameters: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return named values (Nduv of the API), times in ns."""
    return {
        parameter["name"]: float(parameter["value"]) * NANOSECONDS.get(parameter.get("unit") or "", 1.0)
        for parameter in parameters
    }
