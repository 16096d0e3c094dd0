"""``direct-access session``: sessions of the Qiskit Runtime REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from direct_access.cli.options import cloud_system_option
from direct_access.cli.records import records_format_option

if TYPE_CHECKING:
    from direct_access.qiskit_runtime.sessions import RuntimeSession


@click.group("session")
def command() -> None:
    """Manage sessions of the Qiskit Runtime REST API. A job file's `session:` needs none of this."""


@command.command("create")
@click.option(
    "--mode",
    type=click.Choice(["dedicated", "batch"]),
    default="dedicated",
    show_default=True,
    help="A backend for these jobs alone, or jobs that run as a group.",
)
@click.option(
    "--backend", metavar="NAME", help="The backend; without it the service chooses with the first job."
)
@click.option("--max-ttl", metavar="TIME", help="Maximum lifetime. The service's default is 8 hours.")
@cloud_system_option
@records_format_option
def create(
    mode: str, backend: str | None, max_ttl: str | None, system: str | None, output_format: str
) -> None:
    """Create a session and print it; its id is what a job's `session_id` names."""
    from direct_access.cli.cloud import cloud_of
    from direct_access.cli.durations import whole_secs

    secs = None if max_ttl is None else whole_secs("max-ttl", max_ttl)
    with cloud_of(system) as cloud:
        made = cloud.client.sessions.create(mode, backend=backend, max_ttl=secs)
    _put(made, output_format)


@command.command("show")
@click.argument("session_id")
@cloud_system_option
@records_format_option
def show(session_id: str, system: str | None, output_format: str) -> None:
    """Show one session."""
    from direct_access.cli.cloud import cloud_of

    with cloud_of(system) as cloud:
        _put(cloud.client.sessions.session(session_id), output_format)


@command.command("close")
@click.argument("session_id")
@click.option("--now", is_flag=True, help="Do not run the jobs that are queued in it.")
@cloud_system_option
def close(session_id: str, now: bool, system: str | None) -> None:
    """Let a session take no more jobs: it closes when its queue is empty."""
    from direct_access.cli.cloud import cloud_of
    from direct_access.cli.streams import put

    with cloud_of(system) as cloud:
        if now:
            cloud.client.sessions.close(session_id)
        else:
            cloud.client.sessions.accept_jobs(session_id, False)
    put(f"{session_id}: {'closed' if now else 'closes when its queue is empty'}")


def _put(session: RuntimeSession, output_format: str) -> None:
    from dataclasses import asdict

    from direct_access.cli.records import put_record

    record = asdict(session)
    document = record.pop("document")
    record.pop("timestamps")
    put_record("session", record | ({"document": document} if output_format == "json" else {}), output_format)
