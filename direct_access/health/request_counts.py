"""How many requests this process has sent, and how they were answered."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Protocol

from direct_access.health import metrics
from direct_access.health.metrics import Metric

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
