"""``direct-access cancel``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, service_option, settings_of, system_option


@click.command("cancel")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
@format_option
def command(run: str, output_format: str, **values: Any) -> None:
    """Cancel the job of a run directory, or of a job id. A job that has ended stays as it is."""
    from direct_access.cli import query_commands

    query_commands.cancel(run, settings_of(values), output_format)
