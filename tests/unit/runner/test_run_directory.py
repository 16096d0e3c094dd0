"""What ``run`` does with a run directory that exists."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from direct_access.clock import rfc3339
from direct_access.errors import OutputError
from direct_access.journal import Journal, Step
from direct_access.model.jobs import JobSpec
from direct_access.runner import owner as owners
from direct_access.runner.liveness import Liveness
from direct_access.runner.provenance import slurm_job
from direct_access.runner.run_directory import DirectoryChoice, RunAction
from direct_access.runner.run_directory import choose_directory as choose_with
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.job_query import JobAnswer

OUTSIDE = SlurmEnv()
STEP = SlurmEnv(cluster="alps", job_id=7, step_id=0, proc_id=0)
NOW = 1_771_156_800.0


def choose_directory(
    base: Path, is_same: Callable[[Journal], bool], slurm: SlurmEnv, *, new: bool
) -> DirectoryChoice:
    """Decide without waiting, beside a Slurm that gives no answer."""
    return choose_with(base, is_same, liveness(slurm), new=new)


def liveness(slurm: SlurmEnv) -> Liveness:
    return Liveness(slurm, may_watch=False, show_job=lambda job_id: JobAnswer(), cluster_name=lambda: None)


def same(_journal: Journal) -> bool:
    return True


def other(_journal: Journal) -> bool:
    return False


def leave(
    directory: Path,
    step: Step | None = None,
    slurm: SlurmEnv = OUTSIDE,
    reported: SlurmEnv | None = None,
    since: float = 0.0,
) -> None:
    """Leave a run directory at a step since a time; None for one that only was created."""
    directory.mkdir()
    if step is not None:
        journal = Journal("id", "lab", JobSpec("sampler", "b", 60), {}, {}, "", None, step)
        journal.slurm = slurm_job(slurm)
        journal.reported = slurm_job(reported) if reported else {}
        journal.times[step.value] = rfc3339(since)
        journal.save(directory)


def own(directory: Path, slurm: SlurmEnv = OUTSIDE, **changes: Any) -> owners.OwnerRecord:
    record = dataclasses.replace(owners.this_process(slurm), **changes)
    assert owners.take(directory, record, None)
    return record


DEAD = {"start_ticks": 1}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "run"


def test_a_directory_that_does_not_exist_is_started(base: Path) -> None:
    found = choose_directory(base, same, OUTSIDE, new=False)
    assert (found.action, found.directory, found.owner) == (RunAction.START, base, None)


def test_an_empty_directory_is_started(base: Path) -> None:
    leave(base)
    assert choose_directory(base, same, OUTSIDE, new=False).directory == base


def test_a_directory_with_other_files_of_the_user_is_started(base: Path) -> None:
    leave(base)
    (base / "notes.txt").touch()
    assert choose_directory(base, same, OUTSIDE, new=False).directory == base


@pytest.mark.parametrize("name", ["params.json", "results.json", "logs.txt"])
def test_files_of_the_user_with_our_names_are_never_overwritten(base: Path, name: str) -> None:
    leave(base)
    (base / name).touch()
    assert choose_directory(base, same, OUTSIDE, new=False).directory == base.with_name("run.2")


def test_unfinished_with_a_dead_owner_is_resumed(base: Path) -> None:
    leave(base, Step.WAIT)
    dead = own(base, **DEAD)
    found = choose_directory(base, same, OUTSIDE, new=False)
    assert (found.action, found.directory, found.owner) == (RunAction.RESUME, base, dead)


def test_unfinished_and_given_up_is_resumed(base: Path) -> None:
    leave(base, Step.WAIT)
    assert choose_directory(base, same, OUTSIDE, new=False).action is RunAction.RESUME


def test_an_owner_that_died_before_the_first_journal_is_superseded(base: Path) -> None:
    leave(base)
    dead = own(base, **DEAD)
    (base / "params.json").touch()
    found = choose_directory(base, same, OUTSIDE, new=False)
    assert (found.action, found.directory, found.owner) == (RunAction.START, base, dead)


def test_unfinished_with_other_params_is_refused(base: Path) -> None:
    leave(base, Step.WAIT)
    with pytest.raises(OutputError, match="unfinished run of other params") as caught:
        choose_directory(base, other, OUTSIDE, new=False)
    assert "--new" in str(caught.value.advice)


def test_new_never_resumes(base: Path) -> None:
    leave(base, Step.WAIT)
    found = choose_directory(base, same, OUTSIDE, new=True)
    assert (found.action, found.directory) == (RunAction.START, base.with_name("run.2"))


def test_new_passes_by_a_living_owner(base: Path) -> None:
    leave(base, Step.WAIT)
    own(base)
    assert choose_directory(base, same, OUTSIDE, new=True).directory == base.with_name("run.2")


def test_new_passes_by_other_params(base: Path) -> None:
    leave(base, Step.WAIT)
    assert choose_directory(base, other, OUTSIDE, new=True).action is RunAction.START


def test_a_living_owner_elsewhere_is_refused_by_host_and_pid(base: Path) -> None:
    leave(base, Step.WAIT)
    living = own(base, STEP, host="n17", pid=4711)
    with pytest.raises(OutputError, match="pid 4711 on n17") as caught:
        choose_directory(base, same, OUTSIDE, new=False)
    assert caught.value.subject == str(base)
    assert living.place in caught.value.message


def test_a_living_owner_in_the_same_slurm_job_is_followed(base: Path) -> None:
    leave(base, Step.WAIT)
    living = own(base, STEP, host="n17")
    found = choose_directory(base, same, dataclasses.replace(STEP, proc_id=3), new=False)
    assert (found.action, found.owner) == (RunAction.FOLLOW, living)


def test_a_living_owner_is_followed_before_it_wrote_its_journal(base: Path) -> None:
    leave(base)
    own(base, STEP)
    assert choose_directory(base, same, STEP, new=False).action is RunAction.FOLLOW


@pytest.mark.parametrize(
    "us", [OUTSIDE, dataclasses.replace(STEP, job_id=8), dataclasses.replace(STEP, cluster="b")]
)
def test_a_living_owner_of_another_slurm_job_is_refused(base: Path, us: SlurmEnv) -> None:
    leave(base, Step.WAIT)
    own(base, STEP)
    with pytest.raises(OutputError, match="under way"):
        choose_directory(base, same, us, new=False)


def test_the_owner_of_an_earlier_life_is_dead_though_its_node_cannot_be_seen(base: Path) -> None:
    leave(base, Step.WAIT)
    own(base, STEP, host="n17")
    found = choose_directory(base, same, dataclasses.replace(STEP, restart_count=1), new=False)
    assert found.action is RunAction.RESUME


def test_finished_is_followed_by_a_new_run(base: Path) -> None:
    leave(base, Step.FINISHED)
    found = choose_directory(base, same, OUTSIDE, new=False)
    assert (found.action, found.directory) == (RunAction.START, base.with_name("run.2"))


def test_the_first_free_number_is_taken(base: Path) -> None:
    for name in ("run", "run.2", "run.3"):
        leave(base.with_name(name), Step.FINISHED)
    assert choose_directory(base, same, OUTSIDE, new=False).directory == base.with_name("run.4")


def test_an_unfinished_run_behind_finished_ones_is_resumed(base: Path) -> None:
    leave(base, Step.FINISHED)
    leave(base.with_name("run.2"), Step.COLLECT)
    found = choose_directory(base, same, OUTSIDE, new=False)
    assert (found.action, found.directory) == (RunAction.RESUME, base.with_name("run.2"))


def test_a_requeued_script_gets_the_status_of_its_earlier_life(base: Path) -> None:
    leave(base, Step.FINISHED, STEP)
    found = choose_directory(base, same, dataclasses.replace(STEP, restart_count=1), new=False)
    assert (found.action, found.directory) == (RunAction.REPORT, base)


def test_the_same_life_begins_a_new_run(base: Path) -> None:
    leave(base, Step.FINISHED, STEP)
    assert choose_directory(base, same, STEP, new=False).action is RunAction.START


def test_new_never_reports(base: Path) -> None:
    leave(base, Step.FINISHED, STEP)
    found = choose_directory(base, same, dataclasses.replace(STEP, restart_count=1), new=True)
    assert found.action is RunAction.START


def test_a_requeued_job_is_not_given_the_status_of_another_job(base: Path) -> None:
    leave(base, Step.FINISHED, dataclasses.replace(STEP, job_id=6))
    found = choose_directory(base, same, dataclasses.replace(STEP, restart_count=1), new=False)
    assert (found.action, found.directory) == (RunAction.START, base.with_name("run.2"))


def test_a_requeued_script_is_not_given_the_status_of_another_job_file(base: Path) -> None:
    leave(base, Step.FINISHED, STEP)
    found = choose_directory(base, other, dataclasses.replace(STEP, restart_count=1), new=False)
    assert (found.action, found.directory) == (RunAction.START, base.with_name("run.2"))


def test_a_task_that_starts_when_another_has_finished_gets_its_status(base: Path) -> None:
    leave(base, Step.FINISHED, STEP)
    found = choose_directory(base, same, dataclasses.replace(STEP, proc_id=7), new=False)
    assert (found.action, found.directory) == (RunAction.REPORT, base)


def test_the_next_step_of_a_slurm_job_begins_a_new_run(base: Path) -> None:
    leave(base, Step.FINISHED, STEP)
    found = choose_directory(base, same, dataclasses.replace(STEP, step_id=1, proc_id=7), new=False)
    assert found.action is RunAction.START


def test_a_batch_script_may_run_one_job_file_twice(base: Path) -> None:
    batch = dataclasses.replace(STEP, step_id=None)
    leave(base, Step.FINISHED, batch)
    assert choose_directory(base, same, batch, new=False).action is RunAction.START


LATE = [
    dataclasses.replace(STEP, step_id=1),
    dataclasses.replace(STEP, step_id=1, proc_id=7),
    dataclasses.replace(STEP, step_id=None),
]


@pytest.mark.parametrize("slurm", LATE, ids=["another step", "its second task", "the batch script"])
@pytest.mark.parametrize(
    ("began", "action"), [(NOW - 0.1, RunAction.REPORT), (NOW, RunAction.START), (NOW + 0.1, RunAction.START)]
)
def test_whoever_began_while_the_run_was_under_way_gets_its_status(
    base: Path, slurm: SlurmEnv, began: float, action: RunAction
) -> None:
    """Whether it looked in time to follow it, or a moment too late: the order decides, not a node's speed."""
    leave(base, Step.FINISHED, STEP, since=NOW)
    judge = dataclasses.replace(liveness(slurm), began=began)
    assert choose_with(base, same, judge, new=False).action is action


def test_another_slurm_job_that_began_meanwhile_has_a_run_of_its_own(base: Path) -> None:
    leave(base, Step.FINISHED, STEP, since=NOW)
    judge = dataclasses.replace(liveness(dataclasses.replace(STEP, job_id=8)), began=NOW - 1)
    assert choose_with(base, same, judge, new=False).action is RunAction.START


def test_a_journal_that_cannot_be_read_is_refused(base: Path) -> None:
    leave(base)
    (base / "job.json").write_text("{")
    with pytest.raises(OutputError, match="cannot read the journal"):
        choose_directory(base, same, OUTSIDE, new=False)


def test_a_file_in_the_place_of_the_directory_is_refused(base: Path) -> None:
    base.touch()
    with pytest.raises(OutputError):
        choose_directory(base, same, OUTSIDE, new=False)


def test_ten_thousand_runs_are_enough(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("direct_access.runner.run_directory.MOST_RUNS", 3)
    leave(base, Step.FINISHED)
    leave(base.with_name("run.2"), Step.FINISHED)
    with pytest.raises(OutputError, match="3 runs already"):
        choose_directory(base, same, OUTSIDE, new=False)


def test_each_life_is_told_of_a_finished_run_once(base: Path) -> None:
    second, third = (dataclasses.replace(STEP, step_id=None, restart_count=count) for count in (1, 2))
    leave(base, Step.FINISHED, STEP, reported=second)
    leave(base.with_name("run.2"), Step.WAIT, STEP)
    found = choose_directory(base, same, second, new=False)
    assert (found.action, found.directory) == (RunAction.RESUME, base.with_name("run.2"))
    assert choose_directory(base, same, third, new=False).action is RunAction.REPORT


def test_all_tasks_of_the_step_that_was_told_are_told(base: Path) -> None:
    first = dataclasses.replace(STEP, restart_count=1)
    leave(base, Step.FINISHED, STEP, reported=first)
    task = dataclasses.replace(first, proc_id=5)
    assert choose_directory(base, same, task, new=False).action is RunAction.REPORT
    next_step = dataclasses.replace(first, step_id=1)
    assert choose_directory(base, same, next_step, new=False).directory == base.with_name("run.2")


def test_a_finished_run_whose_owner_died_before_it_could_tell_is_told(base: Path) -> None:
    leave(base, Step.FINISHED)
    own(base, **DEAD)
    assert choose_directory(base, same, OUTSIDE, new=False).action is RunAction.REPORT


def test_a_finished_run_that_its_owner_is_about_to_give_up_is_not_told_twice(base: Path) -> None:
    leave(base, Step.FINISHED)
    own(base)
    assert choose_directory(base, same, OUTSIDE, new=False).directory == base.with_name("run.2")
