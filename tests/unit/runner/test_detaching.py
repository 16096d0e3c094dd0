from __future__ import annotations

import threading
from pathlib import Path

import pytest

from direct_access.clock import rfc3339
from direct_access.errors import AccessError, UnavailableError
from direct_access.journal import Step
from direct_access.runner import owner as owners
from direct_access.runner.bounds import Bounds
from direct_access.runner.context import RunContext, journal_of
from direct_access.runner.detaching import mark, mark_taken_over
from direct_access.runner.execution import take_steps
from direct_access.slurm import environment as slurm_env

from .conftest import Site
from .memory_service import MemoryService

DAY_SECS = 86_400.0


def left(site: Site) -> RunContext:
    """Return the context of a run whose job goes on."""
    site.run(until=Step.WAIT)
    record = owners.this_process(slurm_env.read({}))
    assert owners.take(site.directory, record, None)
    context = site.context(collect_by=DAY_SECS)
    context.set_run(site.directory, site.journal(), record)
    return context


def test_the_journal_the_server_and_the_user_are_told_until_when(site: Site) -> None:
    context = left(site)
    until = site.clock.wall() + DAY_SECS
    mark(context)
    assert site.journal().collect_by == rfc3339(until)
    assert site.service.marks == {context.journal.job_id: until}
    assert site.told.lines[-1] == f"collect job {context.journal.job_id} by {rfc3339(until)[:19]}Z"


def test_the_journal_is_written_before_the_server_is_told(site: Site) -> None:
    context = left(site)
    seen: list[str | None] = []
    site.service.before["mark_detached"] = lambda: seen.append(journal_of(site.directory).collect_by)
    mark(context)
    assert seen == [context.journal.collect_by]


def test_a_run_that_is_told_to_stop_is_marked_all_the_same(site: Site) -> None:
    context = left(site)
    context.control.stop.set()
    mark(context)
    assert context.journal.job_id in site.service.marks


@pytest.mark.parametrize("error", [UnavailableError("nobody answers"), RuntimeError("closed")])
def test_a_server_that_takes_no_mark_is_told_and_nothing_else(site: Site, error: Exception) -> None:
    context = left(site)
    site.service.fail("mark_detached", error)
    mark(context)
    assert site.told.lines[-1].endswith("the server could not be told, so the site may clean up earlier")
    assert site.journal().collect_by is not None


def test_a_server_that_does_not_answer_is_not_waited_for(site: Site) -> None:
    context = left(site)
    context.bounds = Bounds(mark_secs=0.05)
    answered = threading.Event()
    site.service.before["mark_detached"] = lambda: answered.wait(60) and None
    mark(context)
    answered.set()
    assert "could not be told" in site.told.lines[-1]


def test_another_service_is_asked_where_the_runs_own_is_closed(site: Site) -> None:
    context = left(site)
    other = MemoryService(site.clock)
    mark(context, lambda: other)
    assert (list(other.marks), site.service.marks) == ([context.journal.job_id], {})
    assert other.closed


def test_the_run_of_another_process_is_left_alone(site: Site) -> None:
    context = left(site)
    assert context.owner is not None
    another = owners.this_process(slurm_env.read({}))
    assert owners.take(site.directory, another, context.owner)
    mark(context)
    assert (site.service.marks, site.journal().collect_by) == ({}, None)


def test_a_job_that_is_only_looked_at_is_not_marked(site: Site) -> None:
    context = left(site)
    context.owner = None
    mark(context)
    assert site.service.marks == {}


def test_whoever_deleted_the_run_directory_wants_no_mark(site: Site) -> None:
    context = left(site)
    context.directory = Path(site.home / "deleted")
    mark(context)
    assert (site.service.marks, context.directory.exists()) == ({}, False)


@pytest.mark.parametrize("step", [Step.UPLOAD, Step.FORGET, Step.FINISHED])
def test_a_run_with_nothing_to_collect_is_not_marked(site: Site, step: Step) -> None:
    context = left(site)
    context.journal.step = step
    mark(context)
    assert site.service.marks == {}


@pytest.mark.parametrize("step", [Step.SUBMIT, Step.WAIT, Step.COLLECT])
def test_a_run_whose_job_may_be_there_is_marked(site: Site, step: Step) -> None:
    context = left(site)
    context.journal.step = step
    mark(context)
    assert list(site.service.marks) == [context.journal.job_id]


@pytest.mark.parametrize("keep", ["none", "all"])
def test_whoever_collects_the_job_removes_the_mark(site: Site, keep: str) -> None:
    context = left(site)
    mark(context)
    context.journal.keep = keep
    take_steps(context)
    assert (site.service.marks, site.journal().step) == ({}, Step.FINISHED)


def test_a_run_that_was_never_left_costs_no_request_to_remove_a_mark(site: Site) -> None:
    context = left(site)
    asked = {}
    forget = site.service.forget
    site.service.forget = lambda handle, **what: asked.update(what) or forget(handle, **what)  # type: ignore
    take_steps(context)
    assert asked["mark"] is False


def test_undoing_a_submission_that_is_refused_removes_the_mark(site: Site) -> None:
    context = left(site)
    context.save(Step.SUBMIT)
    mark(context)
    site.service.fail("submit", AccessError("no longer permitted"))
    with pytest.raises(AccessError):
        take_steps(context)
    assert site.service.marks == {}


BEGAN = {"cluster": "alps", "job_id": 7, "restart_count": 0, "step_id": 0}
STEP = {
    "SLURM_CLUSTER_NAME": "alps",
    "SLURM_JOB_ID": "7",
    "SLURM_STEP_ID": "0",
    "SLURM_RESTART_COUNT": "0",
}


@pytest.mark.parametrize(
    ("changed", "is_marked"),
    [
        ({}, False),
        ({"SLURM_RESTART_COUNT": "1", "SLURM_STEP_ID": "3"}, False),  # steps are numbered anew in each life
        ({"SLURM_STEP_ID": "1"}, True),
        ({"SLURM_JOB_ID": "8"}, True),
        ({"SLURM_CLUSTER_NAME": "andes"}, True),
    ],
)
def test_a_run_that_others_have_begun_does_not_end_with_them(
    site: Site, changed: dict[str, str], is_marked: bool
) -> None:
    context = left(site)
    context.journal.slurm = BEGAN
    mark_taken_over(context, slurm_env.read({**STEP, **changed}))
    assert (context.journal.job_id in site.service.marks) is is_marked
    assert (site.journal().collect_by is not None) is is_marked


def test_a_run_that_was_begun_outside_slurm_is_nobodys_to_clean_up(site: Site) -> None:
    context = left(site)
    mark_taken_over(context, slurm_env.read(STEP))
    assert site.service.marks == {}


def test_the_next_step_that_takes_a_run_up_marks_it_and_removes_the_mark_in_the_end(site: Site) -> None:
    seen: list[int] = []
    site.service.before["status"] = lambda: seen.append(len(site.service.marks))
    context = left(site)
    context.journal.slurm = {**BEGAN, "step_id": 5}
    context.journal.save(site.directory)
    owners.release(site.directory)
    site.run()
    assert seen[0] == 1
    assert site.service.marks == {}
