"""``direct-access workloads``: jobs, sessions and batches in the cloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import cloud_system_option
from direct_access.cli.records import put_records, records_format_option

if TYPE_CHECKING:
    from direct_access.qiskit_runtime.workloads import Workload

COLUMNS = ("id", "mode", "status", "backend", "created", "ended", "usage_secs", "tags")


@click.command("workloads")
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Maximum number.")
@click.option("--oldest-first", is_flag=True, help="Oldest first; without it, newest first.")
@click.option("--mode", type=click.Choice(["job", "session", "batch"]), help="Only workloads of this kind.")
@click.option(
    "--status",
    multiple=True,
    type=click.Choice(["pending", "in_progress", "completed", "failed", "canceled"]),
    help="Only workloads in this state; may be repeated.",
)
@click.option("--backend", metavar="NAME", help="Only workloads on this backend.")
@click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="Only workloads with this tag; may be repeated."
)
@click.option("--search", metavar="TEXT", help="Only workloads that contain this text.")
@click.option("--from", "created_after", metavar="TIME", help="Created after this time (RFC 3339).")
@click.option("--to", "created_before", metavar="TIME", help="Created before this time.")
@cloud_system_option
@records_format_option
def command(system: str | None, limit: int, output_format: str, **values: Any) -> None:
    """Show jobs, sessions and batches of the instance, on the Qiskit Runtime REST API."""
    from itertools import islice

    from direct_access.cli.cloud import cloud_of
    from direct_access.qiskit_runtime.workloads import LARGEST_PAGE, WorkloadFilter

    sort = "createdAt" if values.pop("oldest_first") else "-createdAt"
    which = WorkloadFilter(sort=sort, **values)
    with cloud_of(system) as cloud:
        found = list(islice(cloud.client.workloads.all(which, page_size=min(limit, LARGEST_PAGE)), limit))
    put_records("workloads", "workloads", _records(found), COLUMNS, output_format)


def _records(found: Iterable[Workload]) -> Iterator[dict[str, Any]]:
    from dataclasses import asdict

    for one in found:
        record = asdict(one)
        record.pop("document")
        record.pop("usage")
        yield record | {
            "usage_secs": one.usage.seconds if one.usage else None,
            "usage_status": one.usage.status if one.usage else None,
        }
