"""One worker process, seen from the server."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from typing import BinaryIO, cast

from direct_access.simulator.execution.frames import read_frame, write_frame
from direct_access.simulator.execution.reasons import JobFailed, WorkerDied
from direct_access.simulator.execution.task import Outcome, Task

STDERR_TAIL_BYTES = 4096
DEATH_SECS = 5.0


class WorkerProcess:
    """A process that executes one task at a time. It starts to import what it needs at once.

    The process is killed when the *thread* that made this object ends, thus also when the server dies in
    whatever way (prctl(2), PR_SET_PDEATHSIG): make it in a thread that lives on.
    """

    def __init__(self) -> None:
        self._stderr = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - closed by kill()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "direct_access.simulator.execution.worker", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            cwd="/",  # so that no module in the user's directory shadows a library
            start_new_session=True,  # a Ctrl-C is for the server, which kills its workers
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def execute(self, task: Task) -> Outcome:
        """Execute a task and return its outcome; a worker that dies over it is a Failed job."""
        lines: list[str] = []
        try:
            write_frame(cast(BinaryIO, self._process.stdin), task.to_json())
            while True:
                frame = read_frame(cast(BinaryIO, self._process.stdout))
                if outcome := frame.get("outcome"):
                    return Outcome(log="".join(lines), **outcome)
                lines.append(frame["log"])
        except (EOFError, OSError):
            task.partial_results.unlink(missing_ok=True)
            return failed("".join(lines) + self._last_words(), WorkerDied(self._cause_of_death()))

    def kill(self) -> None:
        """End the process at once; its memory, threads and pipes with it. May be called from any thread."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and release what it leaves."""
        self.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            with contextlib.suppress(BrokenPipeError):
                cast(BinaryIO, stream).close()

    def _cause_of_death(self) -> str:
        try:
            status = self._process.wait(DEATH_SECS)  # its end of the pipe is closed: it is about to exit
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        if status < 0:
            return f"the simulation was ended by {signal.Signals(-status).name}"
        return f"the simulation ended with exit status {status}"

    def _last_words(self) -> str:
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - STDERR_TAIL_BYTES))
        return self._stderr.read().decode("utf-8", "replace")


def failed(log: str, reason: JobFailed) -> Outcome:
    """Return the outcome of a job that failed for a reason."""
    return Outcome(
        status="Failed",
        log=log,
        reason_code=reason.code,
        reason_message=reason.message,
        reason_solution=reason.solution,
    )
