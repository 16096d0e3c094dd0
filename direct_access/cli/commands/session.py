"""``direct-access session``."""

from __future__ import annotations

import click

from direct_access.cli.cloud_options import cloud_system_option
from direct_access.cli.records import records_format_option


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
@click.option(
    "--max-ttl", metavar="TIME", help="How long it lives at most. The service's default is 8 hours."
)
@cloud_system_option
@records_format_option
def create(
    mode: str, backend: str | None, max_ttl: str | None, system: str | None, output_format: str
) -> None:
    """Create a session and print it; its id is what a job's `session_id` names."""
    from direct_access.cli import cloud_sessions

    cloud_sessions.create(mode, backend, max_ttl, system, output_format)


@command.command("show")
@click.argument("session_id")
@cloud_system_option
@records_format_option
def show(session_id: str, system: str | None, output_format: str) -> None:
    """Show one session."""
    from direct_access.cli import cloud_sessions

    cloud_sessions.show(session_id, system, output_format)


@command.command("close")
@click.argument("session_id")
@click.option("--now", is_flag=True, help="Do not run the jobs that are queued in it.")
@cloud_system_option
def close(session_id: str, now: bool, system: str | None) -> None:
    """Let a session take no more jobs: it closes when its queue is empty."""
    from direct_access.cli import cloud_sessions

    cloud_sessions.close(session_id, now=now, system=system)
