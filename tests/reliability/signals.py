"""What the signals do, outside Slurm and inside, where Slurm's own record says why they came."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.reliability.row import Row, row
from tests.reliability.stage import Played, Stage
from tests.reliability.submitting import busy
from tests.support.squeue import job_line

SIGNALS: list[Row] = []
SLURM: list[Row] = []

PEER_TERM = "cancels and deletes the job, exit 0"


@row(
    SIGNALS,
    "TERM outside Slurm",
    "the quantum job is cancelled, then nothing is left of it",
    "the quantum job was cancelled",
    exit_status=143,
    disk="journal",
    peer=PEER_TERM,
)
def terminated(stage: Stage) -> Played:
    return stage.signalled(signal.SIGTERM)


@row(
    SIGNALS,
    "INT (Ctrl-C)",
    "as TERM",
    "the quantum job was cancelled",
    exit_status=130,
    disk="journal",
    peer="a traceback; cancels and deletes the job",
)
def interrupted(stage: Stage) -> Played:
    return stage.signalled(signal.SIGINT)


@row(
    SIGNALS,
    "TERM twice, as the time limit and preemption send it",
    "the second one changes nothing",
    "the quantum job was cancelled",
    exit_status=143,
    disk="journal",
    peer=PEER_TERM,
)
def terminated_twice(stage: Stage) -> Played:
    process = stage.started()
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    return stage.finish(process)


@row(
    SIGNALS,
    "TERM while all lanes are in use",
    "no job exists and none is begun; the params object is removed",
    exit_status=143,
    executions=0,
    disk="journal",
    peer="nothing: it waits on until KILL",
)
def terminated_while_lanes_are_full(stage: Stage) -> Played:
    stage.fault(**busy(429, "1232"), times=None)
    process = stage.site.start("run", stage.site.job_file())
    posts = stage.site.simulator.requests
    stage.until(lambda: posts.count("api", "POST", "/v1/jobs"))
    process.send_signal(signal.SIGTERM)
    return stage.finish(process)


@row(
    SIGNALS,
    "HUP outside Slurm: the terminal is closed",
    "the quantum job is left; the command that picks it up is printed",
    "leave the quantum job",
    "direct-access collect",
    exit_status=129,
    server="job Running, params",
    disk="journal at step wait",
    peer="dies; the job stays Running",
)
def the_terminal_is_closed(stage: Stage) -> Played:
    return stage.signalled(signal.SIGHUP)


@row(
    SIGNALS,
    "USR1",
    "one line: which job, which step, since when; the run goes on",
    "wait since",
    exit_status=0,
    peer="dies; the job stays Running",
)
def asked_for_a_status_line(stage: Stage) -> Played:
    process = stage.started()
    process.send_signal(signal.SIGUSR1)
    stage.release()
    return stage.finish(process)


@row(
    SIGNALS,
    "USR2: detach",
    "the quantum job is left on purpose; the command that picks it up is printed",
    "detached from job",
    "direct-access collect",
    exit_status=124,
    server="job Running, params, mark",
    disk="journal at step wait",
)
def detached(stage: Stage) -> Played:
    return stage.signalled(signal.SIGUSR2)


@row(
    SIGNALS,
    "TERM, and the server answers the cancel request with 500",
    "told that the job may keep running, with the command that picks it up",
    "direct-access collect",
    exit_status=143,
    server="job Running, params",
    disk="journal at step wait",
    peer="15 s of retries, then exit 0; the job stays Running",
)
def the_cancel_request_fails(stage: Stage) -> Played:
    stage.fault(method="POST", path="/v1/jobs/*/cancel", status=500, times=None)
    return stage.signalled(signal.SIGTERM)


def in_slurm(stage: Stage, record: str | None) -> dict[str, str]:
    """Return the variables of Slurm job 5, whose squeue(1) answers with these fields, or fails."""
    directory = stage.site.home / "bin"
    directory.mkdir(exist_ok=True)
    squeue = directory / "squeue"
    answer = "exit 1" if record is None else f"echo '{job_line(record).strip()}'"
    squeue.write_text(f"#!/bin/sh\n{answer}\n")
    squeue.chmod(0o755)
    return {
        "PATH": f"{directory}{os.pathsep}{stage.site.environment['PATH']}",
        "SLURM_JOB_ID": "5",
        "SLURM_CLUSTER_NAME": "cluster",
        "SLURM_JOB_NAME": "bell",
        "SLURM_JOB_END_TIME": "4102444800",
    }


def in_slurm_ended(stage: Stage, record: str | None) -> Played:
    """Play the end of a Slurm job whose record says this."""
    variables = in_slurm(stage, record)
    stage.outcome(manual=True)
    job_file = stage.site.job_file()
    arguments = ("run", "--output-dir", Path("bell-local"), job_file)
    process = stage.site.start(*arguments, **variables)
    stage.until(stage.is_waiting)
    process.send_signal(signal.SIGTERM)
    return stage.finish(process)


@row(
    SLURM,
    "scancel",
    "the quantum job is cancelled, then nothing is left of it",
    "cancelled",
    exit_status=143,
    disk="journal",
    peer=PEER_TERM,
)
def scancelled(stage: Stage) -> Played:
    return in_slurm_ended(stage, "JobState=COMPLETING Reason=None Restarts=0")


@row(
    SLURM,
    "the time limit of the Slurm job",
    "the quantum job is left on purpose, its results can be collected later",
    "time limit",
    "direct-access collect",
    exit_status=143,
    server="job Running, params, mark",
    disk="journal at step wait",
    peer=PEER_TERM + ": the results are lost",
)
def the_time_limit(stage: Stage) -> Played:
    return in_slurm_ended(stage, "JobState=COMPLETING Reason=TimeLimit Restarts=0")


@row(
    SLURM,
    "the Slurm job is requeued, or preempted",
    "the quantum job is left; the next life of the Slurm job takes it up",
    "requeued",
    exit_status=143,
    server="job Running, params",
    disk="journal at step wait",
    peer=PEER_TERM + "; the next life submits another one",
)
def requeued(stage: Stage) -> Played:
    return in_slurm_ended(stage, "JobState=COMPLETING Reason=None Restarts=1")


@row(
    SLURM,
    "preempted, and not requeued",
    "the quantum job is left; the command that picks it up is printed",
    "preempted",
    "direct-access collect",
    exit_status=143,
    server="job Running, params",
    disk="journal at step wait",
    peer=PEER_TERM,
)
def preempted(stage: Stage) -> Played:
    record = "JobState=COMPLETING Reason=None Restarts=0 PreemptTime=1771156800"
    return in_slurm_ended(stage, record)


@row(
    SLURM,
    "the node fails (and the job is not requeued)",
    "the quantum job is left; the command that picks it up is printed",
    "node failure",
    "direct-access collect",
    exit_status=143,
    server="job Running, params",
    disk="journal at step wait",
)
def the_node_fails(stage: Stage) -> Played:
    return in_slurm_ended(stage, "JobState=NODE_FAIL Reason=NodeDown Restarts=0")


@row(
    SLURM,
    "the next life of a requeued Slurm job",
    "finds the job ended, and collects it: one execution",
    "resume",
    exit_status=0,
    peer="a second execution",
)
def the_next_life(stage: Stage) -> Played:
    requeued(stage)
    stage.release()
    variables = in_slurm(stage, "JobState=RUNNING Reason=None Restarts=1")
    return stage.run("--output-dir", Path("bell-local"), **variables, SLURM_RESTART_COUNT="1")


@row(
    SLURM,
    "TERM, and Slurm does not say why",
    "the quantum job is left: losing it would be worse",
    "unknown",
    "direct-access collect",
    exit_status=143,
    server="job Running, params",
    disk="journal at step wait",
    peer=PEER_TERM,
)
def slurm_does_not_say(stage: Stage) -> Played:
    return in_slurm_ended(stage, None)
