"""A process with one supervised run on a service in memory, for tests that send it signals.

Usage: python -m tests.unit.runner.signal_driver HOME [KEY=VALUE ...]

    block=CALL      the call never returns, whatever happens
    busy=yes        lanes stay full
    ended=yes       the job has ended when it is asked to be cancelled
    refuse=CALL     the call is not permitted
Prints what the run tells, then one line of JSON, and exits as the command would.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from direct_access import journal as journals
from direct_access.cli.exit_status import exit_status
from direct_access.clock import SystemClock
from direct_access.errors import AccessError, DirectAccessError, TryAgainError
from direct_access.model.jobs import JobStatus
from direct_access.runner import owner as owners
from direct_access.runner import run as runs
from direct_access.runner.bounds import Bounds
from direct_access.runner.context import RunContext
from direct_access.runner.control import Control
from direct_access.runner.supervision import Supervisor
from direct_access.slurm import environment as slurm_env

from .conftest import Site
from .memory_service import Ending, MemoryService

SLURM_VARIABLES = ("SLURM_JOB_ID", "SLURM_RESTART_COUNT")


class Loud:
    """Tells everything on standard output, for the test to wait for."""

    def stage(self, name: str, text: str) -> None:
        print(f"{name}: {text}", flush=True)

    def note(self, text: str) -> None:
        print(text, flush=True)

    def warning(self, text: str) -> None:
        print(f"warning: {text}", flush=True)

    def progress(self, text: str) -> None: ...


def block_for_ever(call: str) -> None:
    print(f"blocked in {call}", flush=True)
    os.read(os.pipe()[0], 1)


def prepare(service: MemoryService, options: dict[str, str]) -> None:
    if call := options.get("block"):
        service.before[call] = lambda: block_for_ever(call)
    if options.get("busy"):
        service.before["submit"] = lambda: service.fail(
            "submit", TryAgainError("lanes full", http_status=429, retryable=True, retry_after_secs=3600)
        )
    if call := options.get("refuse"):
        service.fail(call, AccessError("not permitted"))
    if options.get("ended"):
        service.before["cancel"] = lambda: [
            setattr(job, "status", JobStatus.COMPLETED) for job in service.jobs.values()
        ].clear()


def main(home: Path, options: dict[str, str]) -> int:
    clock = SystemClock()
    service = MemoryService(clock, Ending(after_secs=3600))
    prepare(service, options)
    bounds = Bounds(end_secs=2.0, leave_secs=0.2, worker_secs=0.2)
    environment = {name: os.environ[name] for name in SLURM_VARIABLES if name in os.environ}
    site = Site(home, clock, service)  # type: ignore[arg-type]
    plan = site.plan(**environment)
    control = Control()
    context = RunContext(service, plan.settings, clock, control, Loud(), bounds=bounds)
    slurm = slurm_env.read(environment)
    supervisor = Supervisor(
        lambda: runs.run(plan, context), control, Loud(), slurm, lambda: service, bounds=bounds
    )
    context.on_start = supervisor.watch
    status, error = 0, None
    try:
        supervisor.run()
    except DirectAccessError as raised:
        status, error = exit_status(raised), raised.to_json()
    journal = journals.load(plan.base)
    report = {
        "error": error,
        "calls": service.calls,
        "jobs": [job.status.value for job in service.jobs.values()],
        "objects": len(service.objects),
        "step": journal and journal.step.value,
        "journal_error": journal and journal.error,
        "owned": owners.current(plan.base) is not None,
        "threads": threading.active_count(),
    }
    print(json.dumps(report), flush=True)
    return status


if __name__ == "__main__":
    os._exit(main(Path(sys.argv[1]), dict(option.split("=", 1) for option in sys.argv[2:])))
