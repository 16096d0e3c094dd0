"""``direct-access health``: make the checks once, and tell them in one of several forms."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import checks_deadline_option, quiet_option, settings_of, system_option

if TYPE_CHECKING:
    from direct_access.health.check import CheckReport
    from direct_access.health.check_context import CheckContext

FORMATS = ("text", "json", "nagios", "prometheus", "nhc")
NODE_IS_ILL = 1


@click.command("health")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print what was found; `nhc` makes no request and reads what another node published.",
)
@checks_deadline_option
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, by rename, mode 0644.")
@click.option(
    "--publish", type=click.Path(path_type=Path), help="Also write the state file that `--format nhc` reads."
)
@click.option(
    "--state", type=click.Path(path_type=Path), help="With nhc: the state file. Default: the site's."
)
@click.option(
    "--fail-on",
    type=click.Choice(["configuration", "disk"]),
    multiple=True,
    help="With nhc: exit 1 if this is broken on the node itself. Default: never.",
)
@system_option
@quiet_option
def command(
    output_format: str,
    deadline_secs: float | None,
    output: Path | None,
    publish: Path | None,
    state: Path | None,
    fail_on: tuple[str, ...],
    quiet: bool,
    **values: Any,
) -> int:
    """Check everything that a quantum job needs, from the configuration to the object store.

    Exits 0, or with the status of the first cause that would fail a job. With --format nagios: 0, 1, 2 or 3.
    With --format nhc: 0, and 1 only by --fail-on.
    """
    if output_format != "nhc" and (state or fail_on):
        raise click.UsageError("--state and --fail-on are for --format nhc")
    options = settings_of(values)
    if output_format == "nhc":
        if output or publish:
            raise click.UsageError("--output and --publish are not for --format nhc")
        return _node_health(options, state, fail_on)
    report = _make_checks(options, deadline_secs)
    _write(report, _in_form(report, output_format, quiet=quiet), output, publish)
    return int(report.level) if output_format == "nagios" else _status_of(report)


def _make_checks(options: Mapping[str, Any], deadline_secs: float | None) -> CheckReport:
    from direct_access.health.registry import chosen
    from direct_access.health.running import run_checks

    context = _context(options, deadline_secs)
    try:
        return run_checks(context, chosen(context))
    finally:
        context.close()


def _context(options: Mapping[str, Any], deadline_secs: float | None) -> CheckContext:
    from direct_access.clock import SystemClock
    from direct_access.config import load
    from direct_access.health.check_context import make_context

    return make_context(os.environ, options, SystemClock(), deadline_secs, load.SITE_FILE)


def _write(report: CheckReport, text: str, output: Path | None, publish: Path | None) -> None:
    from direct_access.cli.streams import put
    from direct_access.health import published

    if publish is not None:
        published.publish(publish, report)
    if output is not None:
        published.write(output, text if text.endswith("\n") else text + "\n")
    else:
        put(text)


def _status_of(report: CheckReport) -> int:
    """Return the exit status of the first cause; warnings are answers, no failures."""
    from direct_access.cli.exit_status import OK, exit_status
    from direct_access.health.finding import CheckLevel

    if report.level is not CheckLevel.CRITICAL or report.cause is None or report.cause.error is None:
        return OK
    return exit_status(report.cause.error)


def _in_form(report: CheckReport, output_format: str, *, quiet: bool) -> str:
    if output_format == "json":
        import json

        from direct_access.health import published

        return json.dumps({**published.document(report), "exit_status": _status_of(report)}, indent=1)
    if output_format == "nagios":
        from direct_access.health.nagios import line

        return line(report)
    if output_format == "prometheus":
        from direct_access.health.exposition import render

        return render(report.findings, system=report.system, checked_at=report.checked_at)
    from direct_access.cli.health_text import as_text

    return as_text(report, quiet=quiet)


def _node_health(options: Mapping[str, Any], state: Path | None, fail_on: Sequence[str]) -> int:
    """Tell what was published, without a request; only what is broken on this node itself can be a failure.

    :param fail_on: local checks by which the site wants a node to leave service
    """
    from direct_access.cli.streams import put
    from direct_access.health import published
    from direct_access.health.node import own_fault
    from direct_access.health.registry import chosen
    from direct_access.health.running import run_checks
    from direct_access.printable import plain_line

    context = _context(options, None)
    fault = own_fault(run_checks(context, chosen(context, only=fail_on)))
    if fault is not None:
        put(plain_line(f"direct-access: {fault.finding.check}: {fault.finding.seen}"))
        return NODE_IS_ILL
    bounds = context.bounds
    now = context.clock.wall()
    found = published.read_state(state or bounds.state_file, bounds.stale_secs, now)
    why = "no reason to drain a node" if found.is_fresh else "counts as healthy"
    put(plain_line(f"direct-access: {found.words} ({why})"))
    return 0
