"""``IBM-API-Version``: a date; without one the oldest version is meant, unlike in the Quantum System API."""

from __future__ import annotations

from typing import Any

from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, ApiError

HEADER = "IBM-API-Version"

WITH_DEVICES = "2025-01-01"
"""Backends are objects, no names any more."""
WITH_VERSION_STATUS = "2025-05-01"
"""Versions are objects, no dates any more."""
WITHOUT_TRANSPILED_CIRCUITS = "2026-02-01"
"""No ``transpiled_circuits`` and ``interim_results``."""
WITH_JSON_RESULTS = "2026-02-01"
"""Results are sent as ``application/json``, no ``text/plain`` any more, as IBM's older descriptions say."""
WITH_QPU_CHARGE_TIME = "2026-03-15"
"""``qpu_charge_time_seconds`` instead of ``quantum_seconds``, ``seconds`` and ``bss``."""
WITH_EXECUTION_TIME_AT_ROOT = "2026-04-15"
"""``circuits_execution_time_ns`` of the metrics stands outside of ``usage``."""

SUNSETS = {
    "2024-01-01": "2027-01-01",
    WITH_DEVICES: "2027-01-01",
    WITH_VERSION_STATUS: "2027-01-01",
    WITHOUT_TRANSPILED_CIRCUITS: "2027-02-01",
    "2026-02-15": "2027-02-15",
    WITH_QPU_CHARGE_TIME: "2027-03-15",
    WITH_EXECUTION_TIME_AT_ROOT: None,
}
OLDEST = next(iter(SUNSETS))


def version_of(header: str | None) -> str:
    """Return the version that a request asks for; versions compare as text.

    :raises ApiError: 400 for a version that never was
    """
    version = OLDEST if header is None else header.strip()
    if version not in SUNSETS:
        message = f"{HEADER} {version[:32]!r} is not supported; supported: {', '.join(SUNSETS)}."
        raise ApiError(400, INVALID_BODY, message, "Send one of these versions.")
    return version


def versions_document(version: str) -> dict[str, Any]:
    """Return the answer of ``GET /v1/versions``."""
    if version < WITH_VERSION_STATUS:
        return {"versions": list(SUNSETS)}
    return {"versions": [_version(name, sunset) for name, sunset in SUNSETS.items()]}


def _version(name: str, sunset: str | None) -> dict[str, str]:
    if sunset is None:
        return {"version": name, "status": "live"}
    return {"version": name, "status": "deprecated", "sunset_date": sunset}
