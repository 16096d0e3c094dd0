"""``direct-access config``."""

from __future__ import annotations

import click

from direct_access.cli.options import format_option


@click.group("config")
def command() -> None:
    """Show the configuration and where it comes from."""


@command.command("show")
@click.option("--origin", is_flag=True, help="Name the option, variable or file that won.")
@format_option
def show(origin: bool, output_format: str) -> None:
    """Print every setting; secrets appear as the file or command that holds them."""
    from direct_access.cli import local_commands

    local_commands.show_configuration(origin=origin, output_format=output_format)
