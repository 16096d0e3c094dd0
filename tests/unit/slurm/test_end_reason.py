"""The decision at TERM, from records as Slurm 22.05 and 24.11 print them."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from direct_access.slurm import job_query
from direct_access.slurm.end_reason import UNKNOWN, EndReason, Fate, end_reason
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.jobs import parse_jobs
from tests.support.squeue import job_line

NOW = datetime(2026, 2, 15, 12, 0, 0).timestamp()
CANCELLED = EndReason("cancelled", Fate.CANCEL)
REQUEUED = EndReason("requeued", Fate.LEAVE)
PREEMPTED = EndReason("preempted", Fate.LEAVE)
TIME_LIMIT = EndReason("time limit", Fate.LEAVE)
NODE_FAILURE = EndReason("node failure", Fate.LEAVE)
SIGNALLED = EndReason("signalled", Fate.CANCEL)


def reason(output: str, restart_count: int = 0, on_time_limit: Fate = Fate.LEAVE) -> EndReason:
    """Return the decision on the first job of an answer."""
    return end_reason(parse_jobs(output)[0], restart_count, on_time_limit, NOW)


NOON = f"{NOW:.0f}"
COMPLETING = "JobState=COMPLETING Reason={} Restarts={}"
PREEMPTED_NOW = f"PreemptTime={NOON}"
ENDS_LATER = f"StartTime={NOW - 120:.0f} EndTime={NOW + 3600:.0f}"
ENDS_NOW = f"StartTime={NOW - 120:.0f} EndTime={NOON}"
LAST_MINUTE = f"StartTime={NOW - 120:.0f} TimeLimit=3:00 EndTime={NOON}"

CASES = {
    "scancel": (f"{COMPLETING.format('None', 0)} {ENDS_NOW}", CANCELLED),
    "scancel in the last minute": (f"{COMPLETING.format('None', 0)} {LAST_MINUTE}", CANCELLED),
    "--signal=B:TERM@60, a shell without trap": (
        f"{COMPLETING.format('JobLaunchFailure', 0)} ExitCode=15 {LAST_MINUTE}",
        TIME_LIMIT,
    ),
    "scancel -b": (
        f"{COMPLETING.format('JobLaunchFailure', 0)} ExitCode=9 {ENDS_NOW} TimeLimit=1-00:00:00",
        CANCELLED,
    ),
    "the batch script fails, no time limit": (f"{COMPLETING.format('None', 0)} ExitCode=1:0", CANCELLED),
    "time limit": (f"{COMPLETING.format('TimeLimit', 0)} {ENDS_NOW}", TIME_LIMIT),
    "requeue": (f"{COMPLETING.format('None', 1)} StartTime={NOON}", REQUEUED),
    "requeue, later": (COMPLETING.format("None", 1), REQUEUED),
    "preempt, cancel": (f"{COMPLETING.format('None', 0)} {ENDS_NOW} {PREEMPTED_NOW}", PREEMPTED),
    "preempt with grace, step, at its start": (f"{PREEMPTED_NOW} EndTime={NOW + 20:.0f}", PREEMPTED),
    "node down, requeue": ("JobState=PENDING Restarts=1", REQUEUED),
    "node down, requeue, later": ("JobState=PENDING Reason=BeginTime Restarts=1", REQUEUED),
    "node down, no requeue": ("JobState=NODE_FAIL Reason=NodeDown", NODE_FAILURE),
    "scancel -f -s TERM": (ENDS_LATER, SIGNALLED),
    "--signal=TERM@60": (f"EndTime={NOW + 60:.0f}", TIME_LIMIT),
    "--signal=B:TERM@60, asked while the signal is sent": (
        f"JobState=SIGNALING EndTime={NOW + 60:.0f}",
        TIME_LIMIT,
    ),
    "scancel -b -s TERM, asked while the signal is sent": (f"JobState=SIGNALING {ENDS_LATER}", SIGNALLED),
    "timed out": ("JobState=TIMEOUT Reason=TimeLimit", TIME_LIMIT),
    "deadline": ("JobState=DEADLINE", TIME_LIMIT),
    "cancelled": ("JobState=CANCELLED", CANCELLED),
    "a state of the future": ("JobState=TELEPORTING", UNKNOWN),
    "no state": ("JobState=", UNKNOWN),
}


@pytest.mark.parametrize(("fields", "meant"), CASES.values(), ids=CASES)
def test_slurms_record_says_why(fields: str, meant: EndReason) -> None:
    assert reason(job_line(fields)) == meant


def test_a_second_life_that_is_cancelled_is_cancelled_not_requeued() -> None:
    assert reason(job_line(COMPLETING.format("None", 1)), restart_count=1) == CANCELLED


def test_a_second_life_that_is_requeued_again_is_requeued() -> None:
    assert reason(job_line(COMPLETING.format("None", 2)), restart_count=1) == REQUEUED


@pytest.mark.parametrize("fields", [fields for fields, meant in CASES.values() if meant == TIME_LIMIT])
def test_at_the_time_limit_the_users_wish_counts(fields: str) -> None:
    assert reason(job_line(fields), on_time_limit=Fate.CANCEL) == EndReason("time limit", Fate.CANCEL)


@pytest.mark.parametrize(
    ("end_time", "meant"),
    [
        (f"{NOW + 120:.0f}", TIME_LIMIT),
        (f"{NOW + 121:.0f}", SIGNALLED),
        (f"{NOW - 60:.0f}", TIME_LIMIT),
        ("2026-02-15T12:02:00", TIME_LIMIT),
        ("2026-02-15T12:02:01", SIGNALLED),
        ("N/A", SIGNALLED),
    ],
)
def test_a_running_job_ends_soon_within_two_minutes(end_time: str, meant: EndReason) -> None:
    assert reason(job_line(f"EndTime={end_time}")) == meant


def test_no_answer_leaves_the_quantum_job() -> None:
    assert end_reason(None, 0, Fate.CANCEL, NOW) == EndReason("unknown", Fate.LEAVE)


JOB = SlurmEnv(cluster="alps", job_id=5)


@pytest.fixture
def squeue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command ``squeue`` of our own, first in PATH; the test writes what it does."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "squeue"


def write_script(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_slurm_is_asked_about_our_job(squeue: Path) -> None:
    write_script(squeue, f'case "$*" in *--jobs=5\\ *) cat <<E\n{job_line(CASES["requeue"][0])}E\nesac')
    assert job_query.why_ended(JOB) == REQUEUED


def test_the_last_task_of_an_array_finds_its_own_line(squeue: Path) -> None:
    tasks = [
        job_line(f"{COMPLETING.format('TimeLimit', 0)} ArrayJobId=5 ArrayTaskId=0", job_id=6),
        job_line(f"{COMPLETING.format('None', 0)} ArrayTaskId=3"),
        job_line(job_id=55),
    ]
    for order in (tasks, tasks[::-1]):
        write_script(squeue, f"cat <<E\n{''.join(order)}E")
        assert job_query.why_ended(JOB) == CANCELLED


def test_what_a_user_prefers_to_see_changes_no_answer(squeue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_TIME_FORMAT", "relative")
    monkeypatch.setenv("SQUEUE_PARTITION", "gpu")
    monkeypatch.setenv("SLURM_CLUSTERS", "other")
    write_script(
        squeue, f"echo '{job_line('EndTime=@').strip()}' | sed \"s/@/$(date +$SLURM_TIME_FORMAT)/\"; env >env"
    )
    monkeypatch.chdir(squeue.parent)
    job = job_query.show_job(5).job
    assert job is not None
    assert job.end_time == pytest.approx(time.time(), abs=60)
    seen = Path("env").read_text()
    assert "SQUEUE_" not in seen
    assert "SLURM_CLUSTERS" not in seen


def test_outside_slurm_nobody_is_asked(squeue: Path) -> None:
    write_script(squeue, "touch asked")
    assert job_query.why_ended(SlurmEnv()) == UNKNOWN
    assert not Path("asked").exists()


@pytest.mark.parametrize(
    "script",
    [
        "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1",
        f"cat <<E\n{job_line(CASES['scancel'][0])}E\nexit 1",
        "kill -KILL $$",
        "head -c 100000 /dev/urandom",
        ":",
    ],
)
def test_a_question_that_fails_leaves_the_quantum_job(squeue: Path, script: str) -> None:
    write_script(squeue, script)
    assert job_query.why_ended(JOB) == UNKNOWN


def test_without_squeue_the_quantum_job_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert job_query.why_ended(JOB) == UNKNOWN


def test_a_controller_that_does_not_answer_is_not_waited_for(squeue: Path) -> None:
    write_script(squeue, "exec sleep 60")
    begun = time.monotonic()
    assert job_query.why_ended(JOB, answer_secs=0.2) == UNKNOWN
    assert time.monotonic() - begun < 10


def test_a_name_that_is_no_utf_8_is_no_obstacle(squeue: Path) -> None:
    write_script(squeue, f"printf '{job_line(CASES['scancel'][0] + ' Reason=@').strip()}\\n' | tr @ '\\377'")
    assert job_query.why_ended(JOB) == CANCELLED


SIGNALS_TO_ITSELF = f"""\
#!{sys.executable} -I
import os, signal
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    os.kill(os.getpid(), number)
print({{!r}} if os.getsid(0) == os.getpid() else "")
"""


def test_a_second_signal_does_not_reach_the_question(squeue: Path) -> None:
    """Neither one to each process, as linuxproc sends it, nor one to the process group."""
    squeue.write_text(SIGNALS_TO_ITSELF.format(job_line(CASES["scancel"][0])))
    squeue.chmod(0o755)
    assert job_query.why_ended(JOB) == CANCELLED
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()
