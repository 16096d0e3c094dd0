"""Findings become text that Prometheus reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from direct_access.health.exposition import render
from direct_access.health.finding import CheckFinding, CheckLevel, Measure
from direct_access.health.metrics import MEASURES, METRICS, PREFIX

from .conftest import Promtool
from .samples import finding, samples, value

EVERY_MEASURE = tuple(
    Measure(metric.name, 1.5, {label: f"a {label}" for label in metric.labels}) for metric in MEASURES
)


def rendered(*findings: CheckFinding) -> str:
    return render(findings, system="site", checked_at=1_770_000_000.25)


def test_a_check_has_its_level_and_its_duration() -> None:
    text = rendered(finding("api", "api.example", CheckLevel.CRITICAL, secs=0.125))
    labels = {"check": "api", "subject": "api.example"}
    assert value(text, "check_status", **labels) == 2
    assert value(text, "check_duration_seconds", **labels) == 0.125


def test_the_time_of_the_checks_is_told() -> None:
    assert value(rendered(), "last_check_timestamp_seconds") == 1_770_000_000.25


def test_a_measure_keeps_its_labels_and_gets_the_system() -> None:
    text = rendered(finding(measures=(Measure("lanes_used", 3, {"backend": "ibm_small"}),)))
    assert value(text, "lanes_used", backend="ibm_small") == 3


def test_each_metric_has_one_help_and_one_type_line() -> None:
    text = rendered(finding("a", "1", measures=EVERY_MEASURE), finding("b", "2", measures=EVERY_MEASURE))
    lines = text.splitlines()
    heads = [line.split()[:3] for line in lines if line.startswith("#")]
    assert len(heads) == len({tuple(head) for head in heads})
    assert {name for _, kind, name in heads if kind == "HELP"} == {
        line.partition("{")[0] for line in lines if not line.startswith("#")
    }


def test_of_two_findings_about_one_subject_the_worse_counts() -> None:
    levels = (CheckLevel.OK, CheckLevel.CRITICAL, CheckLevel.WARNING, CheckLevel.UNKNOWN)
    text = rendered(*(finding("file", "/etc/x", level) for level in levels))
    assert value(text, "check_status", check="file", subject="/etc/x") == 2


def test_a_measure_taken_twice_is_one_sample() -> None:
    measure = Measure("lanes", 5, {"backend": "b"})
    assert value(rendered(finding(measures=(measure, measure))), "lanes", backend="b") == 5


def test_a_measure_that_is_not_described_is_exposed_too() -> None:
    text = rendered(finding("cooling", "rack 1", measures=(Measure("water_celsius", 21.5, {"rack": "1"}),)))
    assert value(text, "water_celsius", rack="1") == 21.5
    assert "Measured by the check cooling." in text


def test_no_text_of_a_finding_but_its_names_is_exposed() -> None:
    said = CheckFinding(
        "api", "host", CheckLevel.WARNING, "what was tried", "what was seen", "what to do", 1.0
    )
    assert not any(word in rendered(said) for word in (said.tried, said.seen, said.advice))


@given(st.text(), st.text())
def test_whatever_a_subject_holds_is_read_back(subject: str, label: str) -> None:
    # The reference parser takes \r and other separators of str.splitlines for the end of a line.
    subject, label = (" ".join(text.splitlines()) for text in (subject, label))
    read = samples(rendered(finding("a", subject, measures=(Measure("lanes", 1, {"backend": label}),))))
    assert (
        "direct_access_check_status",
        frozenset({("system", "site"), ("check", "a"), ("subject", subject)}),
    ) in read
    assert ("direct_access_lanes", frozenset({("system", "site"), ("backend", label)})) in read


def test_promtool_finds_nothing_to_improve(promtool: Promtool) -> None:
    awkward = finding("files", 'a "quoted" \\ path\nwith a line', CheckLevel.WARNING)
    ended = promtool("check", "metrics", given=rendered(awkward, finding(measures=EVERY_MEASURE)))
    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")


def test_promtool_would_find_a_metric_without_help(promtool: Promtool) -> None:
    text = "".join(line for line in rendered(finding()).splitlines(True) if not line.startswith("# HELP"))
    assert promtool("check", "metrics", given=text).returncode != 0


def test_names_end_with_their_base_unit() -> None:
    for metric in METRICS:
        assert metric.name.endswith(("_seconds", "_timestamp_seconds")) == (metric.unit == "s"), metric
        assert (PREFIX + metric.name).isascii()
        assert "job_id" not in metric.labels
