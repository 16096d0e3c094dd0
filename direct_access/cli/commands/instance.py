"""``direct-access instance``: instances of the quantum service on IBM Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import cloud_system_option, combine
from direct_access.cli.records import put_record, put_records, records_format_option

if TYPE_CHECKING:
    from direct_access.model.instances import Instance

COLUMNS = ("name", "guid", "region", "state", "limit_secs", "allocation_secs", "backends")

amounts = combine(
    click.option(
        "--limit",
        metavar="TIME",
        help="Most QPU time that it may use (seconds, HH:MM:SS, 10m), or none. An Open plan has 10 minutes "
        "by default.",
    ),
    click.option(
        "--allocation",
        metavar="TIME",
        help="QPU time for the fair-share scheduler, or none. Pay-as-you-go instances have no allocation.",
    ),
    click.option(
        "--backend",
        "backends",
        multiple=True,
        metavar="NAME",
        help="A backend that it may use; may be repeated. ANY: all of the plan; none: no backend.",
    ),
)


@click.group("instance")
def command() -> None:
    """Manage instances of the quantum service on IBM Cloud, through its Resource Controller."""


@command.command("list")
@cloud_system_option
@records_format_option
def list_(system: str | None, output_format: str) -> None:
    """Show the instances that the API key may see."""
    from direct_access.cli.cloud import cloud_of

    with cloud_of(system) as cloud:
        found = cloud.instances.list()
    put_records("instances", "instances", map(asdict, found), COLUMNS, output_format)


@command.command("show")
@click.argument("instance", required=False)
@cloud_system_option
@records_format_option
def show(instance: str | None, system: str | None, output_format: str) -> None:
    """Show INSTANCE, by its GUID, CRN or name; by default the system's own."""
    from direct_access.cli.cloud import cloud_of

    with cloud_of(system) as cloud:
        _put(cloud.instances.show(instance or cloud.service_crn), output_format)


@command.command("create")
@click.argument("name")
@click.option("--region", required=True, metavar="NAME", help="Where it stands: us-east, eu-de.")
@click.option("--resource-group", required=True, metavar="ID", help="The resource group that it belongs to.")
@click.option("--plan", required=True, metavar="ID", help="Its plan, by the id in IBM Cloud's catalogue.")
@amounts
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; may be repeated.")
@cloud_system_option
@records_format_option
def create(name: str, system: str | None, output_format: str, **values: Any) -> None:
    """Create an instance called NAME."""
    from direct_access.cli.cloud import cloud_of

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


@command.command("update")
@click.argument("instance")
@click.option("--name", metavar="NAME", help="Its new name.")
@click.option("--plan", metavar="ID", help="Its new plan, by the id in IBM Cloud's catalogue.")
@amounts
@cloud_system_option
@records_format_option
def update(instance: str, system: str | None, output_format: str, **values: Any) -> None:
    """Change INSTANCE, by its GUID, CRN or name; what is not given stays as it is."""
    from direct_access.cli.cloud import cloud_of

    with cloud_of(system) as cloud:
        changed = cloud.instances.update(
            instance, name=values["name"], plan=values["plan"], **_amounts(values)
        )
    _put(changed, output_format)


@command.command("limit")
@click.argument("time", required=False, metavar="[TIME|none]")
@cloud_system_option
@records_format_option
def limit(time: str | None, system: str | None, output_format: str) -> None:
    """Show the limit of the system's instance, or set it to TIME; none removes it."""
    from direct_access.cli.cloud import cloud_of
    from direct_access.cli.durations import secs_or_none

    with cloud_of(system) as cloud:
        if time is not None:
            cloud.client.instances.set_limit(secs_or_none("limit", time))
        secs = cloud.client.instances.limit()
    shown = "none" if secs is None and output_format == "text" else secs
    put_record("instance-limit", {"instance": cloud.service_crn, "limit_secs": shown}, output_format)


def _amounts(values: Mapping[str, Any]) -> dict[str, Any]:
    from direct_access.cli.durations import secs_or_none
    from direct_access.resource_controller.instances import UNCHANGED, Seconds

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
