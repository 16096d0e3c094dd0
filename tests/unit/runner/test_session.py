from __future__ import annotations

from typing import Any

import pytest

from direct_access.clock import ManualClock
from direct_access.config.settings import Limits, Settings
from direct_access.runner.session import SLURM_MARGIN_SECS, Session

from .memory_service import MemoryService


def session(clock: ManualClock, **environment: str) -> Session:
    clock.advance(1000)
    return Session(environment, clock=clock)


def settings(**values: Any) -> Settings:
    return Settings(systems={}, **values)


def end_in(clock: ManualClock, secs: int) -> dict[str, str]:
    return {"SLURM_JOB_END_TIME": str(int(clock.wall()) + 1000 + secs)}


def test_outside_slurm_we_wait_without_bound(clock: ManualClock) -> None:
    assert session(clock).deadline(settings()) is None


def test_a_configured_deadline_counts_from_the_start(clock: ManualClock) -> None:
    mine = session(clock)
    clock.advance(5)
    assert mine.deadline(settings(wait_deadline_secs=60.0)) == 1060


def test_inside_slurm_we_end_a_margin_before_the_allocation(clock: ManualClock) -> None:
    mine = session(clock, **end_in(clock, 600))
    assert mine.deadline(settings()) == 1600 - SLURM_MARGIN_SECS


def test_whenever_it_is_asked_the_end_of_the_allocation_stays(clock: ManualClock) -> None:
    mine = session(clock, **end_in(clock, 600))
    clock.advance(100)
    assert mine.deadline(settings()) == 1600 - SLURM_MARGIN_SECS


def test_an_allocation_that_is_nearly_over_leaves_no_time(clock: ManualClock) -> None:
    assert session(clock, **end_in(clock, 10)).deadline(settings()) == 1000


def test_a_configured_deadline_wins_over_the_allocation(clock: ManualClock) -> None:
    mine = session(clock, **end_in(clock, 600))
    assert mine.deadline(settings(wait_deadline_secs=5.0)) == 1005


@pytest.mark.parametrize(("on_busy", "waits"), [("wait", True), ("fail", False)])
def test_the_settings_say_how_a_run_waits(clock: ManualClock, on_busy: str, waits: bool) -> None:
    means = session(clock).means(
        settings(on_busy=on_busy, limits=Limits(min_poll_secs=2.0)), MemoryService(clock)
    )
    assert (means.wait_when_busy, means.min_poll_secs, means.deadline) == (waits, 2.0, None)
