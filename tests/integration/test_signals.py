"""Signals at every stage of a run, with what is left on the server: the command as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.support.squeue import job_line

from .conftest import Site

FOR_EVER_SECS = 3600.0
SHORTER = """\
from functools import partial
from direct_access.cli import invocation
from direct_access.runner.bounds import Bounds
shorter = Bounds(slurm_secs=1.0, end_secs=4.0, leave_secs=0.2, requests_secs=2.0, request_secs=0.5)
invocation.Invocation = partial(invocation.Invocation, bounds=shorter)
from direct_access._console import run
run()
"""
"""The command with its bounds cut to a fifth: what is shown is that they hold, not how long they are."""

Start = Callable[..., "subprocess.Popen[str]"]


def until(condition: Callable[[], object], secs: float = 30.0) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + secs
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.fixture
def start(site: Site) -> Iterator[Start]:
    """Start a run of the command; keywords are variables of its environment."""
    started: list[subprocess.Popen[str]] = []

    def start_run(*options: str, **variables: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SHORTER, "run", str(site.job_file()), *options]
        process = subprocess.Popen(
            command,
            cwd=site.home,
            env={**site.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_run
    for process in started:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return exit status and talk."""
    _, talk = process.communicate(timeout=60)
    return process.returncode, talk


@dataclass(frozen=True)
class Stage:
    """Something that a run hangs in, and what a signal that cancels leaves of it."""

    fault: Fault | None
    step: str = "finished"
    jobs: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()


def held(app: str, method: str, path: str) -> Fault:
    return Fault(app=app, method=method, path=path, delay_secs=FOR_EVER_SECS)


STAGES = {
    "upload": Stage(held("store", "PUT", "*/params:*")),
    "lanes full": Stage(Fault(method="POST", path="/v1/jobs", status=429, times=None)),
    "reserved": Stage(Fault(method="POST", path="/v1/jobs", status=423, times=None)),
    "waiting": Stage(None),
    "poll": Stage(held("api", "GET", "/v1/jobs/*")),
    "results": Stage(
        held("store", "GET", "*/results:*"), "collect", ("Completed",), ("logs", "params", "results")
    ),
    "deleting": Stage(
        held("api", "DELETE", "/v1/jobs/*"), "forget", ("Completed",), ("logs", "params", "results")
    ),
}


def begin(site: Site, start: Start, stage: Stage, *options: str, **variables: str) -> subprocess.Popen[str]:
    """Start a run and let it come to a stage."""
    simulator = site.simulator
    if stage.step == "finished":
        simulator.outcomes.add(OutcomeRule(manual=True))
    if stage.fault:
        simulator.faults.add(stage.fault)
    process = start(*options, **variables)
    if stage.fault is None:
        until(lambda: waits(site))
    elif stage.fault.times is None:
        until(lambda: simulator.requests.count("api", "POST", "/v1/jobs"))
    else:
        until(lambda: not simulator.faults.pending())
    return process


def waits(site: Site) -> bool:
    """Whether the run has seen that its job runs."""
    return site.simulator.requests.count("api", "GET", "/v1/jobs/*") > 0


def statuses(site: Site) -> tuple[str, ...]:
    return tuple(job.status for job in site.simulator.jobs.jobs())


def roles(site: Site) -> tuple[str, ...]:
    """The kinds of objects in the bucket."""
    return tuple(sorted(name.rpartition("/")[2].partition(":")[0] for name in site.objects()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_outside_slurm_term_and_int_cancel_whatever_the_run_hangs_in(
    site: Site, start: Start, stage: Stage, number: signal.Signals
) -> None:
    process = begin(site, start, stage)
    process.send_signal(number)
    status, talk = ended(process)
    assert status == 128 + number, talk
    assert (statuses(site), roles(site)) == (stage.jobs, stage.objects)
    assert site.journal["step"] == stage.step
    assert site.journal["end_reason"] in ("terminated", "interrupted")
    assert not (site.run_directory / ".owner").exists()
    assert (f"direct-access collect {site.run_directory}" in talk) == (stage.step != "finished")


def test_hup_outside_slurm_leaves_the_job_and_names_the_command_that_picks_it_up(
    site: Site, start: Start
) -> None:
    process = begin(site, start, STAGES["waiting"])
    process.send_signal(signal.SIGHUP)
    status, talk = ended(process)
    assert (status, statuses(site)) == (129, ("Running",)), talk
    assert f"next: direct-access collect {site.run_directory}" in talk
    assert site.journal["end_reason"] == "terminal closed"


def test_the_cancel_request_waits_for_no_other_request(site: Site, start: Start) -> None:
    process = begin(site, start, STAGES["poll"])
    before = site.simulator.requests.total
    process.terminate()
    ended(process)
    after = site.simulator.requests.entries()[before:]
    assert (after[0].app, after[0].method) == ("api", "POST")
    assert after[0].path.endswith("/cancel")
    assert "GET" not in [entry.method for entry in after]  # the poll is still held


def test_a_job_that_is_accepted_after_the_signal_is_cancelled(site: Site, start: Start) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    site.simulator.faults.add(Fault(method="POST", path="/v1/jobs", delay_secs=1.0))
    process = start()
    until(lambda: not site.simulator.faults.pending())
    process.terminate()
    status, talk = ended(process)
    assert (status, statuses(site), roles(site)) == (143, (), ()), talk
    assert "the quantum job was cancelled" in talk
    assert site.journal["step"] == "finished"


def test_a_submission_without_an_answer_is_not_said_to_be_nothing_and_can_be_taken_up(
    site: Site, start: Start
) -> None:
    site.simulator.faults.add(held("api", "POST", "/v1/jobs"))
    process = start()
    until(lambda: not site.simulator.faults.pending())
    process.terminate()
    status, talk = ended(process)
    assert (status, roles(site)) == (143, ("params",)), talk
    why = r"(submission is not answered yet|does not know job \S+|could not be cancelled \(.+\))"
    assert re.search(f"{why}, the job may exist, now or later", talk), talk
    assert f"next: direct-access collect {site.run_directory}" in talk
    assert site.journal["step"] == "submit"
    assert site.run("run", site.job_file()).returncode == 0
    assert (site.run_directory / "results.json").exists()


RECORDS = {
    # the line of squeue: the reason in the journal, what becomes of the quantum job
    "scancel": ("JobState=COMPLETING Reason=None Restarts=0", "cancelled", ()),
    "time limit": ("JobState=COMPLETING Reason=TimeLimit Restarts=0", "time limit", ("Running",)),
    "requeue": ("JobState=COMPLETING Reason=None Restarts=1", "requeued", ("Running",)),
    "preemption": (
        "JobState=COMPLETING Reason=None Restarts=0 PreemptTime=1771156800",
        "preempted",
        ("Running",),
    ),
    "node failure": ("JobState=NODE_FAIL Reason=NodeDown Restarts=0", "node failure", ("Running",)),
    "scancel -s TERM": ("JobState=RUNNING Reason=None Restarts=0", "signalled", ()),
}


def squeue(site: Site, script: str) -> dict[str, str]:
    """Put a squeue first in PATH; return the environment of a Slurm job."""
    path = site.home / "bin" / "squeue"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"PATH": f"{path.parent}:{site.environment['PATH']}", "SLURM_JOB_ID": "7"}


def answering(site: Site, fields: str) -> dict[str, str]:
    return squeue(site, f"echo '{job_line(fields, job_id=7).strip()}'")


def slurm_journal(site: Site) -> dict[str, object]:
    (path,) = site.home.glob("*/job.json")
    document: dict[str, object] = json.loads(path.read_bytes())
    return document


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(("fields", "reason", "jobs"), RECORDS.values(), ids=RECORDS)
def test_inside_slurm_its_record_decides_and_the_journal_keeps_why(
    site: Site, start: Start, number: signal.Signals, fields: str, reason: str, jobs: tuple[str, ...]
) -> None:
    process = begin(site, start, STAGES["waiting"], **answering(site, fields))
    process.send_signal(number)
    process.send_signal(number)  # Slurm sends two
    status, talk = ended(process)
    assert (status, statuses(site)) == (128 + number, jobs), talk
    assert slurm_journal(site)["end_reason"] == reason
    assert ("next: direct-access collect" in talk) == bool(jobs)


def test_at_the_time_limit_the_option_decides(site: Site, start: Start) -> None:
    environment = answering(site, RECORDS["time limit"][0])
    process = begin(site, start, STAGES["waiting"], "--on-time-limit", "cancel", **environment)
    process.terminate()
    assert (ended(process)[0], statuses(site), roles(site)) == (143, (), ())


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 18"])
def test_without_an_answer_of_slurm_the_job_is_left(site: Site, start: Start, script: str) -> None:
    process = begin(site, start, STAGES["waiting"], **squeue(site, script))
    process.terminate()
    status, talk = ended(process)
    assert (status, statuses(site)) == (143, ("Running",)), talk
    assert slurm_journal(site)["end_reason"] == "unknown"


@pytest.mark.parametrize(
    ("app", "said", "jobs"),
    [
        ("api", "the job may keep running", ("Running",)),
        ("store", "the quantum job was cancelled", ()),
    ],
)
def test_a_server_that_answers_nothing_does_not_keep_us(
    site: Site, start: Start, app: str, said: str, jobs: tuple[str, ...]
) -> None:
    process = begin(site, start, STAGES["waiting"])
    site.simulator.faults.add(Fault(app=app, times=None, delay_secs=FOR_EVER_SECS))
    process.terminate()
    status, talk = ended(process)
    assert (status, statuses(site)) == (143, jobs), talk
    assert said in talk
    assert site.journal["step"] == ("wait" if jobs else "finished")
    assert ("direct-access delete" in talk) == (not jobs)


def test_an_iam_that_answers_nothing_does_not_keep_us(site: Site, start: Start) -> None:
    site.simulator.faults.add(Fault(app="iam", times=None, delay_secs=FOR_EVER_SECS))
    process = start()
    until(lambda: "submit" in (site.run_directory / "job.json").read_text() if has_journal(site) else False)
    process.terminate()
    status, talk = ended(process)
    assert (status, statuses(site)) == (143, ()), talk
    assert site.simulator.requests.count("api") == 0


def has_journal(site: Site) -> bool:
    return (site.run_directory / "job.json").exists()


def test_more_signals_lose_neither_the_cancelling_nor_the_journal(site: Site, start: Start) -> None:
    process = begin(site, start, STAGES["poll"])
    for _ in range(5):
        for number in (signal.SIGTERM, signal.SIGINT):
            process.send_signal(number)
    with contextlib.suppress(ProcessLookupError):
        while process.poll() is None:  # to the very end
            process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
    status, talk = ended(process)
    assert (status, statuses(site), roles(site)) == (143, (), ()), talk
    assert site.journal["step"] == "finished"
    assert site.simulator.requests.count("api", "POST", "*/cancel") == 1


def test_stopped_and_continued_the_run_goes_on(site: Site, start: Start) -> None:
    process = begin(site, start, STAGES["waiting"])
    process.send_signal(signal.SIGTSTP)  # without effect in an orphaned process group (setpgid(2))
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    process.send_signal(signal.SIGCONT)
    (job,) = site.simulator.jobs.jobs()
    site.simulator.jobs.release(job.id)
    assert ended(process)[0] == 0
    assert (site.run_directory / "results.json").exists()


def test_output_that_nobody_reads_any_more_does_not_end_a_run(site: Site, start: Start) -> None:
    process = begin(site, start, STAGES["waiting"])
    assert process.stderr is not None
    assert process.stdout is not None
    process.stderr.close()
    process.stdout.close()
    process.send_signal(signal.SIGUSR1)
    (job,) = site.simulator.jobs.jobs()
    site.simulator.jobs.release(job.id)
    process.wait(60)
    assert (site.run_directory / "results.json").exists()
    assert site.journal["step"] == "finished"


@pytest.mark.parametrize("name", ["upload", "poll", "results"])
def test_usr1_tells_where_the_run_is(site: Site, start: Start, name: str) -> None:
    process = begin(site, start, STAGES[name])
    process.send_signal(signal.SIGUSR1)
    assert process.stderr is not None
    line = next(line for line in process.stderr if " since " in line)
    assert {"upload": "upload", "poll": "wait", "results": "collect"}[name] in line
    assert process.poll() is None


def test_a_name_that_is_not_resolved_does_not_delay_the_signal(site: Site, start: Start) -> None:
    planted = site.home / "planted"
    planted.mkdir()
    (planted / "sitecustomize.py").write_text(
        "import os, socket\n"
        "def hang(*arguments, **keywords):\n"
        f"    open({str(site.home / 'asked')!r}, 'w').close()\n"
        "    os.read(os.pipe()[0], 1)\n"
        "socket.getaddrinfo = hang\n"
    )
    process = start(PYTHONPATH=str(planted))
    until((site.home / "asked").exists)
    process.terminate()
    status, talk = ended(process)
    assert status == 143, talk
    assert site.simulator.requests.total == 0
