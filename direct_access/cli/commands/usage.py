"""``direct-access usage``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.cloud_options import cloud_system_option
from direct_access.cli.records import records_format_option


@click.command("usage")
@click.option(
    "--by",
    type=click.Choice(["instance", "backend", "user_id", "plan", "subscription_id", "date"]),
    help="Usage of the account, so grouped; date: by instance and interval.",
)
@click.option("--account", is_flag=True, help="Usage of the account in one sum.")
@click.option(
    "--from", "interval_start", metavar="TIME", help="From when on (RFC 3339); with --by or --account."
)
@click.option("--to", "interval_end", metavar="TIME", help="Until when; with --by or --account.")
@click.option("--backend", multiple=True, metavar="NAME", help="Of this backend only, again for more.")
@click.option("--user", "user_id", multiple=True, metavar="ID", help="Of this user only, again for more.")
@cloud_system_option
@records_format_option
def command(by: str | None, account: bool, system: str | None, output_format: str, **values: Any) -> None:
    """Show the QPU time that the instance has used, in seconds, or the usage of the whole account."""
    from direct_access.cli import cloud_usage

    if not (by or account) and any(values.values()):
        raise click.UsageError("--from, --to, --backend and --user need --by or --account.")
    cloud_usage.usage(by, values, system, output_format, account=account)
