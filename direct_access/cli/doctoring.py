"""What ``direct-access doctor`` does: all checks, then one small job from start to end."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from direct_access import journal as journals
from direct_access.cli.exit_status import OK, exit_status
from direct_access.cli.health_text import HEADER, as_text, cause_lines, row, told_by_check
from direct_access.cli.streams import put, say
from direct_access.cli.supervised import supervised
from direct_access.cli.tables import table
from direct_access.cli.talk import Talk
from direct_access.clock import SystemClock
from direct_access.errors import DirectAccessError, WaitEndedError
from direct_access.health import bundle, published
from direct_access.health.bell import TIMEOUT_SECS, bell, job_file
from direct_access.health.check import Report, Result
from direct_access.health.checks.local import scratch
from direct_access.health.finding import Finding, Level
from direct_access.health.obstacle import backend_to_try, first_obstacle
from direct_access.health.registry import chosen
from direct_access.health.running import run_checks
from direct_access.health.surroundings import ENDPOINTS, Surroundings, look_around
from direct_access.health.way import WAY, WORDS
from direct_access.printable import plain
from direct_access.runner import run as runs
from direct_access.runner.run import Means, Run
from direct_access.runner.session import Session

CHECKS_SECS = 20.0
NONE_CONFIGURED = "none configured"
NOT_TRIED = "not tried: see below"
SCHEMA = "direct-access/doctor/v1"


def doctor(options: Mapping[str, Any], output_format: str, wait_secs: float) -> int:
    """Make all checks and run a test job; stop at the first cause.

    :param wait_secs: longest wait for the test job
    """
    surroundings = look_around(os.environ, options, SystemClock(), CHECKS_SECS)
    try:
        report = run_checks(surroundings, chosen(surroundings))
        backend = backend_to_try(surroundings, report, os.environ)
        obstacle = first_obstacle(report, backend)
        if obstacle is None and backend is not None:
            job = _test_job(surroundings, options, backend, wait_secs)
            report = replace(report, results=(*report.results, job))
            obstacle = first_obstacle(report, backend)
    finally:
        surroundings.close()
    return _tell(report, obstacle, output_format)


def _tell(report: Report, obstacle: Result | None, output_format: str) -> int:
    status = exit_status(obstacle.error) if obstacle is not None and obstacle.error else OK
    if output_format == "json":
        cause = obstacle.finding.check if obstacle else None
        told = {**published.document(report), "schema": SCHEMA, "cause": cause, "exit_status": status}
        put(json.dumps(told, indent=1))
        return status
    made = [result for result in report.results if result.because is None]
    shown = made if obstacle is None else made[: made.index(obstacle) + 1]
    lines = [table(HEADER, [row(result) for result in shown])]
    lines += told_by_check(r for r in shown if r.finding.level is not Level.OK and r is not obstacle)
    if obstacle is None:
        lines += ["", "all is well: a job went from here to the quantum system and back"]
    else:
        lines += ["", *cause_lines(obstacle), "  then: direct-access doctor"]
    put(plain("\n".join(lines)))
    return status


def _test_job(
    surroundings: Surroundings, options: Mapping[str, Any], backend: str, wait_secs: float
) -> Result:
    """Run the test job in a directory that is removed, where run directories are made."""
    clock, wanted = surroundings.clock, scratch(surroundings)
    place = next(path for path in (wanted, *wanted.parents) if path.exists())
    started_at, tried = clock.boottime(), f"run a circuit of two qubits on {backend}"
    own = {**options, "backend": backend, "on_busy": "fail", "keep": "none", "wait_deadline_secs": wait_secs}
    session = Session(os.environ, own, Talk(0))
    error: DirectAccessError | None = None
    seen, advice = "", ""
    try:
        with tempfile.TemporaryDirectory(prefix="direct-access-doctor-", dir=place) as name:
            path = _write_job(session, Path(name), backend)
            run = _run(session, path, Path(name) / "run")
            seen = f"job {run.job_id} {run.status}, results and log verified"
    except DirectAccessError as failed:
        error, seen = failed, failed.message
        advice = failed.advice or "see docs/reliability.md"
    level = Level.CRITICAL if error else Level.OK
    finding = Finding("job", backend, level, tried, seen, advice, clock.boottime() - started_at)
    return Result(finding, error, command="direct-access list" if error else "")


def _write_job(session: Session, directory: Path, backend: str) -> Path:
    settings = session.settings()
    service = session.service(settings)
    try:
        circuit = bell(service.backend_configuration(backend))
    finally:
        service.close()
    most = settings.limits.max_timeout_secs or TIMEOUT_SECS
    path = directory / "doctor.yaml"
    job = job_file(backend, circuit, min(TIMEOUT_SECS, most))
    path.write_text(json.dumps(job), encoding="utf-8")  # JSON is YAML
    return path


def _run(session: Session, path: Path, directory: Path) -> Run:
    plan, settings = session.plan(path, str(directory).replace("%", "%%"))

    def work(means: Means) -> Run:
        try:
            return runs.run(plan, means, new=True)
        except WaitEndedError as error:
            raise _taken_back(means, directory, error) from error

    return supervised(session, settings, None, work)


def _taken_back(means: Means, directory: Path, ended: WaitEndedError) -> WaitEndedError:
    """Cancel and delete the test job, whose directory is removed; return what became of it."""
    journal = journals.load(directory)
    if journal is None:
        return ended
    message = f"the test job {journal.job_id} did not end in the time of --wait, and was cancelled"
    try:
        means.service.cancel(journal.handle)
        means.service.forget(journal.handle, job=True, objects=True)
    except DirectAccessError as error:
        message = f"the test job {journal.job_id} is left on the server: {error.message}"
        return replace(ended, message=message, advice=f"direct-access cancel {journal.job_id}")
    return replace(ended, message=message, advice="wait longer, or ask the operator of the quantum system")


def from_node(options: Mapping[str, Any], output_format: str) -> int:
    """Say which of IAM, API and store this node reaches; no credentials are read."""
    surroundings = look_around(os.environ, options, SystemClock(), CHECKS_SECS)
    try:
        report = run_checks(surroundings, chosen(surroundings, only=("configuration", *WAY)))
    finally:
        surroundings.close()
    obstacle = first_obstacle(report, None)
    status = exit_status(obstacle.error) if obstacle is not None and obstacle.error else OK
    reached = {endpoint: _fault_on_the_way(report, endpoint) for endpoint in ENDPOINTS}
    if output_format == "json":
        known = {endpoint: _yes_or_no(fault) for endpoint, fault in reached.items()}
        answer = {endpoint: told == "yes" for endpoint, told in known.items() if told}
        told = {**published.document(report), "schema": SCHEMA, "reached": answer, "exit_status": status}
        put(json.dumps(told, indent=1))
        return status
    rows = [(WORDS[endpoint], _yes_or_no(fault), fault) for endpoint, fault in reached.items()]
    put(table(("SERVER", "REACHED", "WHY NOT"), rows))
    if obstacle is not None:
        put(plain("\n".join(["", *cause_lines(obstacle)])))
    return status


def _fault_on_the_way(report: Report, endpoint: str) -> str | None:
    names = {f"{layer}.{endpoint}" for layer in WAY}
    made = [result for result in report.results if result.finding.check in names]
    if not made:
        return NONE_CONFIGURED
    first = next((result for result in made if result.finding.level > Level.WARNING), None)
    if first is None:
        return None
    return NOT_TRIED if first.because else first.finding.seen


def _yes_or_no(fault: str | None) -> str | None:
    """Return whether a server is reached, None where nobody knows."""
    return None if fault in (NONE_CONFIGURED, NOT_TRIED) else ("no" if fault else "yes")


def write_bundle(options: Mapping[str, Any], path: Path) -> int:
    """Write an archive for support, without a test job."""
    surroundings = look_around(os.environ, options, SystemClock(), CHECKS_SECS)
    try:
        report = run_checks(surroundings, chosen(surroundings))
        names = bundle.write(path, surroundings, report)
    finally:
        surroundings.close()
    put(f"{path}: {', '.join(names)}")
    say(as_text(report, quiet=True))
    return OK
