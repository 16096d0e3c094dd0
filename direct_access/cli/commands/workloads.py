"""``direct-access workloads``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.cloud_options import cloud_system_option
from direct_access.cli.records import records_format_option


@click.command("workloads")
@click.option("--mine", is_flag=True, help="Your own only.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most.")
@click.option("--oldest-first", is_flag=True, help="Begin with the oldest; the newest is first otherwise.")
@click.option("--mode", type=click.Choice(["job", "session", "batch"]), help="Workloads of this kind only.")
@click.option(
    "--status",
    multiple=True,
    type=click.Choice(["pending", "in_progress", "completed", "failed", "canceled"]),
    help="Workloads in this state only, again for more.",
)
@click.option("--backend", metavar="NAME", help="Workloads on this backend only.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Workloads with this tag, again for more.")
@click.option("--search", metavar="TEXT", help="Workloads that have this text.")
@click.option("--from", "created_after", metavar="TIME", help="Created after this time (RFC 3339).")
@click.option("--to", "created_before", metavar="TIME", help="Created before this time.")
@cloud_system_option
@records_format_option
def command(system: str | None, limit: int, output_format: str, **values: Any) -> None:
    """Show jobs, sessions and batches of the instance, on the Qiskit Runtime REST API."""
    from direct_access.cli import cloud_usage

    cloud_usage.workloads(limit, values, system, output_format)
