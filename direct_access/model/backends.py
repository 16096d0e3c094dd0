"""Backends: one is one quantum computer as the APIs name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import boolean, integer, text
from direct_access.model.open_document import OpenDocument


@dataclass(frozen=True)
class Backend:
    """What a service says of one backend.

    :param status: online, offline or paused
    :param locked: whether a reservation is active; None where the server does not tell
    """

    name: str
    status: str
    message: str | None = None
    version: str | None = None
    locked: bool | None = None


def parse_backend(document: Mapping[str, Any]) -> Backend:
    """Read a backend object of ``GET /v1/backends``.

    :raises ProtocolError: if it lacks a name or a status
    """
    name, status = document.get("name"), document.get("status")
    if not isinstance(name, str) or not isinstance(status, str):
        raise ProtocolError("the server described a backend without a name or a status")
    return Backend(
        name=name,
        status=status,
        message=text(document.get("message")),
        version=text(document.get("version")),
        locked=boolean(document.get("locked")),
    )


@dataclass(frozen=True)
class LanesConfiguration:
    """How many execution lanes a backend gives to whom; None where the server does not tell."""

    hpc_workload_manager: int | None = None
    ibm_quantum_compute: int | None = None


def parse_lanes(document: Mapping[str, Any]) -> LanesConfiguration:
    """Read the answer of ``GET /v1/backends/{name}/lanes``."""

    def lanes(owner: str) -> int | None:
        entry = document.get(owner)
        return integer(entry.get("lanes")) if isinstance(entry, Mapping) else None

    return LanesConfiguration(lanes("hpc_workload_manager"), lanes("ibm_quantum_compute"))


class BackendConfiguration(OpenDocument):
    """The answer of ``GET /v1/backends/{name}/configuration``, with names for what is used here."""

    @property
    def n_qubits(self) -> int | None:
        return integer(self.get("n_qubits"))

    @property
    def basis_gates(self) -> Sequence[str]:
        """The names of the gates that circuits may contain."""
        return [gate for gate in self.get("basis_gates") or () if isinstance(gate, str)]

    @property
    def coupling_map(self) -> Sequence[tuple[int, int]] | None:
        """Pairs of qubits that a two-qubit gate may connect; None means all of them."""
        pairs = self.get("coupling_map")
        if not isinstance(pairs, list):
            return None
        return [(pair[0], pair[1]) for pair in pairs if isinstance(pair, list) and len(pair) == 2]

    @property
    def backend_version(self) -> str | None:
        return text(self.get("backend_version"))


class BackendProperties(OpenDocument):
    """The answer of ``GET /v1/backends/{name}/properties``, with names for what is used here."""

    @property
    def last_update_date(self) -> str | None:
        """The time of the calibration, RFC 3339."""
        return text(self.get("last_update_date"))

    @property
    def backend_version(self) -> str | None:
        return text(self.get("backend_version"))
