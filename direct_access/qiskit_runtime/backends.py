"""Backends of an instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.model.backends import BackendConfiguration, BackendProperties
from direct_access.model.json_fields import boolean, integer, number, text
from direct_access.qiskit_runtime import endpoints
from direct_access.qiskit_runtime.query import query
from direct_access.rest.answers import list_of
from direct_access.rest.api import RestApi


@dataclass(frozen=True)
class WaitTime:
    """Seconds that jobs waited in the queue."""

    average: float | None = None
    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True)
class RuntimeBackend:
    """What the service says of one backend.

    :param status: ``online``, ``paused`` or ``offline``; None in version 2024-01-01, which tells names only
    :param queue_length: jobs that wait
    :param clops: circuit layer operations per second
    :param wait_time: only where it was asked for
    :param document: the object as the server sent it: processor type, performance metrics
    """

    name: str
    status: str | None = None
    reason: str | None = None
    queue_length: int | None = None
    qubits: int | None = None
    clops: float | None = None
    is_simulator: bool | None = None
    wait_time: WaitTime | None = None
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BackendState:
    """The answer of ``GET /v1/backends/{id}/status``.

    :param operational: whether it takes and runs jobs
    """

    queue_length: int | None
    operational: bool | None
    status: str | None
    message: str | None
    version: str | None


def parse_backend(entry: object) -> RuntimeBackend:
    """Read an entry of ``devices``: an object, or a name in version 2024-01-01.

    :raises ProtocolError: if it has no name
    """
    if isinstance(entry, str) and entry:
        return RuntimeBackend(entry)
    name = text(entry.get("name")) if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or name is None:
        raise ProtocolError("the server described a backend without a name")
    status, clops = _part(entry, "status"), _part(entry, "clops")
    waits = _part(entry, "wait_time_seconds")
    return RuntimeBackend(
        name=name,
        status=text(status.get("name")) or text(entry.get("status")),
        reason=text(status.get("reason")),
        queue_length=integer(entry.get("queue_length")),
        qubits=integer(entry.get("qubits")),
        clops=number(clops.get("value")),
        is_simulator=boolean(entry.get("is_simulator")),
        wait_time=WaitTime(*(number(waits.get(name)) for name in ("average", "p50", "p95")))
        if waits
        else None,
        document=dict(entry),
    )


def _part(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, Mapping) else {}


class BackendCalls:
    """Backends of one instance."""

    def __init__(self, api: RestApi) -> None:
        self._api = api

    def all(self, *, wait_time: bool = False) -> Sequence[RuntimeBackend]:
        """Return the backends that the instance may use.

        :param wait_time: ask for their waiting times too
        """
        parameters = query({"fields": "wait_time_seconds" if wait_time else None})
        document = self._api.read(endpoints.BACKENDS, query=parameters)
        return [parse_backend(entry) for entry in list_of(document, "devices")]

    def configuration(self, name: str, calibration_id: str | None = None) -> BackendConfiguration:
        """Return the configuration of a backend: its gates, its coupling map.

        :raises InputError: if the instance has no backend of this name
        """
        parameters = query({"calibration_id": calibration_id})
        return BackendConfiguration(self._api.read(endpoints.CONFIGURATION, name, parameters))

    def properties(
        self, name: str, *, updated_before: str | None = None, calibration_id: str | None = None
    ) -> BackendProperties:
        """Return the properties of a backend: its calibration.

        :param updated_before: RFC 3339; the last calibration before that time
        """
        parameters = query({"updated_before": updated_before, "calibration_id": calibration_id})
        return BackendProperties(self._api.read(endpoints.PROPERTIES, name, parameters))

    def status(self, name: str) -> BackendState:
        """Return whether a backend runs, and how many jobs wait for it."""
        document = self._api.read(endpoints.STATUS, name)
        return BackendState(
            queue_length=integer(document.get("length_queue")),
            operational=boolean(document.get("state")),
            status=text(document.get("status")),
            message=text(document.get("message")),
            version=text(document.get("backend_version")),
        )

    def defaults(self, name: str) -> Mapping[str, Any]:
        """Return the pulse defaults of a backend, which newer ones no longer have."""
        return self._api.read(endpoints.DEFAULTS, name)
