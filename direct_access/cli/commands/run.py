"""``direct-access run``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from direct_access.cli.options import deadline_option, detach_option, run_options, settings_of


@click.command("run")
@click.argument("job_file", type=click.Path(path_type=Path))
@run_options
@deadline_option
@detach_option
@click.option("--dry-run", is_flag=True, help="Print the whole plan; send no request, write no file.")
@click.option("--show", is_flag=True, help="Decode and print the results at the end.")
@click.option("--simulator", is_flag=True, help="Run on a simulated quantum system, started for this run.")
def command(job_file: Path, dry_run: bool, show: bool, simulator: bool, **values: Any) -> None:
    """Run JOB_FILE from start to end: upload, submit, wait, collect.

    The exit status is that of the quantum job: 0 only when it Completed and its results and logs are verified
    on disk. An unfinished run of the same job file is taken up again.
    """
    from direct_access.cli import job_commands

    options = settings_of(values)
    if simulator:
        from direct_access.cli.embedded import simulated_environment

        with simulated_environment() as environment:
            values["new"] = True  # the quantum system of an earlier run is gone
            job_commands.run(job_file, options, environment, values, dry_run=dry_run, show=show)
        return
    job_commands.run(job_file, options, None, values, dry_run=dry_run, show=show)
