"""``direct-access list``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, settings_of, system_option


@click.command("list")
@system_option
@format_option
def command(output_format: str, **values: Any) -> None:
    """Show all jobs of ours that the system knows, oldest first."""
    from direct_access.cli import query_commands

    query_commands.list_jobs(settings_of(values), output_format)
