"""``direct-access reap``: one pass, printed as a table or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import format_option, settings_of, system_option

if TYPE_CHECKING:
    from direct_access.config.settings import System
    from direct_access.reaper.one_pass import JudgedJob

HEADER = ("JOB", "STATUS", "OWNER", "ACTION", "DONE", "REASON")


@click.command("reap")
@click.option("--execute", is_flag=True, help="Cancel and delete; without it, only tell what would be done.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    default="/var/lib/direct-access/reap.json",
    show_default=True,
    help="File that carries what was seen from one pass to the next.",
)
@click.option(
    "--markers",
    type=click.Path(path_type=Path),
    default="/var/spool/direct-access/ended",
    show_default=True,
    help="Directory of the markers that the EpilogSlurmctld script leaves.",
)
@system_option
@format_option
def command(execute: bool, state: Path, markers: Path, output_format: str, **values: Any) -> None:
    """Cancel quantum jobs whose Slurm job is gone; delete what nobody collected in time. For administrators.

    A quantum job is cancelled if nobody left it on purpose and two passes 10 minutes apart, or a marker, say
    that its Slurm job is gone; at most three a pass.
    """
    from direct_access.cli.invocation import invocation_of, put_json
    from direct_access.cli.streams import put
    from direct_access.cli.tables import table
    from direct_access.config.choose_system import choose_system
    from direct_access.reaper.one_pass import Reaper, one_pass
    from direct_access.slurm.cluster_query import SlurmQuestions

    invocation = invocation_of(settings_of(values))
    settings = invocation.settings()
    _require_on_premises(choose_system(settings, None))
    service = invocation.service(settings)
    try:
        questions = SlurmQuestions(invocation.environment)
        findings = one_pass(Reaper(service, questions, invocation.clock, state, markers, execute, _log))
    finally:
        service.close()
    if output_format == "json":
        put_json("reap", execute=execute, jobs=[_job_json(finding) for finding in findings])
    else:
        put(table(HEADER, [_row(finding) for finding in findings]))


def _require_on_premises(system: System) -> None:
    """Refuse what could not be judged: jobs in the cloud have no objects whose names say whose they are."""
    from direct_access.config.settings import CLOUD
    from direct_access.errors import ConfigurationError

    if system.service == CLOUD:
        raise ConfigurationError(
            f"the system {system.name!r} stands in the cloud, where jobs do not say which Slurm job is "
            "theirs: they are not reaped, and end when their cost is used up",
            subject=system.name,
            advice="name a system on the premises by --system",
        )


def _log(text: str) -> None:
    from direct_access.cli.streams import say
    from direct_access.printable import plain_line

    say(f"direct-access: reap: {plain_line(text)}")


def _row(finding: JudgedJob) -> tuple[object, ...]:
    state, verdict = finding.state, finding.verdict
    done = "yes" if finding.done else "no"
    return state.id, state.status, finding.owner, verdict.action, done, verdict.reason


def _job_json(finding: JudgedJob) -> dict[str, Any]:
    return {
        "id": finding.state.id,
        "status": finding.state.status.value,
        "owner": None if finding.owner is None else str(finding.owner),
        "action": finding.verdict.action.value,
        "reason": finding.verdict.reason,
        "done": finding.done,
    }
