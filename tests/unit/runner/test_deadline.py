from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from direct_access.clock import ManualClock
from direct_access.config.settings import Settings
from direct_access.errors import JobCancelledError, TryAgainError, UnavailableError, WaitEndedError
from direct_access.journal import Step
from direct_access.runner.deadline import RunDeadline, of_run
from direct_access.slurm.allocation_end import LAST_SECS, LEAST_SECS, MARGIN_SECS, AllocationEnd
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.job_query import JobAnswer
from direct_access.slurm.jobs import parse_jobs
from tests.support.squeue import job_line

from .conftest import Site
from .memory_service import Ending

START = 1000.0
HOUR = 3600.0


@dataclass
class Slurm:
    """Slurm's answers, one after the other; the last one stays, and none is no answer."""

    clock: ManualClock
    answers: list[str | None] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    def __call__(self, job_id: int) -> JobAnswer:
        self.before()
        self.asked.append(job_id)
        told = self.answers.pop(0) if len(self.answers) > 1 else (self.answers or [None])[0]
        return JobAnswer(None if told is None else parse_jobs(job_line(f"EndTime={told}"))[0])

    def ends_in(self, *secs: float | None) -> None:
        """Let Slurm say that the job ends so many seconds after the start of the run."""
        zero = self.clock.wall()
        self.answers = [
            each and datetime.fromtimestamp(zero + each).isoformat(timespec="seconds") for each in secs
        ]


@pytest.fixture
def slurm(clock: ManualClock) -> Slurm:
    clock.advance(START)
    return Slurm(clock)


def deadline(slurm: Slurm, told_secs: float | None = None, **settings: Any) -> RunDeadline:
    """Return the deadline of a run in Slurm job 5.

    :param told_secs: when the environment says that the Slurm job ends, from the start of the run
    """
    end = None if told_secs is None else slurm.clock.wall() + told_secs
    return of_run(
        Settings(systems={}, **settings), SlurmEnv(job_id=5, end_time=end), slurm.clock, START, slurm
    )


def test_outside_slurm_we_wait_without_bound(slurm: Slurm) -> None:
    assert of_run(Settings(systems={}), SlurmEnv(), slurm.clock, START, slurm)() is None
    assert slurm.asked == []


def test_a_configured_deadline_counts_from_the_start_and_wins_over_the_allocation(slurm: Slurm) -> None:
    slurm.clock.advance(5)
    assert deadline(slurm, 600, wait_deadline_secs=7200.0)() == START + 7200
    assert slurm.asked == []


def test_inside_slurm_we_end_a_margin_before_the_allocation(slurm: Slurm) -> None:
    assert deadline(slurm, 600)() == START + 600 - MARGIN_SECS
    assert slurm.asked == []


@pytest.mark.parametrize(
    ("limit_secs", "until"), [(3600, 3540), (240, 180), (120, 90), (60, 45), (20, 15), (0, 0), (-5, 0)]
)
def test_the_margin_is_at_most_a_quarter_of_the_time_that_there_is(
    slurm: Slurm, limit_secs: float, until: float
) -> None:
    assert deadline(slurm, limit_secs)() == START + until


def test_a_clock_that_is_set_does_not_move_the_end(slurm: Slurm) -> None:
    ours = deadline(slurm, 600)
    slurm.clock.set_wall(slurm.clock.wall() + HOUR)
    assert ours() == START + 600 - MARGIN_SECS


@pytest.mark.parametrize(("detach_after", "until"), [(100.0, 100.0), (HOUR, 600 - MARGIN_SECS)])
def test_detaching_after_a_time_leaves_a_sooner_end_of_the_allocation(
    slurm: Slurm, detach_after: float, until: float
) -> None:
    assert deadline(slurm, 600, detach_after=detach_after)() == START + until


def test_detaching_after_a_time_asks_slurm_nothing(slurm: Slurm) -> None:
    ours = deadline(slurm, 600, detach_after=100.0)
    slurm.clock.advance(HOUR)
    assert (ours(), slurm.asked) == (START + 100, [])


def test_where_the_environment_does_not_tell_slurm_is_asked_once(slurm: Slurm) -> None:
    slurm.ends_in(600)
    ours = deadline(slurm)
    assert [ours(), ours()] == [pytest.approx(START + 600 - MARGIN_SECS, abs=1)] * 2
    assert slurm.asked == [5]


def test_the_start_of_a_run_does_not_wait_for_slurms_answer(slurm: Slurm) -> None:
    may_answer = threading.Event()
    slurm.ends_in(600)
    slurm.before = lambda: may_answer.wait(60)
    ours = deadline(slurm)
    assert ours.allocation is not None
    ours.allocation.begin()
    assert slurm.asked == []
    may_answer.set()
    assert ours() is not None


def test_whoever_only_follows_a_run_asks_slurm_nothing(site: Site, slurm: Slurm) -> None:
    end = AllocationEnd(5, None, site.clock, slurm)
    directory = site.home / "job-5"
    site.run(site.plan(SLURM_JOB_ID="5", SLURM_JOB_NAME="job", SLURM_STEP_ID="0", SLURM_PROCID="0"))
    told = site.plan(SLURM_JOB_ID="5", SLURM_JOB_NAME="job", SLURM_STEP_ID="0", SLURM_PROCID="1")
    assert site.run(told, allocation=end).directory == directory
    assert slurm.asked == []


@pytest.mark.parametrize("told", [None, "Unknown", "soon"])
def test_without_an_end_from_slurm_we_wait_without_bound(slurm: Slurm, told: str | None) -> None:
    slurm.answers = [told]
    assert deadline(slurm)() is None


def test_a_time_in_seconds_since_the_epoch_is_read_too(slurm: Slurm) -> None:
    slurm.answers = [str(int(slurm.clock.wall()) + 600)]
    assert deadline(slurm)() == START + 600 - MARGIN_SECS


def test_a_time_limit_that_was_moved_later_is_found_when_the_time_has_come(slurm: Slurm) -> None:
    slurm.ends_in(1200, 1800)
    ours = deadline(slurm, 600)
    slurm.clock.advance(540)
    assert ours() == pytest.approx(START + 1200 - MARGIN_SECS, abs=1)
    assert len(slurm.asked) == 1
    slurm.clock.advance(600)
    assert ours() == pytest.approx(START + 1800 - MARGIN_SECS, abs=1)


@pytest.mark.parametrize("told", [None, 600.0, 300.0])
def test_a_time_limit_that_was_not_moved_later_ends_the_waiting(slurm: Slurm, told: float | None) -> None:
    slurm.ends_in(told)
    ours = deadline(slurm, 600)
    slurm.clock.advance(541)
    assert [ours(), ours()] == [START + 600 - MARGIN_SECS] * 2
    assert slurm.asked == [5]


def test_a_run_goes_on_while_its_time_limit_moves_and_leaves_its_job_marked(site: Site) -> None:
    site.service.ending = Ending(after_secs=1e9)
    slurm = Slurm(site.clock)
    slurm.ends_in(1200, 1200)
    ours = of_run(
        Settings(systems={}), SlurmEnv(job_id=5, end_time=site.clock.wall() + 600), site.clock, 0.0, slurm
    )
    with pytest.raises(WaitEndedError) as raised:
        site.run(deadline=ours)
    assert site.clock.boottime() >= 1200 - MARGIN_SECS - 1
    assert list(site.service.marks) == [raised.value.subject]


def test_submitting_inside_a_slurm_job_leaves_the_job_on_purpose(site: Site) -> None:
    plan = site.plan(SLURM_JOB_ID="5", SLURM_CLUSTER_NAME="c")
    ended = site.run(plan, until=Step.WAIT)
    assert list(site.service.marks) == [ended.job_id]


def test_submitting_outside_a_slurm_job_costs_no_request_more(site: Site) -> None:
    site.run(until=Step.WAIT)
    assert "mark_detached" not in site.service.calls


def allocation(site: Site, secs: float) -> AllocationEnd:
    """Return the end of a Slurm job that nobody moves."""
    slurm = Slurm(site.clock)
    slurm.ends_in(secs)
    return AllocationEnd(5, site.clock.wall() + secs, site.clock, slurm)


def test_what_is_to_happen_at_the_time_limit_happens_at_our_deadline(site: Site) -> None:
    site.service.ending = Ending(after_secs=1e9)
    end = allocation(site, 120)
    with pytest.raises(JobCancelledError):
        site.run(deadline=end, allocation=end, on_time_limit="cancel")
    assert 90 <= site.clock.boottime() < 120 - LAST_SECS / 2
    journal = site.journal()
    assert (journal.finished, journal.end_reason, journal.job_status) == (True, "time limit", "Cancelled")
    assert site.service.jobs == {}


def test_a_user_who_wants_it_left_gets_it_left(site: Site) -> None:
    site.service.ending = Ending(after_secs=1e9)
    end = allocation(site, 120)
    with pytest.raises(WaitEndedError):
        site.run(deadline=end, allocation=end, on_time_limit="leave")
    assert "cancel" not in site.service.calls
    assert len(site.service.marks) == 1


def test_detaching_after_a_time_is_no_time_limit(site: Site) -> None:
    site.service.ending = Ending(after_secs=1e9)
    end = allocation(site, 120)
    ours = RunDeadline(None, 30.0, end, site.clock)
    with pytest.raises(WaitEndedError):
        site.run(deadline=ours, allocation=end, on_time_limit="cancel")
    assert "cancel" not in site.service.calls


def test_where_the_cancel_request_gets_no_answer_the_job_lives_on_and_that_is_said(site: Site) -> None:
    site.service.ending = Ending(after_secs=1e9)
    site.service.fail("cancel", UnavailableError("no answer", retryable=True))
    end = allocation(site, 120)
    with pytest.raises(WaitEndedError, match="keeps running"):
        site.run(deadline=end, allocation=end, on_time_limit="cancel")
    assert not site.journal().finished


@pytest.mark.parametrize("left", [-5.0, 0.5, LEAST_SECS - 1])
def test_with_no_time_left_nothing_is_sent_and_no_directory_stays(site: Site, left: float) -> None:
    end = allocation(site, left)
    with pytest.raises(TryAgainError, match="nothing was sent"):
        site.run(deadline=end, allocation=end)
    assert not {"stage", "submit"} & set(site.service.calls)
    assert not site.directory.exists()


def test_submitting_needs_no_time(site: Site) -> None:
    end = allocation(site, 1)
    site.run(until=Step.WAIT, deadline=end, allocation=end)
    assert len(site.service.jobs) == 1
