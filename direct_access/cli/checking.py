"""What ``direct-access health`` does: make the checks once, and tell them in one of several forms."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from direct_access.cli.exit_status import OK, exit_status
from direct_access.cli.health_text import as_text
from direct_access.cli.streams import plain, put
from direct_access.clock import SystemClock
from direct_access.config.load import SITE_FILE
from direct_access.health import published
from direct_access.health.check import Report
from direct_access.health.finding import Level
from direct_access.health.node import own_fault
from direct_access.health.registry import chosen
from direct_access.health.running import run_checks
from direct_access.health.surroundings import look_around

NODE_IS_ILL = 1


def health(
    options: Mapping[str, Any],
    output_format: str,
    *,
    deadline_secs: float | None,
    output: Path | None,
    publish: Path | None,
    quiet: bool,
) -> int:
    """Make all checks and return the exit status of the form that was asked for."""
    surroundings = look_around(os.environ, options, SystemClock(), deadline_secs, SITE_FILE)
    try:
        report = run_checks(surroundings, chosen(surroundings))
    finally:
        surroundings.close()
    if publish is not None:
        published.publish(publish, report)
    text = _in_form(report, output_format, quiet=quiet)
    if output is not None:
        published.write(output, text if text.endswith("\n") else text + "\n")
    else:
        put(text)
    return int(report.level) if output_format == "nagios" else status_of(report)


def status_of(report: Report) -> int:
    """Return the exit status of the first cause; warnings are answers, no failures."""
    if report.level is not Level.CRITICAL or report.cause is None or report.cause.error is None:
        return OK
    return exit_status(report.cause.error)


def _in_form(report: Report, output_format: str, *, quiet: bool) -> str:
    if output_format == "json":
        return json.dumps({**published.document(report), "exit_status": status_of(report)}, indent=1)
    if output_format == "nagios":
        from direct_access.health.nagios import line

        return line(report)
    if output_format == "prometheus":
        from direct_access.health.exposition import render

        return render(report.findings, system=report.system, checked_at=report.checked_at)
    return as_text(report, quiet=quiet)


def node_health(options: Mapping[str, Any], state: Path | None, fail_on: Sequence[str]) -> int:
    """Tell what was published, without a request; only what is broken on this node itself can be a failure.

    :param fail_on: local checks by which the site wants a node to leave service
    """
    clock = SystemClock()
    surroundings = look_around(os.environ, options, clock, None, SITE_FILE)
    fault = own_fault(run_checks(surroundings, chosen(surroundings, only=fail_on)))
    if fault is not None:
        put(plain(f"direct-access: {fault.finding.check}: {fault.finding.seen}"))
        return NODE_IS_ILL
    bounds = surroundings.bounds
    found = published.read_state(state or bounds.state_file, bounds.stale_secs, clock.wall())
    why = "no reason to drain a node" if found.is_fresh else "counts as healthy"
    put(plain(f"direct-access: {found.words} ({why})"))
    return OK
