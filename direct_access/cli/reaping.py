"""What ``direct-access reap`` does: one pass, told as a table or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from direct_access.cli.invocation import put_json, session_of
from direct_access.cli.streams import put, say
from direct_access.cli.tables import table
from direct_access.config.settings import CLOUD, System
from direct_access.errors import ConfigurationError
from direct_access.printable import plain_line
from direct_access.reaper.one_pass import Finding, Reaper, one_pass
from direct_access.services.factory import choose_system
from direct_access.slurm.cluster_query import SlurmQuestions


def reap(
    options: Mapping[str, Any], *, execute: bool, state: Path, markers: Path, output_format: str
) -> None:
    """Make one pass and tell what it found."""
    session = session_of(options)
    settings = session.settings()
    _require_on_premises(choose_system(settings, None))
    service = session.service(settings)
    try:
        questions = SlurmQuestions(session.environment)
        reaper = Reaper(service, questions, session.clock, state, markers, execute, _log)
        findings = one_pass(reaper)
    finally:
        service.close()
    if output_format == "json":
        put_json("reap", execute=execute, jobs=[_job_json(finding) for finding in findings])
        return
    header = ("JOB", "STATUS", "OWNER", "ACTION", "DONE", "REASON")
    rows = [
        (f.state.id, f.state.status, f.owner, f.verdict.action, _done(f), f.verdict.reason) for f in findings
    ]
    put(table(header, rows))


def _require_on_premises(system: System) -> None:
    """Refuse what could not be judged: jobs in the cloud have no objects whose names say whose they are."""
    if system.service == CLOUD:
        raise ConfigurationError(
            f"the system {system.name!r} stands in the cloud, where jobs do not say which Slurm job is "
            "theirs: they are not reaped, and end when their cost is used up",
            subject=system.name,
            advice="name a system on the premises by --system",
        )


def _log(text: str) -> None:
    say(f"direct-access: reap: {plain_line(text)}")


def _done(finding: Finding) -> str:
    return "yes" if finding.done else "no"


def _job_json(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.state.id,
        "status": finding.state.status.value,
        "owner": None if finding.owner is None else str(finding.owner),
        "action": finding.verdict.action.value,
        "reason": finding.verdict.reason,
        "done": finding.done,
    }
