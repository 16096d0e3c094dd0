"""The backends of an on-premises system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from direct_access.model.backends import Backend
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.services.backends import BackendFacts


class OnPremBackends:
    """The :class:`direct_access.services.backends.Backends` of one system."""

    def __init__(self, client: QuantumSystemClient) -> None:
        self._client = client

    def all(self) -> Sequence[Backend]:
        """Return every backend of the system."""
        return self._client.backends()

    def facts(self, backend: str) -> BackendFacts:
        """Return the version and calibration time of a backend: both stand in its properties."""
        properties = self._client.properties(backend)
        version = properties.backend_version or self._client.backend(backend).version
        return BackendFacts(backend, version, properties.last_update_date)

    def configuration(self, backend: str) -> Mapping[str, Any]:
        """Return the configuration of a backend as the server sent it."""
        return dict(self._client.configuration(backend))

    def properties(self, backend: str) -> Mapping[str, Any]:
        """Return the properties of a backend as the server sent them."""
        return dict(self._client.properties(backend))
