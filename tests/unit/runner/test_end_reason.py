"""The decision at TERM, from records as Slurm 22.05 and 24.11 print them."""

from __future__ import annotations

import os
import signal
import stat
import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.runner import slurm_query
from direct_access.runner.end_reason import UNKNOWN, EndReason, Fate, end_reason, parse_record
from direct_access.slurm_env import SlurmEnv

NOW = datetime(2026, 2, 15, 12, 0, 0).timestamp()
CANCELLED = EndReason("cancelled", Fate.CANCEL)
REQUEUED = EndReason("requeued", Fate.LEAVE)
PREEMPTED = EndReason("preempted", Fate.LEAVE)
TIME_LIMIT = EndReason("time limit", Fate.LEAVE)
NODE_FAILURE = EndReason("node failure", Fate.LEAVE)
SIGNALLED = EndReason("signalled", Fate.CANCEL)


def line(fields: str, job_id: int = 5, job_name: str = "bell", comment: str = "") -> str:
    """Return a line of ``scontrol -o show job`` with these fields in the middle."""
    return (
        f"JobId={job_id} JobName={job_name} UserId=alice(1000) GroupId=alice(1000) MCS_label=N/A "
        f"Priority=4294901758 Nice=0 Account=(null) QOS=(null) {fields} BatchFlag=1 Reboot=0 "
        "ExitCode=0:0 TimeLimit=00:10:00 TimeMin=N/A SubmitTime=2026-02-15T11:50:00 Deadline=N/A "
        "SuspendTime=None SecsPreSuspend=0 Partition=debug ReqNodeList=(null) NumNodes=1 NumCPUs=1 "
        f"Command=/home/alice/job.sh WorkDir=/home/alice Comment={comment}\n"
    )


def reason(output: str, restart_count: int = 0, on_time_limit: Fate = Fate.LEAVE) -> EndReason:
    return end_reason(parse_record(output, 5), restart_count, on_time_limit, NOW)


COMPLETING = "JobState=COMPLETING Reason={} Dependency=(null) Requeue=1 Restarts={} RunTime={} {}"
PREEMPTED_NOW = "PreemptEligibleTime=2026-02-15T11:58:00 PreemptTime=2026-02-15T12:00:00"
NOT_PREEMPTED = "PreemptEligibleTime=2026-02-15T11:58:00 PreemptTime=None"
ENDS_LATER = "StartTime=2026-02-15T11:58:00 EndTime=2026-02-15T13:00:00"
ENDS_NOW = "StartTime=2026-02-15T11:58:00 EndTime=2026-02-15T12:00:00"

CASES = {
    "scancel": (COMPLETING.format("None", 0, "00:00:03", ENDS_NOW), CANCELLED),
    "scancel, 24.11": (COMPLETING.format("None", 0, "00:00:03", f"{ENDS_NOW} {NOT_PREEMPTED}"), CANCELLED),
    "time limit": (COMPLETING.format("TimeLimit", 0, "00:01:15", ENDS_NOW), TIME_LIMIT),
    "requeue": (COMPLETING.format("None", 1, "00:00:00", "StartTime=2026-02-15T12:00:00"), REQUEUED),
    "requeue, later": (
        COMPLETING.format("None", 1, "00:00:00", "StartTime=Unknown EndTime=Unknown"),
        REQUEUED,
    ),
    "requeuehold": (COMPLETING.format("job_requeued_in_held_state", 1, "00:00:00", ""), REQUEUED),
    "preempt, requeue": (COMPLETING.format("None", 1, "00:00:00", ""), REQUEUED),
    "preempt, requeue, 24.11": (COMPLETING.format("None", 1, "00:00:00", NOT_PREEMPTED), REQUEUED),
    "preempt, cancel": (COMPLETING.format("None", 0, "00:00:09", f"{ENDS_NOW} {PREEMPTED_NOW}"), PREEMPTED),
    "preempt with grace, step, at its start": (
        f"JobState=RUNNING Reason=None Restarts=0 {PREEMPTED_NOW} EndTime=2026-02-15T12:00:20",
        PREEMPTED,
    ),
    "node down, requeue": ("JobState=PENDING Reason=None Restarts=1 NodeList=", REQUEUED),
    "node down, requeue, later": ("JobState=PENDING Reason=BeginTime Restarts=1 NodeList=", REQUEUED),
    "node down, no requeue": ("JobState=NODE_FAIL Reason=NodeDown Requeue=0 Restarts=0", NODE_FAILURE),
    "scancel -f -s TERM": (f"JobState=RUNNING Reason=None Restarts=0 {ENDS_LATER}", SIGNALLED),
    "--signal=TERM@60": (
        "JobState=RUNNING Reason=None Restarts=0 EndTime=2026-02-15T12:01:00",
        TIME_LIMIT,
    ),
    "timed out": ("JobState=TIMEOUT Reason=TimeLimit Restarts=0", TIME_LIMIT),
    "deadline": ("JobState=DEADLINE Reason=None Restarts=0", TIME_LIMIT),
    "cancelled": ("JobState=CANCELLED Reason=None Restarts=0", CANCELLED),
    "a state of the future": ("JobState=TELEPORTING Reason=None Restarts=0", UNKNOWN),
    "no state": ("Reason=None", UNKNOWN),
}


@pytest.mark.parametrize(("fields", "meant"), CASES.values(), ids=CASES)
def test_slurms_record_says_why(fields: str, meant: EndReason) -> None:
    assert reason(line(fields)) == meant


def test_a_second_life_that_is_cancelled_is_cancelled_not_requeued() -> None:
    assert reason(line(COMPLETING.format("None", 1, "00:00:09", "")), restart_count=1) == CANCELLED


def test_a_second_life_that_is_requeued_again_is_requeued() -> None:
    assert reason(line(COMPLETING.format("None", 2, "00:00:00", "")), restart_count=1) == REQUEUED


@pytest.mark.parametrize(
    "fields", [CASES[name][0] for name in ("time limit", "timed out", "--signal=TERM@60")]
)
def test_at_the_time_limit_the_users_wish_counts(fields: str) -> None:
    assert reason(line(fields), on_time_limit=Fate.CANCEL) == EndReason("time limit", Fate.CANCEL)


@pytest.mark.parametrize(
    ("end_time", "meant"),
    [
        ("2026-02-15T12:02:00", TIME_LIMIT),
        ("2026-02-15T12:02:01", SIGNALLED),
        ("2026-02-15T11:59:00", TIME_LIMIT),
        (f"{NOW + 120:.0f}", TIME_LIMIT),
        (f"{NOW + 121:.0f}", SIGNALLED),
        ("Unknown", SIGNALLED),
        ("", SIGNALLED),
    ],
)
def test_a_running_job_ends_soon_within_two_minutes(end_time: str, meant: EndReason) -> None:
    assert reason(line(f"JobState=RUNNING Reason=None Restarts=0 EndTime={end_time}")) == meant


def test_no_answer_leaves_the_quantum_job() -> None:
    assert end_reason(None, 0, Fate.CANCEL, NOW) == EndReason("unknown", Fate.LEAVE)


def test_the_last_task_of_an_array_finds_its_own_line() -> None:
    tasks = [
        line(COMPLETING.format("TimeLimit", 0, "00:01:15", ""), job_id=6).replace(
            "JobId=6", "JobId=6 ArrayJobId=5 ArrayTaskId=0"
        ),
        line(COMPLETING.format("None", 0, "00:01:15", "")).replace(
            "JobId=5", "JobId=5 ArrayJobId=5 ArrayTaskId=3"
        ),
        line("JobState=RUNNING Reason=None Restarts=0", job_id=55),
    ]
    assert reason("".join(tasks)) == CANCELLED
    assert reason("".join(reversed(tasks))) == CANCELLED


@pytest.mark.parametrize(
    "output", ["", "\n", "slurm_load_jobs error: Invalid job id specified\n", "JobId=51 UserId=a"]
)
def test_an_answer_about_no_job_of_ours_is_none(output: str) -> None:
    assert parse_record(output, 5) is None


@pytest.mark.parametrize(
    "text", ["Restarts=9", "x JobState=RUNNING PreemptTime=now Reason=TimeLimit", "a=b c= d"]
)
def test_texts_that_users_choose_decide_nothing(text: str) -> None:
    scancelled = CASES["scancel"][0]
    assert reason(line(scancelled, comment=text)) == CANCELLED
    assert reason(line(scancelled, job_name=text)) == CANCELLED


@given(st.text())
def test_no_answer_whatever_is_an_exception(output: str) -> None:
    assert end_reason(parse_record(f"JobId=5 JobName=x UserId=a {output}", 5), 0, Fate.LEAVE, NOW)


JOB = SlurmEnv(cluster="alps", job_id=5)


@pytest.fixture
def scontrol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command ``scontrol`` of our own, first in PATH; the test writes what it does."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "scontrol"


def write_script(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_slurm_is_asked_for_one_line_about_our_job(scontrol: Path) -> None:
    write_script(scontrol, f'[ "$*" = "-o show job 5" ] && cat <<E\n{line(CASES["requeue"][0])}E')
    assert slurm_query.why_ended(JOB) == REQUEUED


def test_times_are_asked_for_in_seconds_whatever_the_user_prefers(
    scontrol: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_TIME_FORMAT", "relative")
    write_script(scontrol, 'echo "JobId=5 UserId=a(1) EndTime=$SLURM_TIME_FORMAT Command=x"')
    record = slurm_query.show_job(5).record
    assert record is not None
    assert record["EndTime"] == "%s"


def test_outside_slurm_nobody_is_asked(scontrol: Path) -> None:
    write_script(scontrol, "touch asked")
    assert slurm_query.why_ended(SlurmEnv()) == UNKNOWN
    assert not Path("asked").exists()


@pytest.mark.parametrize(
    "script",
    [
        "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1",
        f"cat <<E\n{line(CASES['scancel'][0])}E\nexit 1",
        "kill -KILL $$",
        "head -c 100000 /dev/urandom",
        ":",
    ],
)
def test_a_question_that_fails_leaves_the_quantum_job(scontrol: Path, script: str) -> None:
    write_script(scontrol, script)
    assert slurm_query.why_ended(JOB) == UNKNOWN


def test_without_scontrol_the_quantum_job_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert slurm_query.why_ended(JOB) == UNKNOWN


def test_a_controller_that_does_not_answer_is_not_waited_for(
    scontrol: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slurm_query, "ANSWER_SECS", 0.2)
    write_script(scontrol, "exec sleep 60")
    begun = time.monotonic()
    assert slurm_query.why_ended(JOB) == UNKNOWN
    assert time.monotonic() - begun < 10


def test_a_name_that_is_no_utf_8_is_no_obstacle(scontrol: Path) -> None:
    write_script(scontrol, f"printf '{line(CASES['scancel'][0]).strip()} Extra=\\377\\n'")
    assert slurm_query.why_ended(JOB) == CANCELLED


def test_a_second_term_does_not_reach_the_question(scontrol: Path) -> None:
    write_script(scontrol, f"kill -TERM $$; cat <<E\n{line(CASES['scancel'][0])}E")
    assert slurm_query.why_ended(JOB) == CANCELLED
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
