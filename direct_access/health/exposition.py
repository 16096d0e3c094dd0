"""Findings in the text format of Prometheus, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from direct_access._version import __version__
from direct_access.health import metrics
from direct_access.health.finding import CheckFinding, CheckLevel
from direct_access.health.metrics import Metric

_BY_NAME = {metric.name: metric for metric in metrics.METRICS}
_SEVERITY = (CheckLevel.OK, CheckLevel.UNKNOWN, CheckLevel.WARNING, CheckLevel.CRITICAL)


class Families:
    """Families of samples under construction, with one sample for each set of labels: the last one given.

    :param system: label of every sample
    """

    def __init__(self, system: str) -> None:
        self._system = system
        self._samples: dict[Metric, dict[tuple[tuple[str, str], ...], float]] = {}

    def add(self, metric: Metric, value: float, labels: Mapping[str, str] | None = None) -> None:
        """Set one sample."""
        named = {**(labels or {}), "system": self._system}
        self._samples.setdefault(metric, {})[tuple(sorted(named.items()))] = value

    def __iter__(self) -> Iterator[Family]:
        for metric, samples in self._samples.items():
            name = metrics.PREFIX + metric.name
            family = Family(name.removesuffix("_total"), metric.help, metric.kind)
            for labels, value in samples.items():
                family.add_sample(name, dict(labels), value)
            yield family


def families(findings: Iterable[CheckFinding], *, system: str, checked_at: float) -> Families:
    """Return findings and what they measured.

    Where several findings of a check have one subject, the worst one counts.

    :param checked_at: when the checks ended, seconds since the epoch
    """
    result = Families(system)
    result.add(metrics.BUILD, 1, {"version": __version__})
    result.add(metrics.LAST_CHECK, checked_at)
    for finding in sorted(findings, key=lambda finding: _SEVERITY.index(finding.level)):
        labels = {"check": finding.check, "subject": finding.subject}
        result.add(metrics.CHECK_STATUS, int(finding.level), labels)
        result.add(metrics.CHECK_DURATION, finding.secs, labels)
        for measure in finding.measures:
            result.add(_metric(measure.name, finding.check), measure.value, measure.labels)
    return result


def _metric(name: str, check: str) -> Metric:
    """Return the metric of a measure; one that is not described is exposed all the same."""
    return _BY_NAME.get(name) or Metric(name, f"Measured by the check {check}.", "")


class _Fixed(Collector):
    def __init__(self, families: Iterable[Family]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Family]:
        return self._families


def render(findings: Sequence[CheckFinding], *, system: str, checked_at: float) -> str:
    """Return findings in the text format.

    :param checked_at: when the checks ended, seconds since the epoch
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed(families(findings, system=system, checked_at=checked_at)))
    return generate_latest(registry).decode()
