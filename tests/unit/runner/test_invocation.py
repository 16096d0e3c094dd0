from __future__ import annotations

from typing import Any

import pytest

from direct_access.clock import ManualClock
from direct_access.config.settings import Limits, Settings
from direct_access.runner.invocation import Invocation
from direct_access.slurm.allocation_end import MARGIN_SECS

from .memory_service import MemoryService


def invocation(clock: ManualClock, **environment: str) -> Invocation:
    clock.advance(1000)
    return Invocation(environment, clock=clock)


def settings(**values: Any) -> Settings:
    return Settings(systems={}, **values)


def end_in(clock: ManualClock, secs: int) -> dict[str, str]:
    return {"SLURM_JOB_ID": "5", "SLURM_JOB_END_TIME": str(int(clock.wall()) + 1000 + secs)}


def test_all_that_a_session_does_has_one_deadline(clock: ManualClock) -> None:
    mine = invocation(clock, **end_in(clock, 600))
    clock.advance(100)
    means = mine.means(settings(), MemoryService(clock))
    assert means.deadline is mine.deadline(settings())
    assert means.deadline() == 1600 - MARGIN_SECS


@pytest.mark.parametrize(("on_busy", "waits"), [("wait", True), ("fail", False)])
def test_the_settings_say_how_a_run_waits(clock: ManualClock, on_busy: str, waits: bool) -> None:
    means = invocation(clock).means(
        settings(on_busy=on_busy, limits=Limits(min_poll_secs=2.0)), MemoryService(clock)
    )
    assert (means.wait_when_busy, means.min_poll_secs, means.deadline()) == (waits, 2.0, None)
