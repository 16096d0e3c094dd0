"""Findings as checks make them, and exposition as others read it."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from direct_access.health.finding import CheckFinding, CheckLevel, Measure

Labels = frozenset[tuple[str, str]]


def finding(
    check: str = "api",
    subject: str = "api.example",
    level: CheckLevel = CheckLevel.OK,
    measures: tuple[Measure, ...] = (),
    secs: float = 0.25,
) -> CheckFinding:
    """Return a finding of which a test names what matters to it."""
    return CheckFinding(check, subject, level, "GET /version", "2026-02-15", "", secs, measures)


def samples(text: str) -> dict[tuple[str, Labels], float]:
    """Return each sample of an exposition, read by the reference parser.

    :raises AssertionError: if one appears twice
    """
    found: dict[tuple[str, Labels], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"twice: {key}"
            found[key] = sample.value
    return found


def value(text: str, name: str, **labels: str) -> float | None:
    """Return the value of a sample of our system ``site``; None if there is none."""
    key = (f"direct_access_{name}", frozenset({**labels, "system": "site"}.items()))
    return samples(text).get(key)
