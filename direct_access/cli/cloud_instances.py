"""What ``instance`` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from direct_access.cli.cloud import cloud_of
from direct_access.cli.records import put_record, put_records
from direct_access.cli.values import secs_or_none
from direct_access.model.instances import Instance
from direct_access.resource_controller.instances import UNCHANGED, Seconds

COLUMNS = ("name", "guid", "region", "state", "limit_secs", "allocation_secs", "backends")


def list_all(system: str | None, output_format: str) -> None:
    """Show all instances."""
    with cloud_of(system) as cloud:
        found = cloud.instances.list()
    put_records("instances", "instances", map(asdict, found), COLUMNS, output_format)


def show(instance: str | None, system: str | None, output_format: str) -> None:
    """Show one instance, by default the system's own."""
    with cloud_of(system) as cloud:
        _put(cloud.instances.show(instance or cloud.service_crn), output_format)


def create(name: str, values: Mapping[str, Any], system: str | None, output_format: str) -> None:
    """Create an instance."""
    with cloud_of(system) as cloud:
        made = cloud.instances.create(
            name,
            region=values["region"],
            resource_group=values["resource_group"],
            plan=values["plan"],
            tags=values["tags"],
            **_amounts(values),
        )
    _put(made, output_format)


def update(instance: str, values: Mapping[str, Any], system: str | None, output_format: str) -> None:
    """Change an instance."""
    with cloud_of(system) as cloud:
        changed = cloud.instances.update(
            instance, name=values["name"], plan=values["plan"], **_amounts(values)
        )
    _put(changed, output_format)


def limit(time: str | None, system: str | None, output_format: str) -> None:
    """Show or set the limit of the system's instance."""
    with cloud_of(system) as cloud:
        if time is not None:
            cloud.client.instances.set_limit(secs_or_none("limit", time))
        secs = cloud.client.instances.limit()
    shown = "none" if secs is None and output_format == "text" else secs
    put_record("instance-limit", {"instance": cloud.service_crn, "limit_secs": shown}, output_format)


def _amounts(values: Mapping[str, Any]) -> dict[str, Any]:
    def seconds(name: str) -> Seconds:
        given = values[name]
        return UNCHANGED if given is None else secs_or_none(name, given)

    backends = list(values["backends"])
    return {
        "limit_secs": seconds("limit"),
        "allocation_secs": seconds("allocation"),
        "backends": None if not backends else ([] if backends == ["none"] else backends),
    }


def _put(instance: Instance, output_format: str) -> None:
    put_record("instance", asdict(instance), output_format)
