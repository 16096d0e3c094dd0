"""The backends of an instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from direct_access.model.backends import Backend
from direct_access.qiskit_runtime.backends import RuntimeBackend
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.services.backends import BackendFacts


class CloudBackends:
    """The :class:`direct_access.services.backends.Backends` of one instance."""

    def __init__(self, client: QiskitRuntimeClient) -> None:
        self._client = client

    def all(self) -> Sequence[Backend]:
        """Return every backend of the instance, with its queue."""
        return [_backend_of(found) for found in self._client.backends.all()]

    def facts(self, backend: str) -> BackendFacts:
        """Return the version and calibration time of a backend: both stand in its properties."""
        properties = self._client.backends.properties(backend)
        return BackendFacts(backend, properties.backend_version, properties.last_update_date)

    def configuration(self, backend: str) -> Mapping[str, Any]:
        """Return the configuration of a backend as the server sent it."""
        return dict(self._client.backends.configuration(backend))

    def properties(self, backend: str) -> Mapping[str, Any]:
        """Return the properties of a backend as the server sent them."""
        return dict(self._client.backends.properties(backend))


def _backend_of(found: RuntimeBackend) -> Backend:
    """Return a backend with its queue as its message."""
    queue = None if found.queue_length is None else f"{found.queue_length} jobs wait"
    said = [text for text in (found.reason, queue) if text]
    return Backend(found.name, found.status or "unknown", message="; ".join(said) or None)
