"""Snapshots of real backends, which the API's description does not quite fit: lenient in, strict out.

IBM's own snapshots (qiskit-ibm-runtime, ``fake_provider``) leave out what the description requires, have null
where a text or a list belongs, numbers as revisions, and times with an offset from UTC. Missing and null mean
the same here; what neither a default nor a rule covers is left as it is, for the schema to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct_access.clock import parse_rfc3339, rfc3339

_CONFIGURATION_DEFAULTS: Mapping[str, Any] = {
    "coupling_map": [],
    "local": False,
    "simulator": False,
    "conditional": False,
    "memory": False,
    "n_registers": 1,
}
_GATE_DEFAULTS: Mapping[str, Any] = {"parameters": [], "qasm_def": ""}
_ALWAYS_SUPPORTED = ("delay", "measure", "reset")
_SHORTEST_DT_NS = 1e-6
"""A smaller ``dt`` is in seconds, as old snapshots have it: no control system has a step of a femtosecond."""


def configuration_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration that a snapshot means, as the API's description has it."""
    document = {**_CONFIGURATION_DEFAULTS, **_present(snapshot)}
    if isinstance(gates := document.get("gates"), list):
        document["gates"] = [_filled(gate, _GATE_DEFAULTS) for gate in gates]
    basis = document.get("basis_gates")
    if "supported_instructions" not in document and isinstance(basis, list):
        document["supported_instructions"] = [
            *basis,
            *(name for name in _ALWAYS_SUPPORTED if name not in basis),
        ]
    if isinstance(processor := document.get("processor_type"), dict):
        document["processor_type"] = _processor(processor)
    dt = document.get("dt")
    if isinstance(dt, float) and 0 < dt < _SHORTEST_DT_NS:
        document["dt"] = dt * 1e9
    if "online_date" in document:
        document["online_date"] = _in_utc(document["online_date"])
    return document


def properties_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that a snapshot means, as the API's description has them."""
    document: dict[str, Any] = {"general": [], **_present(snapshot)}
    date = document["last_update_date"] = _in_utc(document.get("last_update_date"))
    document["general"] = _values(document["general"], date)
    if isinstance(qubits := document.get("qubits"), list):
        document["qubits"] = [_values(qubit, date) for qubit in qubits]
    if isinstance(gates := document.get("gates"), list):
        document["gates"] = [_gate_properties(gate, date) for gate in gates]
    return document


def _present(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


def _filled(value: Any, defaults: Mapping[str, Any]) -> Any:
    return {**defaults, **_present(value)} if isinstance(value, dict) else value


def _processor(processor: Mapping[str, Any]) -> dict[str, Any]:
    present = {"family": "", "revision": "", **_present(processor)}
    revision = present["revision"]
    if isinstance(revision, (int, float)) and not isinstance(revision, bool):
        present["revision"] = str(revision)
    return present


def _gate_properties(gate: Any, date: Any) -> Any:
    if not isinstance(gate, dict):
        return gate
    present = _present(gate)
    return {**present, "parameters": _values(present.get("parameters", []), date)}


def _values(values: Any, date: Any) -> Any:
    """Return named values (Nduv of the API); where one has no date, it is as old as the whole document."""
    if not isinstance(values, list):
        return values
    return [_value(value, date) for value in values]


def _value(value: Any, date: Any) -> Any:
    if not isinstance(value, dict):
        return value
    filled = _filled(value, {"date": date, "unit": ""})
    return {**filled, "date": _in_utc(filled["date"])}


def _in_utc(text: Any) -> Any:
    """Return an ISO 8601 time in UTC; anything else as it is."""
    if not isinstance(text, str) or text.endswith("Z"):
        return text
    try:
        return rfc3339(parse_rfc3339(text))
    except (ValueError, OverflowError):
        return text
