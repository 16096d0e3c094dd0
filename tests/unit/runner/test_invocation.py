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


def test_all_that_an_invocation_does_has_one_deadline(clock: ManualClock) -> None:
    mine = invocation(clock, **end_in(clock, 600))
    clock.advance(100)
    context = mine.context(settings(), MemoryService(clock))
    assert context.deadline is context.end is mine.deadline(settings())
    assert context.deadline() == 1600 - MARGIN_SECS


def test_a_run_is_told_what_ends_with_its_slurm_job(clock: ManualClock) -> None:
    context = invocation(clock, **end_in(clock, 600)).context(settings(), MemoryService(clock))
    assert context.allocation is not None
    assert context.allocation() == context.deadline()


@pytest.mark.parametrize(("on_time_limit", "cancels"), [("cancel", True), ("leave", False)])
def test_the_settings_say_what_becomes_of_the_quantum_job_at_the_time_limit(
    clock: ManualClock, on_time_limit: str, cancels: bool
) -> None:
    mine = invocation(clock, **end_in(clock, 600))
    context = mine.context(settings(on_time_limit=on_time_limit), MemoryService(clock))
    assert (context.cancel_by is not None) is cancels


def test_the_settings_of_a_run_are_those_that_were_chosen(clock: ManualClock) -> None:
    chosen = settings(on_busy="fail", limits=Limits(min_poll_secs=2.0))
    context = invocation(clock).context(chosen, MemoryService(clock))
    assert (context.settings, context.deadline()) == (chosen, None)
