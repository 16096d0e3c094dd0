"""The test job of ``doctor``: a small circuit from start to end, reported as a check."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from direct_access import journal as journals
from direct_access.cli.supervised import supervised
from direct_access.cli.terminal_reporter import TerminalReporter
from direct_access.errors import DirectAccessError, WaitEndedError
from direct_access.health.bell import TIMEOUT_SECS, bell, job_file
from direct_access.health.check import Result
from direct_access.health.check_context import CheckContext
from direct_access.health.checks.local import scratch
from direct_access.health.finding import CheckFinding, CheckLevel
from direct_access.runner import run as runs
from direct_access.runner.context import RunContext
from direct_access.runner.invocation import Invocation
from direct_access.runner.run import Run


def run_test_job(context: CheckContext, options: Mapping[str, Any], backend: str, wait_secs: float) -> Result:
    """Run the test job in a directory that is removed, where run directories are made.

    :param wait_secs: longest wait for it
    """
    clock, wanted = context.clock, scratch(context)
    place = next(path for path in (wanted, *wanted.parents) if path.exists())
    started_at, tried = clock.boottime(), f"run a circuit of two qubits on {backend}"
    own = {**options, "backend": backend, "on_busy": "fail", "keep": "none", "wait_deadline_secs": wait_secs}
    invocation = Invocation(os.environ, own, TerminalReporter(0))
    error: DirectAccessError | None = None
    seen, advice = "", ""
    try:
        with tempfile.TemporaryDirectory(prefix="direct-access-doctor-", dir=place) as name:
            path = _write_job(invocation, Path(name), backend)
            run = _run(invocation, path, Path(name) / "run")
            seen = f"job {run.job_id} {run.status}, results and log verified"
    except DirectAccessError as failed:
        error, seen = failed, failed.message
        advice = failed.advice or "see docs/reliability.md"
    level = CheckLevel.CRITICAL if error else CheckLevel.OK
    finding = CheckFinding("job", backend, level, tried, seen, advice, clock.boottime() - started_at)
    return Result(finding, error, command="direct-access list" if error else "")


def _write_job(invocation: Invocation, directory: Path, backend: str) -> Path:
    settings = invocation.settings()
    service = invocation.service(settings)
    try:
        circuit = bell(service.backends.configuration(backend))
    finally:
        service.close()
    most = settings.limits.max_timeout_secs or TIMEOUT_SECS
    path = directory / "doctor.yaml"
    job = job_file(backend, circuit, min(TIMEOUT_SECS, most))
    path.write_text(json.dumps(job), encoding="utf-8")  # JSON is YAML
    return path


def _run(invocation: Invocation, path: Path, directory: Path) -> Run:
    plan = invocation.plan(path, str(directory).replace("%", "%%"))

    def work(context: RunContext) -> Run:
        try:
            return runs.run(plan, context, new=True)
        except WaitEndedError as error:
            raise _taken_back(context, directory, error) from error

    return supervised(invocation, plan.settings, None, work)


def _taken_back(context: RunContext, directory: Path, ended: WaitEndedError) -> WaitEndedError:
    """Cancel and delete the test job, whose directory is removed; return what became of it."""
    journal = journals.load(directory)
    if journal is None:
        return ended
    message = f"the test job {journal.job_id} did not end in the time of --wait, and was cancelled"
    try:
        context.service.cancel(journal.handle)
        context.service.forget(journal.handle, job=True, objects=True)
    except DirectAccessError as error:
        message = f"the test job {journal.job_id} is left on the server: {error.message}"
        return replace(ended, message=message, advice=f"direct-access cancel {journal.job_id}")
    return replace(ended, message=message, advice="wait longer, or ask the operator of the quantum system")
