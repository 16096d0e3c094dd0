"""What becomes of a quantum job. Each test of a job that is left names the rule that saves it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.reaper.judgement import CONFIRMED_AFTER_SECS, QuantumJob, ReapAction, decide
from direct_access.slurm.job_states import STAGES, Stage
from direct_access.slurm.jobs import SlurmJob, SlurmView
from direct_access.slurm.markers import Marker, find_marker
from direct_access.slurm.owner_name import Owner

CREATED = 1_770_000_000.0
NOW = CREATED + 5000
OWNER = Owner("lab", 1000, 7, None, 0)
TASK = Owner("lab", 1000, 5, 2, 0)
JOB = QuantumJob("q", has_ended=False, created=CREATED, owner=OWNER)
RUNNING = SlurmJob(7, "RUNNING", 0, submit_time=CREATED - 60)
OTHER = SlurmJob(99, "RUNNING", 0, submit_time=CREATED)
MARKER = Marker("lab", 7, 0, end_time=CREATED + 100)


def judged(
    *slurm_jobs: SlurmJob,
    job: QuantumJob = JOB,
    seen: float | None = CONFIRMED_AFTER_SECS,
    marked: bool = False,
    steps: frozenset[str] = frozenset(),
) -> ReapAction:
    """Decide as a pass does that finds Slurm's job gone for the second time."""
    view = SlurmView("lab", [OTHER, *slurm_jobs], steps)
    return decide(job, view, seen, MARKER if marked else None, NOW).action


def test_a_job_whose_slurm_job_is_gone_is_cancelled_by_the_second_pass() -> None:
    assert judged() is ReapAction.CANCEL


def test_one_pass_alone_cancels_nothing() -> None:
    assert judged(seen=None) is ReapAction.WAIT


def test_a_second_pass_too_soon_cancels_nothing() -> None:
    assert judged(seen=CONFIRMED_AFTER_SECS - 1) is ReapAction.WAIT


def test_a_marker_says_at_once_that_the_slurm_job_is_gone() -> None:
    assert judged(seen=None, marked=True) is ReapAction.CANCEL


@pytest.mark.parametrize("state", [state for state, stage in STAGES.items() if stage is Stage.ENDED])
def test_a_slurm_job_that_has_ended_is_gone(state: str) -> None:
    assert judged(replace(RUNNING, state=state, end_time=CREATED + 100)) is ReapAction.CANCEL


OF_STEP = replace(JOB, owner=replace(OWNER, step=3))


def test_a_step_that_is_gone_is_gone_while_its_slurm_job_goes_on() -> None:
    assert judged(RUNNING, job=OF_STEP, steps=frozenset({"7.batch", "7.2", "8.3"})) is ReapAction.CANCEL
    assert judged(RUNNING, job=OF_STEP, seen=None) is ReapAction.WAIT


def test_a_step_of_an_array_task_is_told_from_that_of_another_task() -> None:
    task = SlurmJob(9, "RUNNING", 0, CREATED - 60, None, 5, "2")
    job = replace(JOB, owner=replace(TASK, step=0))
    assert judged(task, job=job, steps=frozenset({"5_2.0"})) is ReapAction.LEAVE
    assert judged(task, job=job, steps=frozenset({"5_3.0", "5_2.batch"})) is ReapAction.CANCEL


@pytest.mark.parametrize(
    ("slurm_job", "job", "steps"),
    [
        (RUNNING, OF_STEP, {"7.3"}),
        (RUNNING, JOB, set()),  # a batch script's
        (replace(RUNNING, state="COMPLETING"), OF_STEP, set()),
        (replace(RUNNING, state="SUSPENDED"), OF_STEP, set()),
        (replace(RUNNING, restarts=1), OF_STEP, set()),  # steps are numbered anew: taken up by the next life
        (replace(RUNNING, is_heterogeneous=True), OF_STEP, set()),
    ],
)
def test_a_step_that_may_be_there_is_not_gone(slurm_job: SlurmJob, job: QuantumJob, steps: set[str]) -> None:
    assert judged(slurm_job, job=job, steps=frozenset(steps)) is ReapAction.LEAVE


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize(
    "state", ["RUNNING", "PENDING", "SUSPENDED", "COMPLETING", "CONFIGURING", "REQUEUED"]
)
def test_a_slurm_job_in_any_other_state_keeps_its_job(state: str, marked: bool) -> None:
    assert judged(replace(RUNNING, state=state), marked=marked) is ReapAction.LEAVE


def test_a_slurm_job_that_waits_after_a_requeue_keeps_its_job() -> None:
    requeued = replace(RUNNING, state="PENDING", restarts=1, submit_time=NOW - 5)
    assert judged(requeued, marked=True) is ReapAction.LEAVE


def test_the_next_life_of_a_slurm_job_keeps_the_job_of_an_earlier_one() -> None:
    again = replace(RUNNING, restarts=2, submit_time=NOW - 5)
    assert judged(again, marked=True) is ReapAction.LEAVE


def test_a_slurm_job_submitted_after_the_job_was_created_only_has_the_same_id() -> None:
    assert judged(replace(RUNNING, submit_time=CREATED + 1000)) is ReapAction.CANCEL


def test_a_clock_that_is_a_little_wrong_makes_no_other_slurm_job() -> None:
    assert judged(replace(RUNNING, submit_time=CREATED + 200)) is ReapAction.LEAVE


def test_a_slurm_job_of_fewer_lives_only_has_the_same_id() -> None:
    job = replace(JOB, owner=replace(OWNER, restart=2))
    assert judged(replace(RUNNING, restarts=1), job=job) is ReapAction.CANCEL


def test_a_slurm_job_whose_times_are_unknown_keeps_its_job() -> None:
    assert judged(replace(RUNNING, submit_time=None)) is ReapAction.LEAVE


def test_a_job_created_after_its_slurm_job_had_ended_is_left() -> None:
    assert judged(replace(RUNNING, state="COMPLETED", end_time=CREATED - 1000)) is ReapAction.LEAVE


def test_a_job_of_another_cluster_is_left() -> None:
    assert judged(job=replace(JOB, owner=replace(OWNER, cluster="lab2"))) is ReapAction.LEAVE


def test_a_job_without_a_slurm_job_is_left() -> None:
    assert judged(job=replace(JOB, owner=replace(OWNER, job_id=None))) is ReapAction.LEAVE


def test_a_job_that_does_not_say_whose_it_is_is_left() -> None:
    assert judged(job=replace(JOB, owner=None)) is ReapAction.LEAVE


def test_a_job_without_a_time_of_creation_is_left() -> None:
    assert judged(job=replace(JOB, created=None)) is ReapAction.LEAVE


def test_a_job_left_on_purpose_is_left() -> None:
    assert judged(job=replace(JOB, detached_until=NOW), marked=True) is ReapAction.LEAVE


def test_a_job_of_which_nobody_knows_whether_it_was_left_on_purpose_is_left() -> None:
    assert judged(job=replace(JOB, is_mark_known=False), marked=True) is ReapAction.LEAVE


def test_results_that_wait_to_be_collected_are_left() -> None:
    assert judged(job=replace(JOB, has_ended=True), marked=True) is ReapAction.LEAVE


def test_results_that_nobody_collected_in_time_are_deleted() -> None:
    assert judged(job=replace(JOB, has_ended=True, detached_until=NOW - 1)) is ReapAction.DELETE


def test_results_are_not_deleted_while_the_slurm_job_may_collect_them() -> None:
    late = replace(JOB, has_ended=True, detached_until=NOW - 1)
    assert judged(RUNNING, job=late, marked=True) is ReapAction.LEAVE


def test_results_are_not_deleted_by_one_pass_alone() -> None:
    assert judged(job=replace(JOB, has_ended=True, detached_until=NOW - 1), seen=None) is ReapAction.WAIT


def test_a_job_that_still_runs_when_it_was_to_be_collected_is_cancelled_first() -> None:
    assert judged(job=replace(JOB, detached_until=NOW - 1)) is ReapAction.CANCEL


@pytest.mark.parametrize("task_ids", ["2", "0-3", "0,2,4", "0-8:2%5", "2-3%1", "0,1,..."])
def test_a_task_that_runs_or_waits_keeps_its_job(task_ids: str) -> None:
    task = SlurmJob(5, "PENDING", 0, CREATED - 60, None, 5, task_ids)
    assert judged(task, job=replace(JOB, owner=TASK)) is ReapAction.LEAVE


@pytest.mark.parametrize("task_ids", ["1", "3-9", "1-9:2", "20-22"])
def test_other_tasks_of_its_array_do_not_keep_a_job(task_ids: str) -> None:
    task = SlurmJob(5, "RUNNING", 0, CREATED - 60, None, 5, task_ids)
    assert judged(task, job=replace(JOB, owner=TASK)) is ReapAction.CANCEL


def test_the_slurm_job_whose_own_id_is_the_number_of_a_task_is_not_that_task() -> None:
    task = SlurmJob(7, "RUNNING", 0, CREATED - 60, None, 5, "2")
    assert judged(task, job=replace(JOB, owner=TASK)) is ReapAction.LEAVE
    assert judged(replace(RUNNING, job_id=5), job=replace(JOB, owner=TASK)) is ReapAction.CANCEL


def test_one_living_record_of_an_id_is_enough() -> None:
    forged = replace(RUNNING, state="CANCELLED", end_time=CREATED + 1)
    assert judged(forged, RUNNING, marked=True) is ReapAction.LEAVE


@pytest.mark.parametrize(
    ("marker", "about"),
    [
        (MARKER, True),
        (replace(MARKER, restart_count=1), True),
        (replace(MARKER, end_time=CREATED - 1), False),
        (replace(MARKER, cluster="lab2"), False),
        (replace(MARKER, job_id=8), False),
        (replace(MARKER, array_job_id=7, array_task_id=1), False),
    ],
)
def test_a_marker_is_about_one_life_of_one_slurm_job(marker: Marker, about: bool) -> None:
    assert (find_marker([marker], OWNER, CREATED) is not None) is about


def test_the_marker_of_an_earlier_life_says_nothing_of_this_one() -> None:
    assert find_marker([MARKER], replace(OWNER, restart=1), CREATED) is None


def test_the_marker_of_a_task_is_found_by_array_and_task() -> None:
    marker = Marker("lab", 9, 0, CREATED + 1, array_job_id=5, array_task_id=2)
    assert find_marker([marker], TASK, CREATED) is marker
    assert find_marker([marker], replace(TASK, task_id=3), CREATED) is None


jobs = st.builds(
    SlurmJob,
    job_id=st.just(7),
    state=st.sampled_from(["RUNNING", "PENDING", "COMPLETING", "SUSPENDED"]),
    restarts=st.integers(0, 5),
    submit_time=st.floats(CREATED - 1e6, CREATED),
)


@given(
    jobs,
    st.one_of(st.none(), st.floats(0, 1e7)),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.floats(0, 2e9)),
)
def test_nothing_ever_touches_the_job_of_a_slurm_job_that_lives(
    slurm_job: SlurmJob, seen: float | None, marked: bool, has_ended: bool, detached_until: float | None
) -> None:
    job = replace(JOB, has_ended=has_ended, detached_until=detached_until)
    assert judged(slurm_job, job=job, seen=seen, marked=marked) is ReapAction.LEAVE
