"""``wait`` and ``collect``: going on with what somebody else began."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from direct_access.errors import (
    InputError,
    JobFailedError,
    JobVanishedError,
    NotFoundError,
    OutputError,
    WaitEndedError,
)
from direct_access.journal import Step
from direct_access.model.jobs import JobStatus
from direct_access.retry.deadline import fixed_deadline
from direct_access.runner import owner as owners
from direct_access.runner.context import RunContext
from direct_access.runner.resume import adopt_job, resume_run, wait_for_job
from direct_access.runner.run import Run
from direct_access.slurm.environment import SlurmEnv

from .conftest import Site
from .memory_service import RESULTS, Crash, Ending

OUTSIDE = SlurmEnv()


def collect(site: Site, until: Step = Step.FINISHED) -> Run:
    return resume_run(site.directory, site.context(), OUTSIDE, until)


def test_waiting_ends_with_the_job_and_leaves_its_objects(site: Site) -> None:
    site.run(until=Step.WAIT)
    run = collect(site, until=Step.COLLECT)
    assert (run.status, run.finished) == ("Completed", False)
    assert site.journal().step is Step.COLLECT
    assert site.service.objects != {}


def test_waiting_twice_gives_the_same_answer(site: Site) -> None:
    site.run(until=Step.WAIT)
    collect(site, until=Step.COLLECT)
    assert collect(site, until=Step.COLLECT).status == "Completed"


def test_waiting_for_a_failed_job_raises_its_reason_each_time(site: Site) -> None:
    site.service.ending = Ending(JobStatus.FAILED, reason={"message": "too hot"})
    site.run(until=Step.WAIT)
    for _ in range(2):
        with pytest.raises(JobFailedError, match="too hot"):
            collect(site, until=Step.COLLECT)


def test_collecting_finishes_a_run(site: Site) -> None:
    site.run(until=Step.WAIT)
    site.clock.advance(60)
    assert collect(site).finished
    assert (site.directory / "results.json").read_bytes() == RESULTS
    assert site.service.jobs == {}


def test_collecting_again_asks_nobody(site: Site) -> None:
    site.run()
    site.service.calls.clear()
    assert collect(site).status == "Completed"
    assert site.service.calls == []


def test_collecting_a_job_that_runs_ends_at_the_deadline(site: Site) -> None:
    site.service.ending = Ending(after_secs=3600)
    site.run(until=Step.WAIT)
    site.deadline = site.clock.boottime()
    with pytest.raises(WaitEndedError, match="keeps running"):
        collect(site)


def test_one_look_at_a_job_that_runs_says_so_and_does_not_name_itself(site: Site) -> None:
    site.service.ending = Ending(after_secs=3600)
    site.run(until=Step.WAIT)
    context = site.context(deadline=fixed_deadline(site.clock.boottime()), looks_once=True)
    with pytest.raises(WaitEndedError, match="has not ended yet") as caught:
        resume_run(site.directory, context, SlurmEnv())
    assert str(caught.value.advice).startswith(f"direct-access wait {site.directory}")


def test_a_run_that_crashed_while_submitting_is_found(site: Site) -> None:
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run()
    assert collect(site).status == "Completed"
    assert len(site.service.submissions) == 1


@pytest.mark.parametrize("call", ["stage", "submit"])
def test_a_run_without_a_job_is_for_run_to_finish(site: Site, call: str) -> None:
    site.service.fail(call, Crash())
    with pytest.raises(Crash):
        site.run()
    with pytest.raises(InputError, match="ended before its job was submitted") as caught:
        collect(site)
    assert caught.value.advice == f"direct-access run {site.home / 'job.yaml'}"
    assert owners.current(site.directory) is None


def test_a_directory_without_a_journal_is_no_run(site: Site) -> None:
    with pytest.raises(OutputError, match="is not a run directory"):
        resume_run(site.home, site.context(), OUTSIDE)


def test_a_run_under_way_is_left_to_its_owner(site: Site) -> None:
    site.run(until=Step.WAIT)
    owners.take(site.directory, owners.this_process(OUTSIDE), None)
    with pytest.raises(OutputError, match="belongs to a run that is under way: pid"):
        collect(site)


def test_a_run_whose_owner_died_is_taken_up(site: Site) -> None:
    site.run(until=Step.WAIT)
    dead = dataclasses.replace(owners.this_process(OUTSIDE), start_ticks=1)
    owners.take(site.directory, dead, None)
    assert collect(site).finished


def test_a_vanished_job_ends_the_run(site: Site) -> None:
    site.run(until=Step.WAIT)
    site.service.jobs.clear()
    with pytest.raises(JobVanishedError):
        collect(site)
    assert site.journal().finished
    with pytest.raises(JobVanishedError):
        collect(site)


@pytest.fixture
def job_id(site: Site) -> str:
    """A job that was started elsewhere."""
    return site.run(until=Step.WAIT).job_id


def test_a_job_of_which_only_the_id_is_known_is_collected(site: Site, job_id: str) -> None:
    site.clock.advance(60)
    run = adopt_job(job_id, site.home / "adopted", site.context(), OUTSIDE, keep="all")
    assert (run.job_id, run.status, run.finished) == (job_id, "Completed", True)
    assert (site.home / "adopted" / "results.json").read_bytes() == RESULTS
    assert site.service.jobs != {}


def test_an_adopted_job_can_be_taken_up_again(site: Site, job_id: str) -> None:
    directory = site.home / "adopted"
    site.deadline = 0.0
    with pytest.raises(WaitEndedError) as caught:
        adopt_job(job_id, directory, site.context(), OUTSIDE, keep=None)
    assert caught.value.advice == f"direct-access collect {directory}"
    site.deadline = None
    assert resume_run(directory, site.context(), OUTSIDE).finished


def test_a_directory_that_holds_a_run_is_not_used_for_another(site: Site, job_id: str) -> None:
    with pytest.raises(OutputError, match="holds a run already"):
        adopt_job(job_id, site.directory, site.context(), OUTSIDE, keep=None)


def test_a_directory_that_somebody_owns_is_not_used(site: Site, job_id: str) -> None:
    directory = site.home / "adopted"
    directory.mkdir()
    owners.take(directory, owners.this_process(OUTSIDE), None)
    with pytest.raises(OutputError, match="belongs to a run that is under way"):
        adopt_job(job_id, directory, site.context(), OUTSIDE, keep=None)


def test_an_unknown_job_leaves_no_directory(site: Site) -> None:
    with pytest.raises(NotFoundError):
        adopt_job("nobody", site.home / "adopted", site.context(), OUTSIDE, keep=None)
    assert not (site.home / "adopted").exists()


def test_waiting_for_a_job_by_its_id_needs_no_directory(
    site: Site, job_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    run = wait_for_job(job_id, site.context())
    assert (run.directory, run.results, run.logs, run.status) == (None, None, None, "Completed")
    assert sorted(tmp_path.iterdir()) == before
    assert site.service.jobs != {}


def test_waiting_for_a_failed_job_by_its_id_raises_its_reason(site: Site, job_id: str) -> None:
    site.service.ending = Ending(JobStatus.FAILED, reason={"message": "too hot", "code": 1300})
    with pytest.raises(JobFailedError, match="too hot"):
        wait_for_job(job_id, site.context())


def test_a_wait_by_id_that_ends_names_the_job(site: Site, job_id: str) -> None:
    site.deadline = 0.0
    with pytest.raises(WaitEndedError) as caught:
        wait_for_job(job_id, site.context())
    assert caught.value.advice == f"direct-access collect {job_id}"


def test_a_wait_by_id_has_no_run_that_a_signal_could_end(site: Site, job_id: str) -> None:
    started: list[RunContext] = []
    wait_for_job(job_id, site.context(on_start=started.append))
    assert started == []
