"""Workers as processes: started, killed, dying, and not outliving the server."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from direct_access.simulator.execution import Executor, Outcome

EMPTY_JOB = b'{"pubs": []}'
WAIT_SECS = 60


def children() -> Iterator[int]:
    """Yield the ids of our child processes (proc(5), the parent is the field behind the state)."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                yield int(path.parent.name)


def open_files(pid: int) -> set[Path]:
    files = set()
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            files.add(link.readlink())
    return files


def has_ended(pid: int) -> bool:
    """Wait for the end of a process that need not be a child (pidfd_open(2))."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([descriptor], [], [], WAIT_SECS)
    os.close(descriptor)
    return bool(ready)


class BusyJob:
    """A job that is executed until :meth:`go_on`: the worker waits for its params, which come by a fifo."""

    def __init__(self, laboratory, executor: Executor, name: str) -> None:
        self._writer: int | None = None
        self.fifo = laboratory.directory / name
        os.mkfifo(self.fifo)
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        task = replace(laboratory.task("sampler", EMPTY_JOB), params=self.fifo)
        self.running = executor.start(task, self.outcomes.put)

    def wait_for_its_worker(self) -> int:
        """Return the process that executes the job, as soon as one does."""
        self._writer = os.open(self.fifo, os.O_WRONLY)  # returns when the worker opens the other end
        while not (readers := [pid for pid in children() if self.fifo in open_files(pid)]):
            os.sched_yield()  # its open(2) has not returned yet
        return readers[0]

    def go_on(self) -> Outcome:
        os.write(self._writer, EMPTY_JOB)
        self.close()
        return self.outcomes.get(timeout=WAIT_SECS)

    def close(self) -> None:
        if self._writer is not None:
            os.close(self._writer)
            self._writer = None


@pytest.fixture
def busy_job(laboratory) -> Iterator[Callable[..., BusyJob]]:
    with contextlib.ExitStack() as jobs:

        def start(executor: Executor | None = None) -> BusyJob:
            name = f"params-{uuid.uuid4()}"
            return jobs.enter_context(
                contextlib.closing(BusyJob(laboratory, executor or laboratory.executor, name))
            )

        yield start


def test_the_server_s_process_imports_neither_qiskit_nor_numpy():
    code = (
        "import sys, direct_access.simulator.execution as execution; execution.Executor().close();"
        "print({'qiskit', 'numpy', 'jsonschema'} & sys.modules.keys())"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_jobs_are_executed_in_the_order_of_their_start(laboratory):
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    task = laboratory.task("sampler", EMPTY_JOB)
    for number in range(5):
        laboratory.executor.start(task, lambda _, number=number: ended.put(number))
    assert [ended.get(timeout=WAIT_SECS) for _ in range(5)] == [0, 1, 2, 3, 4]


def test_a_job_that_is_killed_is_never_done_and_the_next_one_is(laboratory, busy_job):
    busy = busy_job()
    busy.wait_for_its_worker()
    busy.running.kill()
    assert laboratory.run(laboratory.task("sampler", EMPTY_JOB)).status == "Completed"
    assert busy.outcomes.empty()


def test_a_job_that_is_killed_before_its_turn_is_not_executed(laboratory, busy_job):
    busy = busy_job()
    waiting = busy_job()
    waiting.running.kill()
    busy.wait_for_its_worker()
    assert busy.go_on().status == "Completed"
    assert laboratory.run(laboratory.task("sampler", EMPTY_JOB)).status == "Completed"
    assert waiting.outcomes.empty()


def test_killing_a_job_that_has_ended_does_not_touch_the_worker(laboratory, busy_job):
    ended, next_one = busy_job(), busy_job()
    worker = ended.wait_for_its_worker()
    ended.go_on()
    ended.running.kill()
    assert next_one.wait_for_its_worker() == worker
    assert next_one.go_on().status == "Completed"


def test_a_worker_that_dies_is_a_failed_job_and_is_replaced(laboratory, busy_job):
    busy = busy_job()
    worker = busy.wait_for_its_worker()
    partial = laboratory.directory / "results.json.partial"
    partial.write_text("half a document")
    os.kill(worker, signal.SIGSEGV)
    outcome = busy.outcomes.get(timeout=WAIT_SECS)
    assert (outcome.status, outcome.reason_code) == ("Failed", 5203)
    assert outcome.reason_message == "the simulation was ended by SIGSEGV"
    assert "INFO job" in outcome.log
    assert not partial.exists()
    assert laboratory.run(laboratory.task("sampler", EMPTY_JOB)).status == "Completed"


def test_a_worker_that_dies_while_idle_costs_no_job(laboratory, busy_job):
    busy = busy_job()
    worker = busy.wait_for_its_worker()
    busy.go_on()
    os.kill(worker, signal.SIGKILL)
    os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
    assert laboratory.run(laboratory.task("sampler", EMPTY_JOB)).status == "Completed"


def test_a_library_that_is_missing_is_told_by_the_failed_job(laboratory, tmp_path, monkeypatch):
    (tmp_path / "qiskit.py").write_text("raise ImportError('there is no qiskit here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    executor = Executor()
    executor.start(laboratory.task("sampler", EMPTY_JOB), outcomes.put)
    outcome = outcomes.get(timeout=WAIT_SECS)
    executor.close()
    assert outcome.reason_message == "the simulation ended with exit status 1"
    assert "there is no qiskit here" in outcome.log


def test_closing_kills_what_runs_and_what_waits(laboratory, busy_job):
    executor = Executor()
    jobs = [busy_job(executor) for _ in range(2)]
    worker = jobs[0].wait_for_its_worker()
    executor.close()
    assert has_ended(worker)
    assert all(job.outcomes.empty() for job in jobs)


def test_closing_what_was_never_started_is_fine():
    Executor(workers=3).close()


def test_several_workers_execute_at_the_same_time(laboratory, busy_job):
    executor = Executor(workers=2)
    jobs = [busy_job(executor) for _ in range(2)]
    for job in jobs:
        job.wait_for_its_worker()
    assert [job.go_on().status for job in jobs] == ["Completed", "Completed"]
    executor.close()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_workers_die_with_the_server(end):
    code = (
        "import signal\n"
        "from direct_access.simulator.execution.process import WorkerProcess\n"
        "worker = WorkerProcess()\n"
        "print(worker.pid, flush=True)\n"
        "signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as server:
        worker = int(server.stdout.readline())
        server.send_signal(end)
    assert has_ended(worker)


def test_a_done_that_starts_another_job_does_not_block(laboratory):
    ended = threading.Event()
    task = laboratory.task("sampler", EMPTY_JOB)
    laboratory.executor.start(task, lambda _: laboratory.executor.start(task, lambda _: ended.set()))
    assert ended.wait(WAIT_SECS)
