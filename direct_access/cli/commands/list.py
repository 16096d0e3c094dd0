"""``direct-access list``: the jobs that the system knows beside the runs on this side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import format_option, service_option, settings_of, system_option

if TYPE_CHECKING:
    from direct_access.model.jobs import JobState
    from direct_access.runner.local_runs import LocalRun

HEADER = ("JOB", "STATUS", "PROGRAM", "BACKEND", "CREATED", "COLLECT BY", "RUN", "REASON")


@click.command("list")
@click.option(
    "--local",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the runs are; default: your scratch directory.",
)
@system_option
@service_option
@format_option
def command(local: Path | None, output_format: str, **values: Any) -> None:
    """Show all jobs of ours that the system knows, oldest first, and the runs on this side.

    A run whose job the system does not know any more comes last, with the step it is at. If the system cannot
    be asked, the runs are shown all the same, and the exit status says why.
    """
    from direct_access.cli.invocation import put_json, service_of
    from direct_access.cli.streams import put
    from direct_access.cli.tables import table
    from direct_access.errors import DirectAccessError

    options = settings_of(values)
    runs = _local_runs(local, options)
    unasked: DirectAccessError | None = None
    states: Sequence[JobState] = ()
    try:
        with service_of(options) as service:
            states = service.list()
    except DirectAccessError as error:
        unasked = error
    entries = list(_entries(states, runs))
    if output_format == "json":
        put_json("jobs", jobs=entries, complete=unasked is None)
    elif entries or unasked is None:
        put(table(HEADER, [_row(entry) for entry in entries]))
    if unasked is not None:
        raise unasked


def _local_runs(root: Path | None, options: Mapping[str, Any]) -> dict[str, LocalRun]:
    """Return the runs of the chosen system by the ids of their jobs, and warn of what cannot be read.

    :param root: where the runs are; None for the scratch directory
    """
    from direct_access.cli.invocation import invocation_of, scratch_of
    from direct_access.cli.streams import say
    from direct_access.config.choose_system import choose_system
    from direct_access.errors import DirectAccessError
    from direct_access.printable import plain_line
    from direct_access.runner.local_runs import find_runs

    invocation = invocation_of(options)
    settings = invocation.settings()
    system = choose_system(settings, None).name
    runs = {}
    for found in find_runs(root or scratch_of(invocation, settings, ".")):
        if isinstance(found, DirectAccessError):
            say(plain_line(f"direct-access: warning: {found.message}"))
        elif found.journal.system == system:
            runs[found.journal.job_id] = found
    return runs


def _entries(states: Sequence[JobState], runs: Mapping[str, LocalRun]) -> Iterator[dict[str, Any]]:
    """Yield one entry a job: those on the server with their runs, then the other runs."""
    from direct_access.cli.job_json import job_json

    for state in states:
        yield {**job_json(state), "on_server": True, **_run_json(runs.get(state.id))}
    on_server = {state.id for state in states}
    for job_id, run in runs.items():
        if job_id not in on_server:
            spec = run.journal.spec
            yield {
                "id": job_id,
                "status": run.journal.job_status,
                "backend": spec.backend,
                "program_id": spec.program_id,
                "created_time": None,
                "reason_message": run.journal.reason.get("message"),
                "on_server": False,
                **_run_json(run),
            }


def _run_json(run: LocalRun | None) -> dict[str, Any]:
    journal = run.journal if run else None
    return {
        "directory": str(run.directory) if run else None,
        "step": journal.step.value if journal else None,
        "collect_by": journal.collect_by if journal else None,
    }


def _row(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    status = entry["status"] or f"at step {entry['step']}"
    names = ("program_id", "backend", "created_time", "collect_by", "directory", "reason_message")
    return (entry["id"], status, *(entry[name] for name in names))
