"""``direct-access collect``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, keep_option, quiet_option, settings_of, system_option


@click.command("collect")
@click.argument("run", metavar="RUN|JOB")
@system_option
@click.option("-o", "--output-dir", metavar="DIR", help="Where to put a job of which only the id is known.")
@keep_option
@quiet_option
@format_option
def command(run: str, output_dir: str | None, **values: Any) -> None:
    """Bring results and logs of a job that has ended into its run directory, and clean up the server.

    Exits 124 if the job has not ended yet.
    """
    from direct_access.cli import job_commands

    job_commands.collect(run, output_dir, settings_of(values), values)
