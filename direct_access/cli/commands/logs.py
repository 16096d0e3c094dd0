"""``direct-access logs``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import service_option, settings_of, system_option


@click.command("logs")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
def command(run: str, **values: Any) -> None:
    """Print the job's log: from the run directory if it is there, else from the store.

    A file or a pipe gets it byte for byte, a terminal without control characters.
    """
    from direct_access.cli import query_commands

    query_commands.logs(run, settings_of(values))
