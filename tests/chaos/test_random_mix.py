"""Kills, lost replies, errors and slow answers in any mix that a seed draws."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos import strace
from tests.chaos.schedule import Schedule
from tests.chaos.world import Home, why_not_traceable, world

why_not = why_not_traceable()
pytestmark = [pytest.mark.skipif(why_not is not None, reason=str(why_not)), pytest.mark.timeout(600)]

KILLED = -9
NO_JOB = (69, 75)
TAKEN_UP_AGAIN = (74, 77, 124)


def seeds() -> range:
    """Return the seeds to play: one, so many, or those of every day."""
    if one := os.environ.get("DIRECT_ACCESS_TEST_SEED"):
        return range(int(one), int(one) + 1)
    return range(int(os.environ.get("DIRECT_ACCESS_TEST_SEEDS") or 8))


@pytest.mark.parametrize("seed", seeds())
def test_whatever_happens_a_job_is_executed_once_and_nothing_is_lost(seed: int, tmp_path: Path) -> None:
    schedule = Schedule.of(seed)
    print(schedule)  # shown if it fails; SEED=… of `make chaos` plays it again
    with world(tmp_path) as made:
        home = made.home()
        for fault in schedule.faults:
            made.simulator.faults.add(fault)
        lives = [f"--inject={name}:signal=SIGKILL:when={number}" for name, number in schedule.kills]
        for kill in lives:
            if live(home, *strace.tracing(home.home / "strace.log", kill)):
                return
        for _ in schedule.faults:
            if live(home):
                return
        assert live(home), "it did not end after all faults were used up"


def live(home: Home, *before: str) -> bool:
    """Run the command once; return whether the run is over, and assert that its exit status is the truth."""
    done = home.command(*before)
    print(f"exit {done.returncode}\n{done.stderr}")
    assert done.returncode in (0, KILLED, *NO_JOB, *TAKEN_UP_AGAIN)
    if done.returncode in NO_JOB:
        assert home.simulator.jobs.jobs() == []
    if done.returncode == 0:
        home.expect_one_whole_run()
    return done.returncode == 0
