"""``direct-access delete``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, keep_option, service_option, settings_of, system_option


@click.command("delete")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
@keep_option
@format_option
def command(run: str, output_format: str, **values: Any) -> None:
    """Remove the job and its objects from the server; local files stay. The job must have ended."""
    from direct_access.cli import query_commands

    query_commands.delete(run, settings_of(values), output_format)
