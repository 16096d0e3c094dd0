"""``direct-access doctor``: all checks, then one small job from start to end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.exit_status import OK, exit_status
from direct_access.cli.options import format_option, settings_of, system_option

if TYPE_CHECKING:
    from direct_access.health.check import CheckReport, Result

CHECKS_SECS = 20.0
NONE_CONFIGURED = "none configured"
NOT_TRIED = "not tried: see below"
SCHEMA = "direct-access/doctor/v1"


@click.command("doctor")
@click.option("--backend", metavar="NAME", help="The backend for the test job. Default: the configured one.")
@click.option("--from-node", is_flag=True, help="Only say which of IAM, API and store this node reaches.")
@click.option(
    "--bundle",
    "archive",
    type=click.Path(path_type=Path),
    help="Write an archive (.tar.gz) for support, without secrets, and run no test job.",
)
@click.option(
    "--wait", metavar="TIME", default="5m", show_default=True, help="Maximum wait for the test job."
)
@system_option
@format_option
def command(from_node: bool, archive: Path | None, wait: str, output_format: str, **values: Any) -> int:
    """Find out why jobs do not work: all checks of `health`, then a small job from start to end.

    Stops at the first cause, says how to mend it and what to type next, and exits with the status that a job
    would end with.
    """
    from direct_access.units import parse_duration_secs

    if from_node and archive:
        raise click.UsageError("--from-node and --bundle exclude each other")
    options = settings_of(values)
    if from_node:
        return _check_from_node(options, output_format)
    if archive:
        return _write_bundle(options, archive)
    try:
        wait_secs = parse_duration_secs(wait)
    except ValueError as error:
        raise click.UsageError(f"--wait: {error}") from error
    return _check_and_run(options, output_format, wait_secs)


def _check_and_run(options: Mapping[str, Any], output_format: str, wait_secs: float) -> int:
    """Make all checks and run a test job; stop at the first cause.

    :param wait_secs: longest wait for the test job
    """
    from dataclasses import replace

    from direct_access.cli.test_job import run_test_job
    from direct_access.clock import SystemClock
    from direct_access.health.check_context import make_context
    from direct_access.health.first_cause import backend_to_try, first_cause
    from direct_access.health.registry import chosen
    from direct_access.health.running import run_checks

    context = make_context(os.environ, options, SystemClock(), CHECKS_SECS)
    try:
        report = run_checks(context, chosen(context))
        backend = backend_to_try(context, report, os.environ)
        cause = first_cause(report, backend)
        if cause is None and backend is not None:
            job = run_test_job(context, options, backend, wait_secs)
            report = replace(report, results=(*report.results, job))
            cause = first_cause(report, backend)
    finally:
        context.close()
    return _tell(report, cause, output_format)


def _tell(report: CheckReport, cause: Result | None, output_format: str) -> int:
    from direct_access.cli.health_text import HEADER, cause_lines, lines_by_check, row
    from direct_access.cli.streams import put
    from direct_access.cli.tables import table
    from direct_access.health.finding import CheckLevel
    from direct_access.printable import plain

    status = _status_of(cause)
    if output_format == "json":
        _put_json(report, status, cause=cause.finding.check if cause else None)
        return status
    made = [result for result in report.results if result.because is None]
    shown = made if cause is None else made[: made.index(cause) + 1]
    lines = [table(HEADER, [row(result) for result in shown])]
    lines += lines_by_check(r for r in shown if r.finding.level is not CheckLevel.OK and r is not cause)
    if cause is None:
        lines += ["", "all is well: a job went from here to the quantum system and back"]
    else:
        lines += ["", *cause_lines(cause), "  then: direct-access doctor"]
    put(plain("\n".join(lines)))
    return status


def _status_of(cause: Result | None) -> int:
    return exit_status(cause.error) if cause is not None and cause.error else OK


def _put_json(report: CheckReport, status: int, **members: Any) -> None:
    import json

    from direct_access.cli.streams import put
    from direct_access.health import published

    document = {**published.document(report), "schema": SCHEMA, **members, "exit_status": status}
    put(json.dumps(document, indent=1))


def _check_from_node(options: Mapping[str, Any], output_format: str) -> int:
    """Say which of IAM, API and store this node reaches; no credentials are read."""
    from direct_access.cli.health_text import cause_lines
    from direct_access.cli.streams import put
    from direct_access.cli.tables import table
    from direct_access.clock import SystemClock
    from direct_access.health.check_context import ENDPOINTS, make_context
    from direct_access.health.first_cause import first_cause
    from direct_access.health.network_path import NETWORK_LAYERS, SERVER_NAMES
    from direct_access.health.registry import chosen
    from direct_access.health.running import run_checks
    from direct_access.printable import plain

    context = make_context(os.environ, options, SystemClock(), CHECKS_SECS)
    try:
        report = run_checks(context, chosen(context, only=("configuration", *NETWORK_LAYERS)))
    finally:
        context.close()
    cause = first_cause(report, None)
    status = _status_of(cause)
    faults = {endpoint: _network_fault(report, endpoint) for endpoint in ENDPOINTS}
    if output_format == "json":
        answers = {endpoint: _yes_or_no(fault) for endpoint, fault in faults.items()}
        reached = {endpoint: answer == "yes" for endpoint, answer in answers.items() if answer}
        _put_json(report, status, reached=reached)
        return status
    rows = [(SERVER_NAMES[endpoint], _yes_or_no(fault), fault) for endpoint, fault in faults.items()]
    put(table(("SERVER", "REACHED", "WHY NOT"), rows))
    if cause is not None:
        put(plain("\n".join(["", *cause_lines(cause)])))
    return status


def _network_fault(report: CheckReport, endpoint: str) -> str | None:
    from direct_access.health.finding import CheckLevel
    from direct_access.health.network_path import NETWORK_LAYERS

    names = {f"{layer}.{endpoint}" for layer in NETWORK_LAYERS}
    made = [result for result in report.results if result.finding.check in names]
    if not made:
        return NONE_CONFIGURED
    first = next((result for result in made if result.finding.level > CheckLevel.WARNING), None)
    if first is None:
        return None
    return NOT_TRIED if first.because else first.finding.seen


def _yes_or_no(fault: str | None) -> str | None:
    """Return whether a server is reached, None where nobody knows."""
    return None if fault in (NONE_CONFIGURED, NOT_TRIED) else ("no" if fault else "yes")


def _write_bundle(options: Mapping[str, Any], path: Path) -> int:
    """Write an archive for support, without a test job."""
    from direct_access.cli.health_text import as_text
    from direct_access.cli.streams import put, say
    from direct_access.clock import SystemClock
    from direct_access.health import bundle
    from direct_access.health.check_context import make_context
    from direct_access.health.registry import chosen
    from direct_access.health.running import run_checks

    context = make_context(os.environ, options, SystemClock(), CHECKS_SECS)
    try:
        report = run_checks(context, chosen(context))
        names = bundle.write(path, context, report)
    finally:
        context.close()
    put(f"{path}: {', '.join(names)}")
    say(as_text(report, quiet=True))
    return OK
