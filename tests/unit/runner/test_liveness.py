"""Whether the owner of a run directory lives: seen, told by Slurm, or by its own answer."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from direct_access.clock import ManualClock, start_ticks
from direct_access.errors import OutputError, SignalError
from direct_access.runner import owner as owners
from direct_access.runner.bounds import Bounds
from direct_access.runner.control import Control
from direct_access.runner.liveness import Liveness
from direct_access.runner.owner import ANSWERED, ASKED, DIRECTORY_NAME, OwnerRecord
from direct_access.runner.owner_ping import OwnerWatch, PingAnswers
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.job_query import JobAnswer
from direct_access.slurm.jobs import SlurmJob

from .conftest import Told

OUTSIDE = SlurmEnv()
IN_JOB = SlurmEnv(cluster="alps", job_id=7, step_id=0)
ELSEWHERE = SlurmEnv(cluster="alps", job_id=8)
PING_SECS = Bounds.ping_secs
NO_ANSWER = JobAnswer()
UNKNOWN_JOB = JobAnswer(unknown_job=True)


class Answered(ManualClock):
    """A clock on which something happens while somebody waits."""

    def __init__(self, turn: Callable[[], object]) -> None:
        super().__init__()
        self._turn = turn

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self._turn()
        return super().wait(event, seconds)


def told(state: str, restarts: int = 0) -> JobAnswer:
    return JobAnswer(SlurmJob(7, state, restarts))


def own(directory: Path, slurm: SlurmEnv = OUTSIDE, **changes: object) -> OwnerRecord:
    """Let a process own a directory."""
    record = dataclasses.replace(owners.this_process(slurm), **changes)  # type: ignore[arg-type]
    assert owners.take(directory, record, None)
    return record


def judge(
    slurm: SlurmEnv = OUTSIDE,
    answer: JobAnswer = NO_ANSWER,
    cluster: str | None = None,
    clock: ManualClock | None = None,
    **changes: object,
) -> Liveness:
    return Liveness(
        slurm,
        clock or ManualClock(),
        show_job=lambda job_id: answer,
        cluster_name=lambda: cluster,
        **changes,  # type: ignore[arg-type]
    )


def forbidden(*_: object) -> JobAnswer:
    raise AssertionError("Slurm was asked")


def ended_process() -> int:
    """Return the pid of a process that has just ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_this_process_is_alive(tmp_path: Path) -> None:
    assert judge().status_of(tmp_path, own(tmp_path)).is_alive


def test_a_process_that_ended_is_dead(tmp_path: Path) -> None:
    assert not judge().status_of(tmp_path, own(tmp_path, pid=ended_process())).is_alive


def test_a_process_that_nobody_waited_for_is_dead(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    ticks = start_ticks(child)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert not judge().status_of(tmp_path, own(tmp_path, pid=child, start_ticks=ticks or 0)).is_alive
    os.waitpid(child, 0)


def test_another_process_with_the_same_pid_is_another_process(tmp_path: Path) -> None:
    assert not judge().status_of(tmp_path, own(tmp_path, start_ticks=1)).is_alive


def test_a_process_before_the_last_boot_is_dead(tmp_path: Path) -> None:
    assert not judge().status_of(tmp_path, own(tmp_path, boot_id="5a1e")).is_alive


def test_a_visible_process_costs_no_question(tmp_path: Path) -> None:
    liveness = Liveness(ELSEWHERE, show_job=forbidden)
    assert liveness.status_of(tmp_path, own(tmp_path, IN_JOB)).is_alive


def test_a_pid_of_another_pid_namespace_says_nothing(tmp_path: Path) -> None:
    inside = own(tmp_path, pid_namespace=1, pid=ended_process())
    answering = PingAnswers(tmp_path, inside, Control(), PING_SECS)
    assert judge(clock=Answered(answering.answer_once)).status_of(tmp_path, inside).is_alive


def test_an_earlier_life_of_our_slurm_job_is_over_on_whatever_host(tmp_path: Path) -> None:
    before = own(tmp_path, IN_JOB, host="elsewhere")
    requeued = dataclasses.replace(IN_JOB, restart_count=1)
    assert not Liveness(requeued, show_job=forbidden).status_of(tmp_path, before).is_alive


@pytest.mark.parametrize("state", ["RUNNING", "COMPLETING", "SUSPENDED", "CONFIGURING", "STAGE_OUT", "?"])
def test_the_process_of_a_slurm_job_that_goes_on_is_alive(tmp_path: Path, state: str) -> None:
    status = judge(ELSEWHERE, told(state)).status_of(tmp_path, own(tmp_path, IN_JOB, host="elsewhere"))
    assert (status.is_alive, status.why) == (True, f"its Slurm job 7 is {state}")


@pytest.mark.parametrize(
    "answer",
    [
        UNKNOWN_JOB,
        told("RUNNING", restarts=1),
        told("COMPLETING", restarts=1),
        told("PENDING", restarts=1),
        *map(
            told, ["COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY"]
        ),
    ],
)
def test_the_process_of_a_slurm_job_that_is_over_is_dead(tmp_path: Path, answer: JobAnswer) -> None:
    assert not judge(ELSEWHERE, answer).status_of(tmp_path, own(tmp_path, IN_JOB, host="elsewhere")).is_alive


def test_a_slurm_job_in_its_second_life_is_compared_with_that_life() -> None:
    assert not told("RUNNING", restarts=1).has_no_process_of(1)
    assert told("RUNNING", restarts=2).has_no_process_of(1)


def test_where_slurm_gives_no_answer_the_owner_counts_as_alive(tmp_path: Path) -> None:
    status = judge(ELSEWHERE, NO_ANSWER).status_of(tmp_path, own(tmp_path, IN_JOB, host="elsewhere"))
    assert (status.is_alive, status.why) == (True, "Slurm gave no answer about its job 7")


def test_outside_a_slurm_job_slurm_is_believed_if_it_is_the_same_cluster(tmp_path: Path) -> None:
    clock = ManualClock()
    owner = own(tmp_path, IN_JOB, host="elsewhere")
    assert not judge(OUTSIDE, UNKNOWN_JOB, cluster="alps", clock=clock).status_of(tmp_path, owner).is_alive
    assert clock.boottime() == 0


@pytest.mark.parametrize("cluster", [None, "other"])
def test_a_job_that_another_cluster_may_have_meant_is_no_proof(tmp_path: Path, cluster: str | None) -> None:
    owner = own(tmp_path, IN_JOB, host="elsewhere")
    answering = PingAnswers(tmp_path, owner, Control(), PING_SECS)
    clock = Answered(answering.answer_once)
    assert judge(OUTSIDE, UNKNOWN_JOB, cluster=cluster, clock=clock).status_of(tmp_path, owner).is_alive


def test_an_owner_that_answers_is_alive(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    told = Told()
    clock = Answered(PingAnswers(tmp_path, owner, Control(), PING_SECS).answer_once)
    status = judge(clock=clock, reporter=told).status_of(tmp_path, owner)
    assert (status.is_alive, status.why) == (True, "it answered")
    assert told.lines == [f"owner: asking {owner.place} whether it still runs, for at most 60 s"]


def test_an_owner_that_is_silent_for_a_minute_is_dead(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    clock = ManualClock()
    assert not judge(clock=clock).status_of(tmp_path, owner).is_alive
    assert Bounds.silent_secs <= clock.boottime() <= Bounds.silent_secs + 2


def test_nobody_waits_twice_for_the_same_dead_owner(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    clock = ManualClock()
    liveness = judge(clock=clock)
    liveness.status_of(tmp_path, owner)
    before = clock.boottime()
    assert not liveness.status_of(tmp_path, owner).is_alive
    assert clock.boottime() == before


def test_time_in_which_we_were_stopped_is_no_silence(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    answering = PingAnswers(tmp_path, owner, Control(), PING_SECS)
    clock = ManualClock()
    waits: list[float] = []

    def stopped_for_an_hour() -> None:
        waits.append(clock.boottime())
        if len(waits) == 2:
            clock.advance(3600)
        if len(waits) == 4:
            answering.answer_once()

    watching = Answered(stopped_for_an_hour)
    assert judge(clock=watching).status_of(tmp_path, owner).is_alive


def test_an_owner_that_gives_up_meanwhile_is_waited_for_no_longer(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    clock = Answered(lambda: owners.release(tmp_path))
    assert not judge(clock=clock).status_of(tmp_path, owner).is_alive
    assert clock.boottime() <= 1


def test_waiting_for_a_sign_can_be_interrupted(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    control = Control()
    clock = Answered(lambda: control.end(SignalError("ended")))
    with pytest.raises(SignalError):
        judge(clock=clock, control=control).status_of(tmp_path, owner)


def test_who_only_plans_never_waits(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    clock = ManualClock()
    assert judge(clock=clock, may_watch=False).status_of(tmp_path, owner).is_alive
    assert clock.boottime() == 0
    assert (tmp_path / DIRECTORY_NAME / ASKED).read_bytes() == b""


def test_an_owner_that_cannot_be_asked_counts_as_alive(tmp_path: Path) -> None:
    owner = own(tmp_path, host="elsewhere")
    (tmp_path / DIRECTORY_NAME / ASKED).unlink()
    (tmp_path / DIRECTORY_NAME / ASKED).mkdir()
    assert "cannot be asked" in judge().status_of(tmp_path, owner).why


def test_nothing_is_written_while_nobody_asks(tmp_path: Path) -> None:
    answering = PingAnswers(tmp_path, own(tmp_path), Control(), PING_SECS)
    for _ in range(10):
        answering.answer_once()
    assert (tmp_path / DIRECTORY_NAME / ANSWERED).read_bytes() == b""


def test_each_question_is_answered_once(tmp_path: Path) -> None:
    answering = PingAnswers(tmp_path, own(tmp_path), Control(), PING_SECS)
    answers = set()
    for _ in range(3):
        OwnerWatch(tmp_path, Bounds.silent_secs).check(0.0)
        for _ in range(2):
            answering.answer_once()
            answers.add((tmp_path / DIRECTORY_NAME / ANSWERED).read_bytes())
    assert len(answers) == 3


def test_a_living_owner_answers_well_before_it_counts_as_dead() -> None:
    assert 3 * Bounds.ping_secs < Bounds.silent_secs


def test_a_superseded_owner_learns_it_when_it_looks_for_questions(tmp_path: Path) -> None:
    first = own(tmp_path)
    owners.take(tmp_path, owners.this_process(OUTSIDE), first)
    with pytest.raises(OutputError, match="another process has taken over"):
        PingAnswers(tmp_path, first, Control(), PING_SECS).answer_once()


def test_a_superseded_owner_is_ended_wherever_it_waits(tmp_path: Path) -> None:
    first, control = own(tmp_path), Control()
    answering = PingAnswers(tmp_path, first, control, ping_secs=0.01)
    answering.start()
    owners.take(tmp_path, owners.this_process(OUTSIDE), first)
    assert control.stop.wait(30)
    with pytest.raises(OutputError, match="another process has taken over"):
        control.check()
