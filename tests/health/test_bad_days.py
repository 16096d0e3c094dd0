"""On a bad day ``health`` and ``doctor`` each name the true cause; docs/health.md is made from these days."""

from __future__ import annotations

from typing import Any

import pytest

from tests.health.bad_days import DAYS, Day
from tests.health.stage import Stage

EVERY_DAY = [pytest.param(each, id=each.name) for each in DAYS]


def begin(day: Day, stage: Stage, request: pytest.FixtureRequest) -> None:
    fixtures: list[Any] = [request.getfixturevalue(day.needs)] if day.needs else []
    day.play(stage, *fixtures)


@pytest.mark.parametrize("day", EVERY_DAY)
def test_health_names_the_cause(day: Day, stage: Stage, request: pytest.FixtureRequest) -> None:
    begin(day, stage, request)
    told = stage.health()
    assert told.document["cause"] == day.check, told.document
    cause = told.finding(day.check)
    assert day.says in cause["seen"]
    assert cause["level"] == told.document["level"] == day.level
    failed = [each["check"] for each in told.document["findings"] if each["level"] == "CRITICAL"]
    assert {check.partition(".")[0] for check in failed} <= {day.check.partition(".")[0]}
    assert cause["advice"]
    assert cause["next"]
    assert told.exit_status == day.health_status
    assert stage.shown(told) == []


@pytest.mark.parametrize("day", EVERY_DAY)
def test_the_doctor_names_the_cause_and_sends_no_job(
    day: Day, stage: Stage, request: pytest.FixtureRequest
) -> None:
    begin(day, stage, request)
    accepted = stage.simulator.jobs.accepted
    told = stage.doctor()
    assert told.document["cause"] == day.check, told.document
    assert day.says in told.finding(day.check)["seen"]
    assert told.exit_status == day.doctor_status
    assert stage.simulator.jobs.accepted == accepted
    assert stage.shown(told) == []
