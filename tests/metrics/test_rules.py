"""Each alert fires when it should, no sooner, and not otherwise (promtool test rules)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from direct_access.cli.commands import exporter

from .conftest import Promtool

ETC = Path(__file__).parents[2] / "etc" / "prometheus"
RULES = ETC / "direct-access.rules.yml"

SITE = 'job="direct-access",instance="admin:9744",system="site"'
STATUS = f'direct_access_check_status{{{SITE},check="api",subject="api.example"}}'
OTHER_STATUS = f'direct_access_check_status{{{SITE},check="backends",subject="api.example"}}'
LAST_CHECK = f"direct_access_last_check_timestamp_seconds{{{SITE}}}"
INTERVAL = f"direct_access_check_interval_seconds{{{SITE}}}"
PAUSED = f'direct_access_backend_status{{{SITE},backend="b",status="paused"}}'
LANES = f'direct_access_check_status{{{SITE},check="lanes",subject="b"}}'
ONLINE = f'direct_access_backend_status{{{SITE},backend="b",status="online"}}'
FREE = f'direct_access_lanes_free{{{SITE},backend="b"}}'
UP = 'up{job="direct-access",instance="admin:9744"}'
REQUESTS = f'direct_access_requests_total{{{SITE},service="api",method="GET",status="%s"}}'


@dataclass(frozen=True)
class Case:
    """What Prometheus sees, minute by minute in its own notation, and which alert fires at a time."""

    name: str
    alert: str
    series: dict[str, str]
    minute: int
    fires: bool


CASES = (
    Case("down for long", "ExporterDown", {UP: "0x10"}, 6, True),
    Case("down for a moment", "ExporterDown", {UP: "0x3 1x10"}, 6, False),
    Case("another job is down", "ExporterDown", {'up{job="node"}': "0x10"}, 6, False),
    Case("exporter hangs", "ChecksStale", {LAST_CHECK: "0x20", INTERVAL: "60x20"}, 5, True),
    Case("checks go on", "ChecksStale", {LAST_CHECK: "0+60x20", INTERVAL: "60x20"}, 15, False),
    Case("a long interval", "ChecksStale", {LAST_CHECK: "0x60", INTERVAL: "1800x60"}, 50, False),
    Case("timer stopped", "ChecksStale", {LAST_CHECK: "0x60"}, 20, True),
    Case("timer runs", "ChecksStale", {LAST_CHECK: "0+60x60"}, 50, False),
    Case("fails for long", "CheckCritical", {STATUS: "2x10"}, 6, True),
    Case("fails for a moment", "CheckCritical", {STATUS: "2x3 0x10"}, 6, False),
    Case("only warns", "CheckCritical", {STATUS: "1x10"}, 6, False),
    Case("warns for long", "CheckWarning", {STATUS: "1x40"}, 31, True),
    Case("all is well", "CheckWarning", {STATUS: "0x40"}, 31, False),
    Case("lanes are full", "CheckWarning", {LANES: "1x40"}, 31, False),
    Case("fails and does not warn", "CheckWarning", {STATUS: "2x40"}, 31, False),
    Case("unknown by itself", "CheckUnknown", {STATUS: "3x40"}, 31, True),
    Case("unknown as another fails", "CheckUnknown", {STATUS: "3x40", OTHER_STATUS: "2x40"}, 31, False),
    Case("paused", "BackendNotOnline", {PAUSED: "1x20", ONLINE: "0x20"}, 16, True),
    Case("online", "BackendNotOnline", {PAUSED: "0x20", ONLINE: "1x20"}, 16, False),
    Case("full for long", "LanesFull", {FREE: "0x70"}, 61, True),
    Case("full but for a moment", "LanesFull", {FREE: "0x30 1 0x40"}, 61, False),
    Case("some fail", "RequestsFail", {REQUESTS % 200: "0+8x30", REQUESTS % 503: "0+2x30"}, 25, True),
    Case(
        "some get no answer",
        "RequestsFail",
        {REQUESTS % 200: "0+8x30", REQUESTS % "none": "0+2x30"},
        25,
        True,
    ),
    Case("few fail", "RequestsFail", {REQUESTS % 200: "0+99x30", REQUESTS % 503: "0+1x30"}, 25, False),
    Case("some are refused", "RequestsFail", {REQUESTS % 200: "0+8x30", REQUESTS % 429: "0+2x30"}, 25, False),
)


def alerts() -> dict[str, dict[str, Any]]:
    """Return all alerts of the file by name."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def played(case: Case) -> dict[str, Any]:
    """Return a test of promtool that expects that no alert fires, so that its message shows what does."""
    return {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
                "alert_rule_test": [
                    {
                        "eval_time": f"{case.minute}m",
                        "alertname": f"DirectAccess{case.alert}",
                        "exp_alerts": [],
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.alert}: {case.name}")
def test_an_alert_fires_when_it_should_and_only_then(case: Case, promtool: Promtool, tmp_path: Path) -> None:
    path = tmp_path / "test.yml"
    path.write_text(yaml.safe_dump(played(case)))
    ended = promtool("test", "rules", path)
    said = ended.stdout + ended.stderr
    assert ("got:" in said and f"DirectAccess{case.alert}" in said) == case.fires, said
    assert (ended.returncode != 0) == case.fires, said
    assert "<error" not in said, said  # of a template


def test_each_alert_is_shown_to_fire_and_not_to_fire() -> None:
    for fires in (True, False):
        assert {f"DirectAccess{case.alert}" for case in CASES if case.fires is fires} == set(alerts())


def test_promtool_finds_no_fault_in_the_rules(promtool: Promtool) -> None:
    ended = promtool("check", "rules", RULES)
    assert ended.returncode == 0, ended.stderr


def test_promtool_finds_no_fault_in_the_scrape_configuration(promtool: Promtool) -> None:
    ended = promtool("check", "config", ETC / "scrape.yml")
    assert ended.returncode == 0, ended.stderr


def test_prometheus_is_pointed_to_where_the_exporter_listens() -> None:
    scrapes = yaml.safe_load((ETC / "scrape.yml").read_text(encoding="utf-8"))["scrape_configs"]
    listen = next(option for option in exporter.command.params if option.name == "listen")
    assert scrapes[0]["static_configs"][0]["targets"] == [listen.default]


def test_each_alert_says_how_bad_it_is_and_what_to_do() -> None:
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in ("warning", "critical"), name
        assert set(rule["annotations"]) == {"summary", "description"}, name
