"""A Qiskit target from what the API says of a backend (BackendConfiguration, BackendProperties)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from qiskit.circuit import ForLoopOp, IfElseOp, Instruction, SwitchCaseOp, WhileLoopOp, library
from qiskit.exceptions import QiskitError
from qiskit.transpiler import InstructionProperties, Target

from direct_access.jobfile.described import described, num_qubits

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_CONTROL_FLOW = {
    "if_else": IfElseOp,
    "for_loop": ForLoopOp,
    "while_loop": WhileLoopOp,
    "switch_case": SwitchCaseOp,
}
_ONE_QUBIT = ("measure", "reset", "delay")
_VARIANT = re.compile("measure_|reset_")
"""``measure_2``, ``measure_reset``, ``reset_2``: as in qiskit-ibm-runtime's circuit library, on one qubit."""

_TIMING = ("granularity", "min_length", "pulse_alignment", "acquire_alignment")

Qubits = tuple[int, ...]


def target(configuration: Mapping[str, Any], properties: Mapping[str, Any]) -> Target:
    """Return what the transpiler may use: gates, couplings, errors and durations, without faulty qubits.

    :raises ProtocolError: if configuration or properties are not as the API describes them
    """
    with described(configuration):
        try:
            return _target(configuration, properties)
        except QiskitError as error:
            raise ValueError(error.message) from error


def _target(configuration: Mapping[str, Any], properties: Mapping[str, Any]) -> Target:
    qubits = num_qubits(configuration)
    timing = configuration.get("timing_constraints") or {}
    built = Target(
        num_qubits=qubits,
        dt=configuration["dt"] * 1e-9 if configuration.get("dt") else None,
        **{name: timing[name] for name in _TIMING if name in timing},
    )
    known = library.get_standard_gate_name_mapping()
    calibration = _Calibration(properties)
    couplings = {gate["name"]: gate.get("coupling_map") for gate in configuration.get("gates", ())}
    for name in _names(configuration):
        if name in _CONTROL_FLOW:
            built.add_instruction(_CONTROL_FLOW[name], name=name)
        elif name in known:
            pairs = couplings.get(name) or _everywhere(known[name].num_qubits, qubits, configuration)
            built.add_instruction(known[name], calibration.of(name, pairs), name=name)
        elif variant := _VARIANT.match(name):
            operation = Instruction(name, 1, 0 if variant[0] == "reset_" else 1, [])
            built.add_instruction(operation, calibration.of(name, _everywhere(1, qubits, configuration)))
    return built


def _names(configuration: Mapping[str, Any]) -> list[str]:
    supported = set(configuration.get("supported_instructions") or _ONE_QUBIT)
    basis = set(configuration.get("basis_gates", ()))
    # IBM calibrates rzz for angles of 0 to π/2 only; a transpiler that does not know this makes others.
    basis.discard("rzz")
    variants = set(filter(_VARIANT.match, supported))
    return sorted(basis | {"measure"} | (supported & {*_CONTROL_FLOW, *_ONE_QUBIT}) | variants)


def _everywhere(
    gate_qubits: int, num_qubits: int, configuration: Mapping[str, Any]
) -> Sequence[Sequence[int]]:
    if gate_qubits == 1:
        return [[qubit] for qubit in range(num_qubits)]
    return configuration.get("coupling_map") or []


class _Calibration:
    """Errors and durations of a backend's properties; what is marked as not operational is left out."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        qubits = [_by_name(values) for values in properties.get("qubits", ())]
        self._faulty = {index for index, values in enumerate(qubits) if _is_faulty(values)}
        self._values: dict[tuple[str, Qubits], dict[str, Mapping[str, Any]]] = {
            ("measure", (index,)): {
                "gate_error": values.get("readout_error", {}),
                "gate_length": values.get("readout_length", {}),
            }
            for index, values in enumerate(qubits)
        }
        for gate in properties.get("gates", ()):
            self._values[gate["gate"], tuple(gate["qubits"])] = _by_name(gate.get("parameters", ()))

    def of(self, name: str, places: Sequence[Sequence[int]]) -> dict[Qubits, InstructionProperties | None]:
        """Return the properties of an instruction on each of its places that works."""
        found = {}
        for place in map(tuple, places):
            values = self._values.get((name, place), {})
            if not self._faulty.intersection(place) and not _is_faulty(values):
                found[place] = _properties(values) if values else None
        return found


def _by_name(values: Any) -> dict[str, Mapping[str, Any]]:
    return {value["name"]: value for value in values}


def _is_faulty(values: Mapping[str, Mapping[str, Any]]) -> bool:
    return values.get("operational", {}).get("value") == 0


def _properties(values: Mapping[str, Mapping[str, Any]]) -> InstructionProperties:
    length = values.get("gate_length", {})
    seconds = length["value"] * _SECONDS.get(length.get("unit", "s"), 1.0) if "value" in length else None
    return InstructionProperties(error=values.get("gate_error", {}).get("value"), duration=seconds)
