"""What changes about a backend while the simulator runs: status, lanes, reservation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from direct_access.clock import Clock
from direct_access.simulator.backends.model import BackendDocuments

STATUSES = ("online", "offline", "paused")
DEFAULT_LANES = 5


class UnknownBackend(Exception):
    """There is no backend of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Backend {name} not found.")
        self.name = name


@dataclass(frozen=True)
class Reservation:
    """A time in which a backend belongs to somebody else.

    :param until: end on the simulator's boot-time clock in seconds, None without end
    """

    until: float | None = None


class Backend:
    """One backend at this moment.

    :param lanes: how many jobs may be on it at a time
    """

    def __init__(self, model: BackendDocuments, lanes: int, clock: Clock) -> None:
        self.model = model
        self.lanes = lanes
        self.message = ""
        self._status = "online"
        self._held: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._reservation: Reservation | None = None
        self._clock = clock

    @property
    def status(self) -> str:
        """``online``, ``offline`` or ``paused``."""
        return self._status

    @status.setter
    def status(self, status: str) -> None:
        if status not in STATUSES:
            raise ValueError(f"status {status!r}; allowed: {', '.join(STATUSES)}")
        with self._lock:
            self._status = status
            held, self._held = ([], self._held) if status == "paused" else (self._held, [])
        for action in held:
            action()

    def when_working(self, action: Callable[[], None]) -> None:
        """Call the action now, or once the backend is paused no more."""
        with self._lock:
            if self._status == "paused":
                self._held.append(action)
                return
        action()

    def reserve(self, seconds: float | None = None) -> None:
        """Reserve it for somebody else, for so many seconds or until :meth:`release`."""
        self._reservation = Reservation(None if seconds is None else self._clock.boottime() + seconds)

    def release(self) -> None:
        """End the reservation."""
        self._reservation = None

    @property
    def reserved(self) -> bool:
        """Whether a reservation is active."""
        reservation = self._reservation
        if reservation is None:
            return False
        return reservation.until is None or self._clock.boottime() < reservation.until

    def document(self) -> dict[str, Any]:
        """Return the Backend object of the API; ``locked`` is there for online backends only."""
        document: dict[str, Any] = {
            "name": self.model.name,
            "status": self.status,
            "message": self.message,
            "version": self.model.version,
        }
        if self.status == "online":
            document["locked"] = self.reserved
        return document

    def lanes_document(self) -> dict[str, Any]:
        """Return the LanesConfiguration of the API: all lanes belong to the local workload manager."""
        return {"hpc_workload_manager": {"lanes": self.lanes}, "ibm_quantum_compute": {"lanes": 0}}


class Backends:
    """All backends by name."""

    def __init__(self, models: Mapping[str, BackendDocuments], lanes: int, clock: Clock) -> None:
        self._backends = {name: Backend(model, lanes, clock) for name, model in models.items()}

    def all(self) -> Iterable[Backend]:
        """Return every backend."""
        return self._backends.values()

    def get(self, name: str) -> Backend:
        """Return one backend.

        :raises UnknownBackend: if there is none of this name
        """
        try:
            return self._backends[name]
        except KeyError:
            raise UnknownBackend(name) from None
