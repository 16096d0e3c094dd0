"""How many requests this process has sent, and how they were answered."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any, Protocol

from direct_access.clock import Clock
from direct_access.config.settings import System
from direct_access.errors import DirectAccessError
from direct_access.health import metrics
from direct_access.health.metrics import Metric
from direct_access.transport.http import HttpClient, HttpResponse

NO_ANSWER = "none"
_METHODS = frozenset(("GET", "PUT", "POST", "DELETE", "HEAD"))


class Samples(Protocol):
    """Where the counts go: :class:`direct_access.health.exposition.Families`."""

    def add(self, metric: Metric, value: float, labels: dict[str, str]) -> None: ...


class RequestCounts:
    """Counts by service (``iam``, ``api``, ``store``), method and status; for several threads."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def request(self, service: str, method: str, status: int | None) -> None:
        """Count a request.

        :param status: HTTP status, None where no answer came
        """
        shown = str(status) if status is not None and 100 <= status <= 599 else NO_ANSWER
        with self._lock:
            self._requests[service, method if method in _METHODS else "other", shown] += 1

    def add_to(self, samples: Samples) -> None:
        """Add all counts to samples."""
        with self._lock:
            requests = dict(self._requests)
        for (service, method, status), number in requests.items():
            labels = {"service": service, "method": method, "status": status}
            samples.add(metrics.REQUESTS, number, labels)

    def open_http(self, system: System, clock: Clock) -> HttpClient:
        """Return a client whose requests are counted."""
        return _CountedClient(self, system, clock)


class _CountedClient(HttpClient):
    """Checks renew no token, so that a call is one request."""

    def __init__(self, counts: RequestCounts, system: System, clock: Clock) -> None:
        super().__init__(system.network, clock)
        self._counts = counts
        known = {"iam": system.iam_url, "api": system.url, "store": ""}
        self._services = known if system.storage else {"iam": system.iam_url, "api": ""}

    def request(self, method: str, url: str, **arguments: Any) -> HttpResponse:
        service = next(name for name, base in self._services.items() if url.startswith(base))
        try:
            response = super().request(method, url, **arguments)
        except DirectAccessError:
            self._counts.request(service, method, None)
            raise
        self._counts.request(service, method, response.status)
        return response
