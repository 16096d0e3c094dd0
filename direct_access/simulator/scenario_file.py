"""A whole bad day in one document: faults, outcomes, reservations, pace, status of backends, clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from direct_access.simulator.backends.state import STATUSES, Backends, UnknownBackend
from direct_access.simulator.documents import Misplaced, placed
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule, Pace


@dataclass(frozen=True)
class Reservation:
    """A backend that belongs to somebody else from the start.

    :param secs: for so long; None until it is released
    """

    backend: str
    secs: float | None = None


@dataclass(frozen=True)
class BackendStatus:
    """A backend that is not simply online.

    :param lanes: how many jobs it takes at a time, None for as many as the others
    """

    backend: str
    status: str = "online"
    message: str = ""
    lanes: int | None = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r}; allowed: {', '.join(STATUSES)}")


@dataclass(frozen=True)
class ScenarioFile:
    """What happens on that day; each list has small pieces of data, in their order.

    :param pace: how execution time becomes time on the clock, None for at once
    :param token_lifetime_secs: life of IAM tokens
    :param clock_skew_secs: how far the simulator's time of day is ahead
    """

    faults: list[Fault] = field(default_factory=list)
    outcomes: list[OutcomeRule] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    backends: list[BackendStatus] = field(default_factory=list)
    pace: Pace | None = None
    token_lifetime_secs: int | None = None
    clock_skew_secs: float | None = None

    @classmethod
    def from_document(cls, document: Any) -> ScenarioFile:
        """Return what a document describes.

        :raises Misplaced: unknown keys or values
        """
        made = dict(vars(placed(_Outline, document)))
        for name, kind in _LISTS.items():
            made[name] = [placed(kind, entry, (name, at)) for at, entry in enumerate(made[name])]
        if made["pace"] is not None:
            made["pace"] = placed(Pace, made["pace"], ("pace",))
        return cls(**made)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of the simulator that it changes, by their names."""
        chosen = {
            "pace": self.pace,
            "token_lifetime_secs": self.token_lifetime_secs,
            "clock_skew_secs": self.clock_skew_secs,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def set_up(self, backends: Backends) -> None:
        """Reserve backends and give them their status.

        :raises Misplaced: if there is no such backend
        """
        for at, reservation in enumerate(self.reservations):
            _known(backends, reservation.backend, ("reservations", at, "backend"))
            backends.get(reservation.backend).reserve(reservation.secs)
        for at, wanted in enumerate(self.backends):
            _known(backends, wanted.backend, ("backends", at, "backend"))
            backend = backends.get(wanted.backend)
            backend.status, backend.message = wanted.status, wanted.message
            backend.lanes = backend.lanes if wanted.lanes is None else wanted.lanes


@dataclass(frozen=True)
class _Outline:
    faults: list[Any] = field(default_factory=list)
    outcomes: list[Any] = field(default_factory=list)
    reservations: list[Any] = field(default_factory=list)
    backends: list[Any] = field(default_factory=list)
    pace: dict[str, Any] | None = None
    token_lifetime_secs: int | None = None
    clock_skew_secs: float | None = None


_LISTS: Mapping[str, type] = {
    "faults": Fault,
    "outcomes": OutcomeRule,
    "reservations": Reservation,
    "backends": BackendStatus,
}


def _known(backends: Backends, name: str, path: tuple[str | int, ...]) -> None:
    try:
        backends.get(name)
    except UnknownBackend as error:
        raise Misplaced(path, str(error)) from error
