"""``direct-access collect``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from direct_access.cli.options import (
    format_option,
    keep_option,
    quiet_option,
    service_option,
    settings_of,
    system_option,
)


@click.command("collect")
@click.argument("run", metavar="[RUN|JOB|DIR]", required=False)
@click.option(
    "--all", "every", is_flag=True, help="Every unfinished run below DIR; default: your scratch directory."
)
@system_option
@service_option
@click.option("-o", "--output-dir", metavar="DIR", help="Where to put a job of which only the id is known.")
@keep_option
@quiet_option
@format_option
def command(run: str | None, every: bool, output_dir: str | None, **values: Any) -> None:
    """Bring results and logs of a job that has ended into its run directory, and clean up the server.

    Exits 124 if the job has not ended yet. With --all one line tells of each run; the exit status is that of
    the first one that went wrong, 124 if there is none but some jobs still run.
    """
    if every:
        if output_dir is not None:
            raise click.UsageError("--output-dir is for one job, not for --all")
        from direct_access.cli.collect_all import collect_all

        collect_all(Path(run) if run else None, settings_of(values), values)
        return
    if run is None:
        raise click.UsageError("name a run directory or a job id, or say --all")
    from direct_access.cli import job_commands

    job_commands.collect(run, output_dir, settings_of(values), values)
