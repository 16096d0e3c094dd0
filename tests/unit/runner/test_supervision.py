"""Signals, sent to a process that runs a job."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from direct_access.runner import owner as owners
from direct_access.slurm.environment import SlurmEnv
from tests.support.squeue import job_line

from .conftest import Site

ROOT = Path(__file__).parents[3]
WAITING = "wait: Running"
SOON_SECS = 20


@dataclass
class Driven:
    """A process under way; ``told`` is what it printed so far."""

    process: subprocess.Popen[str]
    told: list[str]

    def until(self, text: str) -> None:
        """Read what it tells up to a line that begins with a text."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(line.rstrip())
            if line.startswith(text):
                return
        raise AssertionError(f"{text!r} never came: {self.told}")

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.process.send_signal(number)

    def ended(self) -> tuple[int, dict[str, Any]]:
        """Return exit status and report.

        What ``until`` read ahead of its line is in the buffer of the pipe, which ``communicate`` passes by.
        """
        assert self.process.stdout is not None
        self.told += self.process.stdout.read().splitlines()
        return self.process.wait(SOON_SECS), json.loads(self.told[-1])


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Callable[..., Driven]]:
    """Start the driver; keywords in capitals are variables of its environment."""
    started: list[subprocess.Popen[str]] = []

    def start(
        *, preexec: Callable[[], object] | None = None, path: Path | None = None, **options: str
    ) -> Driven:
        variables = {name: value for name, value in options.items() if name.isupper()}
        settings = [f"{name}={value}" for name, value in options.items() if not name.isupper()]
        search = f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.runner.signal_driver", str(tmp_path), *settings],
            cwd=ROOT,
            env={"PATH": search, "HOME": str(tmp_path), **variables},
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=preexec,
        )
        started.append(process)
        return Driven(process, [])

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def squeue(tmp_path: Path) -> Callable[[str], Path]:
    """Make a squeue that prints a record, in a directory for PATH."""

    def make(fields: str) -> Path:
        directory = tmp_path / "bin"
        directory.mkdir()
        script = directory / "squeue"
        record = job_line(fields, job_id=7).strip()
        script.write_text(f"#!/bin/sh\necho asked >> {tmp_path}/asked\necho '{record}'\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return directory

    return make


def test_a_task_that_follows_the_run_of_another_ends_without_a_question_to_slurm(
    drive: Callable[..., Driven], squeue: Callable[[str], Path], site: Site, tmp_path: Path
) -> None:
    directory = site.plan(SLURM_JOB_ID="7").base
    directory.mkdir()
    owner = owners.this_process(SlurmEnv(job_id=7))
    assert owners.take(directory, owner, None)
    driven = drive(SLURM_JOB_ID="7", path=squeue("JobState=COMPLETING Restarts=0"))
    driven.until("follow: ")
    driven.send(signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["calls"]) == (143, [])
    assert owners.current(directory) == owner
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_outside_slurm_a_signal_cancels_the_job_and_leaves_nothing(
    drive: Callable[..., Driven], number: signal.Signals
) -> None:
    driven = drive()
    driven.until(WAITING)
    driven.send(number)
    status, report = driven.ended()
    assert status == 128 + number
    assert report["calls"].count("cancel") == 1
    assert (report["jobs"], report["objects"]) == ([], 0)
    assert (report["step"], report["owned"]) == ("finished", False)
    assert report["journal_error"]["signal_number"] == number
    assert "advice" not in report["error"]
    assert "the quantum job was cancelled" in driven.told


def test_a_second_term_changes_nothing(drive: Callable[..., Driven]) -> None:
    driven = drive()
    driven.until(WAITING)
    driven.send(signal.SIGTERM, signal.SIGTERM, signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["jobs"], report["step"]) == (143, [], "finished")
    assert report["calls"].count("cancel") == 1


def test_ctrl_c_twice_changes_nothing(drive: Callable[..., Driven]) -> None:
    driven = drive()
    driven.until(WAITING)
    driven.send(signal.SIGINT)
    driven.until("signal: ")
    driven.send(signal.SIGINT)
    status, report = driven.ended()
    assert (status, report["jobs"]) == (130, [])


def test_a_terminal_that_is_closed_leaves_the_job(drive: Callable[..., Driven]) -> None:
    driven = drive()
    driven.until(WAITING)
    driven.send(signal.SIGHUP)
    status, report = driven.ended()
    assert (status, report["jobs"], report["step"]) == (129, ["Running"], "wait")
    assert report["error"]["advice"].startswith("direct-access collect ")
    assert not report["owned"]


def test_a_signal_that_was_ignored_at_the_start_stays_ignored(drive: Callable[..., Driven]) -> None:
    driven = drive(preexec=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    driven.until(WAITING)
    driven.send(signal.SIGHUP, signal.SIGUSR1)
    driven.until("job ")
    driven.send(signal.SIGTERM)
    assert driven.ended()[0] == 143


def test_usr1_tells_where_the_run_is_and_the_run_goes_on(drive: Callable[..., Driven]) -> None:
    driven = drive()
    driven.until(WAITING)
    for _ in range(2):
        driven.send(signal.SIGUSR1)
        driven.until("job ")
        assert ": wait since 20" in driven.told[-1]
    assert driven.process.poll() is None


def test_usr2_detaches_and_the_job_lives_on(drive: Callable[..., Driven], tmp_path: Path) -> None:
    driven = drive()
    driven.until(WAITING)
    driven.send(signal.SIGUSR2)
    status, report = driven.ended()
    assert (status, report["jobs"], report["step"]) == (124, ["Running"], "wait")
    assert report["error"]["advice"] == f"direct-access collect {tmp_path}/job-local"
    assert not report["owned"]


def test_detaching_while_the_backend_is_busy_says_that_no_job_exists(drive: Callable[..., Driven]) -> None:
    driven = drive(busy="yes")
    driven.until("again: ")
    driven.send(signal.SIGUSR2)
    status, report = driven.ended()
    assert (status, report["jobs"], report["objects"], report["step"]) == (75, [], 0, "upload")


@pytest.mark.parametrize("call", ["stage", "submit"])
def test_a_term_before_the_job_exists_leaves_nothing(drive: Callable[..., Driven], call: str) -> None:
    options = {"busy": "yes"} if call == "submit" else {"block": "stage"}
    driven = drive(**options)
    driven.until("again: " if call == "submit" else "blocked")
    driven.send(signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["jobs"], report["objects"], report["step"]) == (143, [], 0, "finished")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGUSR2, 124)]
)
@pytest.mark.parametrize("call", ["status", "stage"])
def test_a_request_that_never_returns_does_not_keep_us(
    drive: Callable[..., Driven], call: str, number: signal.Signals, status: int
) -> None:
    driven = drive(block=call)
    driven.until("blocked")
    begun = time.monotonic()
    driven.send(number)
    ended, report = driven.ended()
    assert ended == status
    assert time.monotonic() - begun < 10
    assert not report["owned"]
    assert (report["calls"].count("cancel") == 1) == (number != signal.SIGUSR2 and call == "status")


def test_a_cancel_request_that_never_returns_does_not_keep_us(drive: Callable[..., Driven]) -> None:
    driven = drive(block="cancel")
    driven.until(WAITING)
    driven.send(signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["jobs"], report["step"]) == (143, ["Running"], "wait")
    assert any("the cancel request got no answer, the job may keep running" in line for line in driven.told)


def test_a_cancel_that_is_not_permitted_is_told(drive: Callable[..., Driven]) -> None:
    driven = drive(refuse="cancel")
    driven.until(WAITING)
    driven.send(signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["jobs"], report["step"], report["owned"]) == (143, ["Running"], "wait", False)
    why = "the quantum job could not be cancelled (not permitted)"
    told = f"{why}, the job may keep running: direct-access collect"
    assert any(line.startswith(told) for line in driven.told)
    assert report["error"]["advice"].startswith("direct-access collect ")


def test_a_job_that_had_ended_keeps_its_results(drive: Callable[..., Driven]) -> None:
    driven = drive(ended="yes")
    driven.until(WAITING)
    driven.send(signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["jobs"], report["step"], report["owned"]) == (143, ["Completed"], "wait", False)
    assert any(line.startswith("the quantum job had ended; pick it up with") for line in driven.told)


RECORDS = {
    # Slurm's record: whether the quantum job keeps running
    "JobState=COMPLETING Reason=None Restarts=0": False,
    "JobState=COMPLETING Reason=TimeLimit Restarts=0": True,
    "JobState=COMPLETING Reason=None Restarts=1": True,
    "JobState=RUNNING Reason=None Restarts=0 PreemptTime=1771156800": True,
    "JobState=RUNNING Reason=None Restarts=0 EndTime=4926830400": False,
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(("fields", "lives_on"), RECORDS.items())
def test_inside_slurm_its_record_decides(
    drive: Callable[..., Driven],
    squeue: Callable[[str], Path],
    tmp_path: Path,
    number: signal.Signals,
    fields: str,
    lives_on: bool,
) -> None:
    driven = drive(SLURM_JOB_ID="7", path=squeue(fields))
    driven.until(WAITING)
    driven.send(number, number)
    status, report = driven.ended()
    assert status == 128 + number
    assert report["jobs"] == (["Running"] if lives_on else [])
    assert report["step"] == ("wait" if lives_on else "finished")
    assert not report["owned"]
    assert (tmp_path / "asked").read_text() == "asked\n"


def test_inside_slurm_ctrl_c_asks_nobody_and_cancels(
    drive: Callable[..., Driven], squeue: Callable[[str], Path], tmp_path: Path
) -> None:
    driven = drive(SLURM_JOB_ID="7", path=squeue("JobState=COMPLETING Restarts=1"))
    driven.until(WAITING)
    driven.send(signal.SIGINT)
    status, report = driven.ended()
    assert (status, report["jobs"]) == (130, [])
    assert not (tmp_path / "asked").exists()


def test_inside_slurm_without_an_answer_the_job_is_left(drive: Callable[..., Driven], tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "squeue").symlink_to("/bin/false")
    driven = drive(SLURM_JOB_ID="7", path=tmp_path / "bin")
    driven.until(WAITING)
    driven.send(signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["jobs"]) == (143, ["Running"])
    assert "signal: SIGTERM (unknown): leave the quantum job" in driven.told


def test_a_requeued_life_that_is_cancelled_cancels(
    drive: Callable[..., Driven], squeue: Callable[[str], Path]
) -> None:
    record = squeue("JobState=COMPLETING Reason=None Restarts=1")
    driven = drive(SLURM_JOB_ID="7", SLURM_RESTART_COUNT="1", path=record)
    driven.until(WAITING)
    driven.send(signal.SIGTERM)
    status, report = driven.ended()
    assert (status, report["jobs"]) == (143, [])
