"""What ``usage`` and ``workloads`` do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from direct_access.cli.cloud import cloud_of
from direct_access.cli.records import put_record, put_records
from direct_access.qiskit_runtime.analytics import AnalyticsFilter, UsageCounts
from direct_access.qiskit_runtime.workloads import LARGEST_PAGE, Workload, WorkloadFilter

WORKLOADS = ("id", "mode", "status", "backend", "created", "ended", "usage_secs", "tags")
COUNTS = ("jobs", "usage_secs", "queue_time_secs", "sessions", "batch_sessions", "dedicated_sessions")
MS_PER_SEC = 1000


def usage(
    by: str | None, values: Mapping[str, Any], system: str | None, output_format: str, *, account: bool
) -> None:
    """Show the usage of the instance, or of the account."""
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


def workloads(limit: int, values: Mapping[str, Any], system: str | None, output_format: str) -> None:
    """Show workloads, the newest first unless asked otherwise."""
    given = dict(values)
    sort = "createdAt" if given.pop("oldest_first") else "-createdAt"
    which = WorkloadFilter(sort=sort, **given)
    with cloud_of(system) as cloud:
        found = list(islice(cloud.client.workloads.all(which, page_size=min(limit, LARGEST_PAGE)), limit))
    put_records("workloads", "workloads", _workloads(found), WORKLOADS, output_format)


def _workloads(found: Iterable[Workload]) -> Iterator[dict[str, Any]]:
    for one in found:
        record = asdict(one)
        record.pop("document")
        record.pop("usage")
        yield record | {
            "usage_secs": one.usage.seconds if one.usage else None,
            "usage_status": one.usage.status if one.usage else None,
        }


def _in_seconds(counts: UsageCounts) -> dict[str, Any]:
    """Return the service's counts with its milliseconds as seconds, ``usage`` as ``usage_secs``."""
    return dict(_counted(name, value) for name, value in counts.items())


def _counted(name: str, value: Any) -> tuple[str, Any]:
    is_time = name.endswith(("usage", "queue_time")) and isinstance(value, (int, float))
    return (f"{name}_secs", value / MS_PER_SEC) if is_time else (name, value)
