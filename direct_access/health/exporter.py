"""Checks made over and over, and the last findings kept for whoever asks.

A scrape reads what is there: it causes no request and no check. How old that is, a metric tells.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from direct_access.clock import Clock
from direct_access.health import metrics
from direct_access.health.exposition import Families, families
from direct_access.health.finding import CheckFinding
from direct_access.health.request_counts import RequestCounts
from direct_access.redact import redact_text

OUTCOMES = ("done", "failed")


class Exporter(Collector):
    """Runs checks at an interval until it shall stop. Its memory is that of one pass.

    :param system: name of the system in our configuration
    :param check: makes all checks once, with bounds of its own on time and on what it raises
    :param interval_secs: from the beginning of one pass to that of the next
    :param log: is given what ended a pass
    :param passed: called after each pass
    """

    def __init__(
        self,
        system: str,
        check: Callable[[], Sequence[CheckFinding]],
        *,
        clock: Clock,
        interval_secs: float,
        counts: RequestCounts,
        log: Callable[[str], None],
        passed: Callable[[], None] = lambda: None,
    ) -> None:
        self._system = system
        self._check = check
        self._clock = clock
        self._interval_secs = interval_secs
        self._counts = counts
        self._log = log
        self._passed = passed
        self._passes = dict.fromkeys(OUTCOMES, 0)
        self._pass_secs: float | None = None
        self._found: Families | None = None

    def run(self, stop: threading.Event) -> None:
        """Pass over the checks until ``stop`` is set; nothing that fails ends it."""
        while not stop.is_set():
            began = self._clock.boottime()
            self._pass()
            self._pass_secs = self._clock.boottime() - began
            self._passed()
            self._clock.wait(stop, max(0.0, self._interval_secs - self._pass_secs))

    def _pass(self) -> None:
        try:
            findings = self._check()
        except Exception as error:
            self._passes["failed"] += 1
            self._log(redact_text(f"the checks ended with {type(error).__name__}: {error}"))
            return
        self._found = families(findings, system=self._system, checked_at=self._clock.wall())
        self._passes["done"] += 1

    def registry(self) -> CollectorRegistry:
        """Return what a scrape reads: the findings, and this process as Prometheus's libraries tell of it."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        ProcessCollector(registry=registry)
        return registry

    def collect(self) -> Iterable[Family]:
        """Return what the last pass found, and how the passes went."""
        found = self._found
        if found is not None:
            yield from found
        yield from self._own()

    def _own(self) -> Iterator[Family]:
        own = Families(self._system)
        own.add(metrics.INTERVAL, self._interval_secs)
        for outcome, number in self._passes.items():
            own.add(metrics.PASSES, number, {"outcome": outcome})
        if self._pass_secs is not None:
            own.add(metrics.PASS_DURATION, self._pass_secs)
        self._counts.add_to(own)
        yield from own
