"""A whole pass over a service and a Slurm that the test makes up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from direct_access.clock import ManualClock, rfc3339
from direct_access.errors import ConfigurationError, LocalStorageError, NotFoundError, UnavailableError
from direct_access.model.jobs import JobState, parse_job
from direct_access.reaper.judgement import ReapAction
from direct_access.reaper.one_pass import MOST_CANCELS, JudgedJob, Reaper, one_pass
from direct_access.services.protocol import UnfinishedUpload
from direct_access.slurm.jobs import SlurmJob
from direct_access.slurm.markers import KEPT_SECS

OTHER = SlurmJob(99, "RUNNING", 0)


@dataclass
class Uploads:
    world: World

    def list(self) -> Sequence[UnfinishedUpload]:
        self.world.asked.append("uploads")
        if "uploads" in self.world.failing:
            raise self.world.failing["uploads"]
        return self.world.uploads

    def abort(self, upload: UnfinishedUpload) -> None:
        if upload.upload_id in self.world.failing:
            raise self.world.failing[upload.upload_id]
        self.world.done.append(("abort", upload.upload_id))


@dataclass
class World:
    """Quantum jobs by id, Slurm jobs, and what was asked and done, in order."""

    states: list[JobState] = field(default_factory=list)
    slurm_jobs: list[SlurmJob] = field(default_factory=lambda: [OTHER])
    detached: dict[str, float] = field(default_factory=dict)
    done: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)
    uploads: list[UnfinishedUpload] = field(default_factory=list)
    system: str = "lab"

    def cluster(self) -> str:
        return "lab"

    def jobs(self) -> Sequence[SlurmJob]:
        self.asked.append("slurm jobs")
        return self.slurm_jobs

    def steps(self) -> frozenset[str]:
        return frozenset()

    def list(self) -> Sequence[JobState]:
        self.asked.append("quantum jobs")
        return self.states

    def find(self, job_id: str, owner: str | None = None) -> Any:
        return {"id": job_id, "owner": owner}

    @property
    def unfinished_uploads(self) -> Uploads:
        return Uploads(self)

    def unstage(self, handle: Any) -> None:
        self.done.append(("unstage", f"{handle['id']} of {handle['owner']}"))

    def detached_until(self, handle: Any) -> float | None:
        if "detached_until" in self.failing:
            raise self.failing["detached_until"]
        return self.detached.get(handle["id"])

    def cancel(self, handle: Any) -> bool:
        if handle["id"] in self.failing:
            raise self.failing[handle["id"]]
        self.done.append(("cancel", handle["id"]))
        return True

    def cancelled(self) -> Sequence[str]:
        return [job for what, job in self.done if what == "cancel"]

    def forget(self, handle: Any, *, job: bool, objects: bool) -> None:
        assert job
        assert objects
        self.done.append(("forget", handle["id"]))


@dataclass
class Passes:
    world: World
    clock: ManualClock
    directory: Path
    log: list[str] = field(default_factory=list)

    def quantum_job(self, slurm_job: int, name: str | None = None, status: str = "Running") -> None:
        job_id = name or f"q{slurm_job}"
        where = {"type": "ibmcloud_cos", "object_name": f"lab/1000/{slurm_job}.0/params:{job_id}"}
        document = {
            "id": job_id,
            "backend": "ibm_x",
            "program_id": "sampler",
            "status": status,
            "created_time": rfc3339(self.clock.wall()),
            "storage": {"input": where},
        }
        self.world.states.append(parse_job(document))

    def upload(self, slurm_job: int, name: str | None = None) -> None:
        object_name = name or f"jobs/lab/1000/{slurm_job}.0/params:q{slurm_job}"
        self.world.uploads.append(UnfinishedUpload(object_name, f"u{slurm_job}", self.clock.wall()))

    def __call__(self, execute: bool = True) -> Sequence[JudgedJob]:
        service = cast(Any, self.world)
        state, markers = self.directory / "reap.json", self.directory / "ended"
        return one_pass(Reaper(service, self.world, self.clock, state, markers, execute, self.log.append))


@pytest.fixture
def passes(tmp_path: Path) -> Passes:
    clock = ManualClock()
    clock.advance(100_000)  # the machine has been up for a while
    return Passes(World(), clock, tmp_path)


def test_two_passes_10_minutes_apart_cancel_a_job_whose_slurm_job_is_gone(passes: Passes) -> None:
    passes.quantum_job(7)
    assert [finding.verdict.action for finding in passes()] == [ReapAction.WAIT]
    passes.clock.advance(600)
    assert [(finding.verdict.action, finding.done) for finding in passes()] == [(ReapAction.CANCEL, True)]
    assert passes.world.done == [("cancel", "q7"), ("unstage", "q7 of lab/1000/7.0")]
    assert [line for line in passes.log if line.startswith("q7 of lab/1000/7.0: cancelled")] == passes.log


def test_a_set_time_of_day_is_no_time_that_has_passed(passes: Passes) -> None:
    passes.quantum_job(7)
    passes()
    passes.clock.set_wall(passes.clock.wall() + 86400)
    assert [finding.verdict.action for finding in passes()] == [ReapAction.WAIT]


def test_a_slurm_job_seen_in_between_begins_the_time_anew(passes: Passes) -> None:
    passes.quantum_job(7)
    passes()
    passes.clock.advance(600)
    passes.world.slurm_jobs.append(SlurmJob(7, "RUNNING", 0))
    passes()
    passes.world.slurm_jobs.pop()
    passes()
    assert passes.world.done == []


def test_what_was_seen_before_a_reboot_does_not_count(passes: Passes) -> None:
    passes.quantum_job(7)
    passes()
    passes.clock.advance(600)
    state = passes.directory / "reap.json"
    document = state.read_text()
    start = document.index('"boot_id": "') + len('"boot_id": "')
    state.write_text(document[:start] + "another" + document[start + 7 :])
    passes()
    assert passes.world.done == []


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": "direct-access/reaper/v1", "since": 3}'])
def test_a_broken_state_file_counts_as_none(passes: Passes, content: str) -> None:
    passes.quantum_job(7)
    (passes.directory / "reap.json").write_text(content)
    assert [finding.verdict.action for finding in passes()] == [ReapAction.WAIT]


def test_a_new_job_of_an_id_that_was_seen_is_seen_for_the_first_time(passes: Passes) -> None:
    passes.quantum_job(7)
    passes()
    passes.clock.advance(600)
    passes.world.states.clear()
    passes.quantum_job(7)
    passes()
    assert passes.world.done == []


def test_without_execute_nothing_is_done(passes: Passes) -> None:
    passes.quantum_job(7)
    passes(execute=False)
    passes.clock.advance(600)
    assert [(f.verdict.action, f.done) for f in passes(execute=False)] == [(ReapAction.CANCEL, False)]
    assert passes.world.done == []


def test_one_pass_cancels_three_jobs_at_most(passes: Passes) -> None:
    for slurm_job in range(1, 6):
        passes.quantum_job(slurm_job)
    passes()
    passes.clock.advance(600)
    passes()
    assert len(passes.world.cancelled()) == MOST_CANCELS == 3
    for state in passes.world.states[:3]:
        passes.world.detached[state.id] = passes.clock.wall() + 1e6
    passes()
    assert passes.world.cancelled() == ["q1", "q2", "q3", "q4", "q5"]


def test_slurm_without_any_job_is_not_believed_while_jobs_run(passes: Passes) -> None:
    passes.quantum_job(7)
    passes.world.slurm_jobs.clear()
    with pytest.raises(UnavailableError):
        passes()


def test_slurm_without_any_job_is_believed_where_no_job_of_its_runs(passes: Passes) -> None:
    passes.quantum_job(7, status="Completed")
    passes.world.slurm_jobs.clear()
    assert [finding.verdict.action for finding in passes()] == [ReapAction.LEAVE]


def test_quantum_jobs_and_uploads_are_asked_for_before_slurm_jobs(passes: Passes) -> None:
    passes()
    assert passes.world.asked == ["quantum jobs", "uploads", "slurm jobs"]


def test_a_job_left_on_purpose_is_deleted_once_its_time_has_passed(passes: Passes) -> None:
    passes.quantum_job(7, status="Completed")
    passes.world.detached["q7"] = passes.clock.wall() + 3600
    passes()
    passes.clock.advance(3601)
    passes()
    passes.clock.advance(600)
    assert [finding.verdict.action for finding in passes()] == [ReapAction.DELETE]
    assert passes.world.done == [("forget", "q7")]


def test_a_store_that_does_not_answer_leaves_its_jobs_alone(passes: Passes) -> None:
    passes.quantum_job(7)
    passes.world.failing["detached_until"] = UnavailableError("no answer")
    passes()
    passes.clock.advance(600)
    assert [finding.verdict.action for finding in passes()] == [ReapAction.LEAVE]


def test_a_job_that_cannot_be_cancelled_keeps_no_other_from_it(passes: Passes) -> None:
    passes.quantum_job(7)
    passes.quantum_job(8)
    passes.world.failing["q7"] = NotFoundError("gone")
    passes()
    passes.clock.advance(600)
    assert [finding.done for finding in passes()] == [False, True]


def marker(passes: Passes, mode: int = 0o700) -> Path:
    directory = passes.directory / "ended"
    directory.mkdir(exist_ok=True)
    directory.chmod(mode)
    path = directory / "7.0"
    end = passes.clock.wall() + 1
    path.write_text(
        f"cluster=lab\njob_id=7\narray_job_id=\narray_task_id=\nrestart_count=0\nend_time={end:.0f}\n"
    )
    return path


def test_a_marker_makes_one_pass_enough(passes: Passes) -> None:
    passes.quantum_job(7)
    marker(passes)
    passes()
    assert passes.world.cancelled() == ["q7"]


@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_markers_that_anybody_could_have_written_are_refused(passes: Passes, mode: int) -> None:
    passes.quantum_job(7)
    marker(passes, mode)
    with pytest.raises(ConfigurationError):
        passes()
    assert passes.world.done == []


@pytest.mark.parametrize("spoil", [lambda text: "", lambda text: text.replace("restart_count=0\n", "")])
def test_half_a_marker_is_none(passes: Passes, spoil: Callable[[str], str]) -> None:
    passes.quantum_job(7)
    path = marker(passes)
    path.write_text(spoil(path.read_text()))
    assert [finding.verdict.action for finding in passes()] == [ReapAction.WAIT]


def test_old_markers_are_removed(passes: Passes) -> None:
    path = marker(passes)
    passes.clock.set_wall(path.stat().st_mtime + KEPT_SECS - 5)
    passes()
    assert path.exists()
    passes.clock.advance(10)
    passes(execute=False)
    assert path.exists()
    passes()
    assert not path.exists()


def test_observations_that_cannot_be_kept_are_an_error(passes: Passes) -> None:
    passes.directory = passes.directory / "missing"
    with pytest.raises(LocalStorageError):
        passes()


def test_two_passes_10_minutes_apart_abort_an_upload_whose_slurm_job_is_gone(passes: Passes) -> None:
    passes.upload(7)
    passes()
    passes.clock.advance(599)
    passes()
    assert passes.world.done == []
    passes.clock.advance(1)
    passes()
    assert passes.world.done == [("abort", "u7")]
    reason = "its Slurm job is gone and nobody left it on purpose"
    assert passes.log == [f"jobs/lab/1000/7.0/params:q7: its upload was aborted, {reason}"]


@pytest.mark.parametrize(
    "name",
    [
        "lab/1000/99.0/params:q99",  # its Slurm job runs
        "other/1000/7.0/params:q7",  # of another cluster
        "lab/1000/local.0/params:q7",  # of a run outside Slurm
        "lab/1000/7.0/results:q7",  # the quantum system's own
        "params.json",
    ],
)
def test_an_upload_is_left_alone_that_somebody_may_go_on_with(passes: Passes, name: str) -> None:
    passes.upload(7, name)
    for _ in range(2):
        passes()
        passes.clock.advance(600)
    assert passes.world.done == []


def test_uploads_are_left_alone_by_a_slurm_that_knows_no_job(passes: Passes) -> None:
    passes.upload(7)
    passes.world.slurm_jobs.clear()
    for _ in range(2):
        passes()
        passes.clock.advance(600)
    assert passes.world.done == []


def test_without_execute_an_upload_is_only_told_of(passes: Passes) -> None:
    passes.upload(7)
    passes(execute=False)
    passes.clock.advance(600)
    passes(execute=False)
    assert passes.world.done == []
    assert ["its upload would be aborted" in line for line in passes.log] == [True]


@pytest.mark.parametrize("failing", ["uploads", "u7"])
def test_a_store_that_refuses_ends_no_pass(passes: Passes, failing: str) -> None:
    passes.upload(7)
    passes.quantum_job(8)
    passes.world.failing[failing] = UnavailableError("out of order")
    passes()
    passes.clock.advance(600)
    passes()
    assert passes.world.cancelled() == ["q8"]
    assert any("out of order" in line for line in passes.log)
