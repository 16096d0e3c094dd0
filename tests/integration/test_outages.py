"""Ten minutes without a server: nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.errors import TryAgainError
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import Pace
from tests.integration.one_clock import World, world_of

JOB_SECS = 300.0


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world_of(tmp_path, monkeypatch, Pace.fixed(JOB_SECS)) as started:
        yield started


@pytest.mark.parametrize(
    ("stage", "fault", "why"),
    [
        ("wait", Fault(app="api", status=503, times=None), "in trouble"),
        ("wait", Fault(app="api", reset=True, times=None), "connection"),
        ("wait", Fault(app="iam", status=503, times=None), "IAM"),
        ("ended", Fault(app="store", status=503, times=None), "store"),
        ("ended", Fault(app="store", reset=True, times=None), "store"),
    ],
    ids=["the API answers 503", "the API hangs up", "IAM", "the store answers 503", "the store hangs up"],
)
def test_ten_minutes_without_a_server_lose_nothing(world: World, stage: str, fault: Fault, why: str) -> None:
    world.outages[stage] = fault
    ended = world.run()
    assert ended.status == "Completed"
    assert ended.results is not None
    assert ended.results.stat().st_size > 0
    assert world.simulator.jobs.accepted == 1
    assert world.simulator.faults.pending() == []
    assert world.told, world.lines
    first, last = world.told[0], world.told[-1]
    assert why.lower() in first.lower()
    assert "; since 2026-" in first
    assert "next attempt in" in first
    assert last.startswith("again: over: ")
    assert len(world.told) <= 2 * 8  # the run, and beside it whoever asks for the facts of the backend


@pytest.mark.parametrize("status", ["offline", "paused"])
def test_a_backend_that_takes_no_jobs_for_two_hours_is_waited_for(world: World, status: str) -> None:
    backend = world.simulator.backends.get("ibm_examplesite")
    backend.status = status
    world.clock.events.append((7200.0, lambda: setattr(backend, "status", "online")))
    assert world.run().status == "Completed"
    latest = 7200 + JOB_SECS + 1.1 * 300 + 60  # the server asks for 300 s between two attempts
    assert 7200 < world.clock.boottime() < latest
    assert world.simulator.jobs.accepted == 1
    if status == "offline":
        assert "the backend takes no jobs now" in world.told[0]
        assert "giving up at" in world.told[0]


def test_a_backend_that_never_takes_jobs_again_is_given_up_after_a_day(world: World) -> None:
    world.simulator.backends.get("ibm_examplesite").status = "offline"
    with pytest.raises(TryAgainError):
        world.run()
    assert world.clock.boottime() == pytest.approx(86_400, rel=0.01)
    assert (world.simulator.jobs.accepted, world.objects()) == (0, [])
