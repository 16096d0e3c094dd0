"""``direct-access backends``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, service_option, settings_of, system_option


@click.command("backends")
@click.argument("name", required=False)
@click.option(
    "--configuration", "part", flag_value="configuration", help="Print the configuration of NAME as JSON."
)
@click.option("--properties", "part", flag_value="properties", help="Print the calibration of NAME as JSON.")
@system_option
@service_option
@format_option
def command(name: str | None, part: str | None, output_format: str, **values: Any) -> None:
    """Show the backends of a system, or one of them."""
    from direct_access.cli import query_commands

    if part and not name:
        raise click.UsageError(f"--{part} needs the NAME of a backend.")
    query_commands.backends(name, part, settings_of(values), output_format)
