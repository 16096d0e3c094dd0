"""A report as a Nagios plugin tells it: one line, and performance data behind a bar.

Monitoring Plugins Development Guidelines: https://www.monitoring-plugins.org/doc/guidelines.html
"""

from __future__ import annotations

import re

from direct_access.health.check import CheckReport
from direct_access.health.finding import Measure
from direct_access.health.running import in_words

NAME = "DIRECT_ACCESS"
LONGEST_LINE = 80

_NOT_IN_LABELS = re.compile(r"[^A-Za-z0-9_.-]")
_UNITS = {"seconds": "s", "bytes": "B"}


def line(report: CheckReport) -> str:
    """Return the line of a report."""
    measures = [measure for finding in report.findings for measure in finding.measures]
    data = " ".join(performance(measure) for measure in measures)
    text = one_line(report.level.name, in_words(report))
    return f"{text} | {data}" if data else text


def one_line(level: str, text: str) -> str:
    """Return what stands before the bar, in 80 characters."""
    whole = " ".join(f"{NAME} {level} - {text}".replace("|", "/").split())
    return whole if len(whole) <= LONGEST_LINE else whole[: LONGEST_LINE - 3].rstrip() + "..."


def performance(measure: Measure) -> str:
    """Return ``label=value[unit]``; the labels of the measure become part of its own."""
    parts = [measure.name, *(value for _, value in sorted(measure.labels.items()))]
    label = _NOT_IN_LABELS.sub("_", ".".join(parts))
    return f"{label}={measure.value:.12g}{_UNITS.get(measure.name.rpartition('_')[2], '')}"
