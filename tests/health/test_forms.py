"""The same findings for people, programs, Nagios and Prometheus."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.health import nagios
from direct_access.health.finding import Measure
from tests.health.bad_days import backend_paused, iam_down
from tests.health.stage import BACKEND, Stage


@pytest.fixture
def calibrated(stage: Stage) -> Stage:
    """A site that does not mind the age of the simulator's calibration."""
    stage.site(calibration_warning_secs="9999d", disk_warning_mib=1)
    return stage


def test_where_all_is_well_every_line_says_ok(calibrated: Stage) -> None:
    told = calibrated.command("health")
    assert told.exit_status == 0, told.out
    header, *lines = told.out.splitlines()
    assert header.split() == ["LEVEL", "CHECK", "SUBJECT", "TIME", "SEEN"]
    assert {line.split()[0] for line in lines} == {"OK"}
    assert calibrated.command("health", "--quiet").out.endswith("all well\n")


def test_text_names_the_cause_once_and_what_could_not_be_looked_at(stage: Stage) -> None:
    iam_down(stage)
    told = stage.command("health", "--quiet")
    assert told.exit_status == 69
    assert "\nskipped because iam failed: api, backends, lanes, calibration, licences\n" in told.out
    assert told.out.count("CRITICAL iam") == 1
    assert "\n  tried: POST /identity/token" in told.out
    assert "\n  next: direct-access config show --origin" in told.out


def test_text_says_in_few_words_that_everything_was_skipped(stage: Stage) -> None:
    stage.configuration.write_text("nonsense: true\n")
    told = stage.command("health", "--quiet")
    assert told.exit_status == 78
    assert "\nskipped because configuration failed: secrets, disk, dns, tcp, proxy, tls, clock, " in told.out


def test_json_is_versioned_and_says_how_the_command_ends(stage: Stage) -> None:
    iam_down(stage)
    told = stage.health()
    document = told.document
    assert document["schema"] == "direct-access/health/v1"
    assert (document["level"], document["cause"], document["system"]) == ("CRITICAL", "iam", "simulator")
    assert document["exit_status"] == told.exit_status == 69
    assert told.finding("iam")["kind"] == "unavailable"
    assert {each["because"] for each in document["findings"]} == {None, "iam"}


def test_what_is_measured_is_in_the_json(stage: Stage) -> None:
    document = stage.health().document
    measures = {
        (each["name"], each["labels"].get("backend")): each["value"]
        for finding in document["findings"]
        for each in finding["measures"]
    }
    assert measures["lanes", BACKEND] == measures["lanes_free", BACKEND] == 5
    assert {name for name, _ in measures} >= {
        *("clock_skew_seconds", "iam_latency_seconds", "store_round_trip_seconds", "backend_status"),
        *("backend_reserved", "lanes_used", "lanes_detached", "calibration_timestamp_seconds", "jobs"),
    }


def test_nagios_gets_one_line_and_performance_data(calibrated: Stage) -> None:
    told = calibrated.command("health", "--format", "nagios")
    assert told.exit_status == 0
    (line,) = told.out.splitlines()
    text, _, data = line.partition(" | ")
    assert text.startswith("DIRECT_ACCESS OK - ")
    assert f"lanes.{BACKEND}=5" in data.split()
    assert any(part.startswith("store_round_trip_seconds=") and part.endswith("s") for part in data.split())


def test_nagios_gets_1_for_a_warning_and_2_for_a_failure(calibrated: Stage) -> None:
    backend_paused(calibrated)
    told = calibrated.command("health", "--format", "nagios")
    assert told.exit_status == 1
    assert told.out.startswith(f"DIRECT_ACCESS WARNING - backends: backend {BACKEND} is paused | ")
    iam_down(calibrated)
    told = calibrated.command("health", "--format=nagios")
    assert told.exit_status == 2
    assert told.out.startswith("DIRECT_ACCESS CRITICAL - iam: IAM is in trouble (HTTP 503, BXNIM0503E)")


@pytest.mark.parametrize("options", [("--nonsense",), ("--deadline", "soon"), ("--state", "file")])
def test_wrong_usage_is_unknown_to_nagios(stage: Stage, options: tuple[str, ...]) -> None:
    told = stage.command("health", "--format", "nagios", *options)
    assert told.exit_status == 3
    assert told.out.startswith("DIRECT_ACCESS UNKNOWN - ")
    assert len(told.out.splitlines()) == 1


def test_what_the_site_configured_wrongly_is_unknown_to_nagios(calibrated: Stage) -> None:
    calibrated.site(disable=["nonsense"])
    told = calibrated.command("health", "--format", "nagios")
    assert told.exit_status == 3
    assert "nonsense" in told.out


@given(text=st.text(max_size=400))
def test_what_stands_before_the_bar_is_one_short_line(text: str) -> None:
    line = nagios.one_line("CRITICAL", text)
    assert len(line) <= 80
    assert "|" not in line
    assert len(line.splitlines()) <= 1


@given(host=st.text(min_size=1, max_size=40), value=st.floats(allow_nan=False, allow_infinity=False))
def test_performance_data_is_one_word(host: str, value: float) -> None:
    word = nagios.performance(Measure("clock_skew_seconds", value, {"host": host}))
    assert len(word.split()) == 1
    assert word.count("=") == 1
    assert word.endswith("s")
    assert not set("'|;") & set(word)


def test_prometheus_reads_a_file_that_is_there_as_a_whole(stage: Stage) -> None:
    textfile = stage.home / "direct_access.prom"
    textfile.write_text("old\n")
    with textfile.open() as reader:
        told = stage.command("health", "--format", "prometheus", "--output", textfile)
        assert reader.read() == "old\n"
    assert (told.exit_status, told.out) == (0, "")
    assert stat.S_IMODE(textfile.stat().st_mode) == 0o644
    assert f'direct_access_lanes{{backend="{BACKEND}",system="simulator"}} 5.0' in textfile.read_text()
    assert [path.name for path in stage.home.glob(".*.tmp")] == []


def test_output_that_cannot_be_written_is_said(stage: Stage) -> None:
    told = stage.command("health", "--output", stage.home / "no" / "such" / "directory")
    assert told.exit_status == 74
    assert "cannot write" in told.err


def test_the_state_holds_what_json_tells(stage: Stage) -> None:
    state = stage.home / "state.json"
    told = stage.health("--publish", state)
    published = json.loads(state.read_text())
    assert published["findings"] == told.document["findings"]
    assert stat.S_IMODE(Path(state).stat().st_mode) == 0o644
