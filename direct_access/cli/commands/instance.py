"""``direct-access instance``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.cloud_options import cloud_system_option
from direct_access.cli.options import combine
from direct_access.cli.records import records_format_option

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
        help="A backend that it may use, again for more; ANY for all of the plan, none for none.",
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
    from direct_access.cli import cloud_instances

    cloud_instances.list_all(system, output_format)


@command.command("show")
@click.argument("instance", required=False)
@cloud_system_option
@records_format_option
def show(instance: str | None, system: str | None, output_format: str) -> None:
    """Show INSTANCE, by its GUID, CRN or name; by default the system's own."""
    from direct_access.cli import cloud_instances

    cloud_instances.show(instance, system, output_format)


@command.command("create")
@click.argument("name")
@click.option("--region", required=True, metavar="NAME", help="Where it stands: us-east, eu-de.")
@click.option("--resource-group", required=True, metavar="ID", help="The resource group that it belongs to.")
@click.option("--plan", required=True, metavar="ID", help="Its plan, by the id in IBM Cloud's catalogue.")
@amounts
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag, again for more.")
@cloud_system_option
@records_format_option
def create(name: str, system: str | None, output_format: str, **values: Any) -> None:
    """Create an instance called NAME."""
    from direct_access.cli import cloud_instances

    cloud_instances.create(name, values, system, output_format)


@command.command("update")
@click.argument("instance")
@click.option("--name", metavar="NAME", help="Its new name.")
@click.option("--plan", metavar="ID", help="Its new plan, by the id in IBM Cloud's catalogue.")
@amounts
@cloud_system_option
@records_format_option
def update(instance: str, system: str | None, output_format: str, **values: Any) -> None:
    """Change INSTANCE, by its GUID, CRN or name; what is not given stays as it is."""
    from direct_access.cli import cloud_instances

    cloud_instances.update(instance, values, system, output_format)


@command.command("limit")
@click.argument("time", required=False, metavar="[TIME|none]")
@cloud_system_option
@records_format_option
def limit(time: str | None, system: str | None, output_format: str) -> None:
    """Show the limit of the system's instance, or set it to TIME; none removes it."""
    from direct_access.cli import cloud_instances

    cloud_instances.limit(time, system, output_format)
