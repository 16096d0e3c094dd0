"""What every service can tell of the quantum computers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from direct_access.light_dataclass import dataclass
from direct_access.model.backends import Backend


@dataclass(frozen=True)
class BackendFacts:
    """What of a backend belongs into the record of a run.

    :param calibration_time: RFC 3339, last_update_date of its properties
    """

    name: str
    version: str | None
    calibration_time: str | None


class Backends(Protocol):
    """The quantum computers of one system; calls raise :class:`direct_access.errors.DirectAccessError`."""

    def all(self) -> Sequence[Backend]:
        """Return every backend of the system."""

    def facts(self, backend: str) -> BackendFacts:
        """Return the version and calibration time of a backend."""

    def configuration(self, backend: str) -> Mapping[str, Any]:
        """Return the configuration of a backend as the server sent it (basis gates, coupling map, …)."""

    def properties(self, backend: str) -> Mapping[str, Any]:
        """Return the properties of a backend as the server sent them (calibration)."""
