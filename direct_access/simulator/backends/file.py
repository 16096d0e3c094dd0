"""Backends of one's own, from a document: whole configurations and properties, or a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from direct_access.clock import parse_rfc3339
from direct_access.simulator.api.description import validator
from direct_access.simulator.backends.model import (
    ONE_QUBIT_GATES,
    TWO_QUBIT_GATE_NS,
    BackendDocuments,
    BackendModel,
)
from direct_access.simulator.backends.snapshot import configuration_of, properties_of
from direct_access.simulator.backends.topology import Edge
from direct_access.simulator.documents import Misplaced, Path, placed

TOPOLOGIES: Mapping[str, Callable[[int], list[Edge]]] = {
    "line": lambda n: [(qubit, qubit + 1) for qubit in range(n - 1)],
    "ring": lambda n: [(qubit, (qubit + 1) % n) for qubit in range(n if n > 2 else n - 1)],
    "all": lambda n: [(one, other) for one in range(n) for other in range(one + 1, n)],
}
MOST_QUBITS = 1000


@dataclass(frozen=True)
class WholeBackend:
    """A backend whose documents are given, perhaps taken from a real one."""

    configuration: dict[str, Any]
    properties: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.configuration["backend_name"])

    @property
    def version(self) -> str:
        return str(self.configuration["backend_version"])

    def properties_before(self, wall: float) -> dict[str, Any] | None:
        """Return the one calibration that there is, unless it is younger."""
        return None if wall < parse_rfc3339(self.properties["last_update_date"]) else self.properties


@dataclass(frozen=True)
class BriefBackend:
    """A backend in a few words; its calibration is made up, the same at every start.

    :param basis_gates: ``id rz sx x`` and one of ``cz`` and ``ecr``
    :param coupling_map: pairs of qubits that are coupled
    :param topology: ``line``, ``ring`` or ``all`` to all, instead of ``coupling_map``
    """

    name: str
    n_qubits: int
    basis_gates: list[Any] = field(default_factory=lambda: [*ONE_QUBIT_GATES, "cz"])
    coupling_map: list[Any] | None = None
    topology: str | None = None
    version: str = "1.0.0"

    def __post_init__(self) -> None:
        if not 1 <= self.n_qubits <= MOST_QUBITS:
            raise ValueError(f"n_qubits {self.n_qubits}; allowed: 1 to {MOST_QUBITS}")
        if (self.coupling_map is None) == (self.topology is None):
            raise ValueError("one of coupling_map and topology is needed")
        if self.topology not in (None, *TOPOLOGIES):
            raise ValueError(f"topology {self.topology!r}; allowed: {', '.join(TOPOLOGIES)}")
        if not self._has_known_gates():
            one, two = ", ".join(ONE_QUBIT_GATES), " or ".join(TWO_QUBIT_GATE_NS)
            raise ValueError(f"basis_gates: {one} and {two}; others need a configuration and properties")
        for pair in self.coupling_map or ():
            if not self._is_pair(pair):
                raise ValueError(f"coupling_map {pair!r}: two qubits below {self.n_qubits} are expected")

    def model(self) -> BackendModel:
        """Return the backend."""
        edges = TOPOLOGIES[self.topology](self.n_qubits) if self.topology else self._edges()
        gate = next(gate for gate in self.basis_gates if gate in TWO_QUBIT_GATE_NS)
        return BackendModel(
            self.name, self.version, self.n_qubits, edges, gate, "Simulated", "1", self.n_qubits
        )

    def _edges(self) -> list[Edge]:
        """Return each pair once: cz has no direction, ecr is calibrated in one."""
        return sorted({(min(pair), max(pair)): tuple(pair) for pair in self.coupling_map or ()}.values())

    def _has_known_gates(self) -> bool:
        gates = self.basis_gates
        pairs = [gate for gate in gates if gate in TWO_QUBIT_GATE_NS]
        return len(pairs) == 1 and sorted(gates) == sorted([*ONE_QUBIT_GATES, *pairs])

    def _is_pair(self, pair: Any) -> bool:
        return (
            isinstance(pair, list)
            and len(pair) == 2
            and pair[0] != pair[1]
            and all(type(qubit) is int and 0 <= qubit < self.n_qubits for qubit in pair)
        )


def backends_of(document: Any) -> dict[str, BackendDocuments]:
    """Return the backends that a list describes, by name.

    :raises Misplaced: if a part of it means nothing
    """
    if not isinstance(document, list):
        raise Misplaced((), "a list of backends is expected")
    found: dict[str, BackendDocuments] = {}
    for at, entry in enumerate(document):
        backend = _backend(entry, (at,))
        if backend.name in found:
            raise Misplaced((at,), f"{backend.name} is there twice")
        found[backend.name] = backend
    return found


def _backend(entry: Any, path: Path) -> BackendDocuments:
    if not isinstance(entry, dict) or "configuration" not in entry:
        return placed(BriefBackend, entry, path).model()
    given = placed(WholeBackend, entry, path)
    whole = WholeBackend(configuration_of(given.configuration), properties_of(given.properties))
    _check("BackendConfiguration", whole.configuration, (*path, "configuration"))
    _check("BackendProperties", whole.properties, (*path, "properties"))
    return whole


def _check(schema: str, document: Any, path: Path) -> None:
    for error in validator(schema).iter_errors(document):
        raise Misplaced((*path, *error.absolute_path), error.message[:300])
