"""The worker's main program: reads tasks from standard input, answers on standard output.

Run as ``python -m direct_access.simulator.execution.worker PARENT_PID``.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from direct_access.simulator.execution.frames import read_frame, write_frame
from direct_access.simulator.execution.job_log import job_log
from direct_access.simulator.execution.task import Task

PR_SET_PDEATHSIG = 1  # prctl(2)


def main(parent_pid: int) -> None:
    """Serve tasks until standard input ends."""
    _die_with(parent_pid)
    answers = _claim_stdout()
    from direct_access.simulator.execution.job import execute  # imports qiskit: while waiting for a task

    while True:
        try:
            task = Task.from_json(read_frame(sys.stdin.buffer))
        except EOFError:
            return
        log = job_log(task.log_level, lambda line: write_frame(answers, {"log": line}))
        write_frame(answers, {"outcome": execute(task, log)})


def _die_with(parent_pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) or os.getppid() != parent_pid:
        sys.exit("the server is gone")
    # When memory runs out, this process goes, not the server: it has the state vector (proc(5)).
    with contextlib.suppress(OSError):  # a hint to the kernel, not a need
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _claim_stdout() -> BinaryIO:
    """Keep the pipe for frames; what a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main(int(sys.argv[1]))
