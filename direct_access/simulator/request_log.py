"""What was asked and answered, for people and tests. No query, header or body is kept: they hold secrets."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import unquote

from direct_access.clock import Clock
from direct_access.simulator.http import Application, Request, Response

KEPT_REQUESTS = 10_000


@dataclass(frozen=True)
class Entry:
    """One request and its answer.

    :param app: ``iam``, ``api`` or ``store``
    :param path: decoded path
    :param status: status of the answer, 0 for a connection that was reset
    :param time: when it was answered, in seconds since the epoch
    """

    app: str
    method: str
    path: str
    status: int
    time: float


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT_REQUESTS)
        self._lock = threading.Lock()
        self._total = 0

    @property
    def total(self) -> int:
        """Number of requests since the start or the last :meth:`clear`, those no longer kept included."""
        return self._total

    def add(self, entry: Entry) -> None:
        """Append a request."""
        with self._lock:
            self._entries.append(entry)
            self._total += 1

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._entries.clear()
            self._total = 0

    def entries(self, app: str = "*", method: str = "*", path: str = "*") -> list[Entry]:
        """Return the requests kept; ``path`` is a shell pattern."""
        with self._lock:
            kept = list(self._entries)
        return [
            entry
            for entry in kept
            if app in (entry.app, "*") and method in (entry.method, "*") and fnmatchcase(entry.path, path)
        ]

    def count(self, app: str = "*", method: str = "*", path: str = "*") -> int:
        """Return the number of requests kept that match."""
        return len(self.entries(app, method, path))


class RecordingApplication:
    """An application whose requests are recorded under this name."""

    def __init__(self, name: str, application: Application, log: RequestLog, clock: Clock) -> None:
        self._name = name
        self._application = application
        self._log = log
        self._clock = clock

    def handle(self, request: Request) -> Response:
        """Answer one request and record it."""
        response = self._application.handle(request)
        status = 0 if response.reset else response.status
        path = unquote(request.path)
        self._log.add(Entry(self._name, request.method, path, status, self._clock.wall()))
        return response
