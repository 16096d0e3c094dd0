"""``direct-access usage``: the QPU time that an instance or the account has used in the cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import cloud_system_option
from direct_access.cli.records import records_format_option

if TYPE_CHECKING:
    from direct_access.qiskit_runtime.analytics import UsageCounts

COUNTS = ("jobs", "usage_secs", "queue_time_secs", "sessions", "batch_sessions", "dedicated_sessions")
MS_PER_SEC = 1000


@click.command("usage")
@click.option(
    "--by",
    type=click.Choice(["instance", "backend", "user_id", "plan", "subscription_id", "date"]),
    help="Usage of the account, grouped by this; date: by instance and interval.",
)
@click.option("--account", is_flag=True, help="Total usage of the account.")
@click.option("--from", "interval_start", metavar="TIME", help="Start (RFC 3339); with --by or --account.")
@click.option("--to", "interval_end", metavar="TIME", help="End; with --by or --account.")
@click.option("--backend", multiple=True, metavar="NAME", help="Only this backend; may be repeated.")
@click.option("--user", "user_id", multiple=True, metavar="ID", help="Only this user; may be repeated.")
@cloud_system_option
@records_format_option
def command(by: str | None, account: bool, system: str | None, output_format: str, **values: Any) -> None:
    """Show the QPU time that the instance has used, in seconds, or the usage of the whole account."""
    if not (by or account) and any(values.values()):
        raise click.UsageError("--from, --to, --backend and --user need --by or --account.")
    _usage(by, values, system, output_format, account=account)


def _usage(
    by: str | None, values: dict[str, Any], system: str | None, output_format: str, *, account: bool
) -> None:
    from dataclasses import asdict

    from direct_access.cli.cloud import cloud_of
    from direct_access.cli.records import put_record, put_records
    from direct_access.qiskit_runtime.analytics import AnalyticsFilter

    which = AnalyticsFilter(**{name: value for name, value in values.items() if value})
    with cloud_of(system) as cloud:
        if by is None and not account:
            put_record("usage", asdict(cloud.client.instances.usage()), output_format)
            return
        analytics = cloud.client.analytics
        if by is None:
            put_record("account-usage", _in_seconds(analytics.usage(which)), output_format)
            return
        groups = analytics.usage_by_date(which) if by == "date" else analytics.usage_grouped(by, which)
    keys = ("key", "interval_start", "interval_end") if by == "date" else ("key",)
    put_records("account-usage", "groups", map(_in_seconds, groups), (*keys, *COUNTS), output_format)


def _in_seconds(counts: UsageCounts) -> dict[str, Any]:
    """Return the service's counts with its milliseconds as seconds, ``usage`` as ``usage_secs``."""
    return dict(_counted(name, value) for name, value in counts.items())


def _counted(name: str, value: Any) -> tuple[str, Any]:
    is_time = name.endswith(("usage", "queue_time")) and isinstance(value, (int, float))
    return (f"{name}_secs", value / MS_PER_SEC) if is_time else (name, value)
