"""``direct-access run``."""

from __future__ import annotations

from collections.abc import Mapping
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
    on disk. An unfinished run of the same job file is resumed.
    """
    if not simulator:
        _run(job_file, None, values, dry_run=dry_run, show=show)
        return
    from direct_access.cli.simulated_environment import simulated_environment

    with simulated_environment() as environment:
        values["new"] = True  # the quantum system of an earlier run is gone
        _run(job_file, environment, values, dry_run=dry_run, show=show)


def _run(
    job_file: Path,
    environment: Mapping[str, str] | None,
    values: dict[str, Any],
    *,
    dry_run: bool,
    show: bool,
) -> None:
    """Run a job file.

    :param environment: instead of the process's
    """
    from direct_access.cli.invocation import invocation_of_one_run, put_json
    from direct_access.cli.run_summary import put_run
    from direct_access.cli.supervised import supervised
    from direct_access.runner import plan as plans
    from direct_access.runner import run as runs

    invocation = invocation_of_one_run(settings_of(values), values["quiet"], environment)
    plan = invocation.plan(job_file, values["output_dir"])
    if dry_run:
        service = invocation.service(plan.settings)
        put_json("plan", **plans.describe(plan, service, new=values["new"]))
        return
    finished = supervised(
        invocation, plan.settings, None, lambda context: runs.run(plan, context, new=values["new"])
    )
    put_run(finished, values["output_format"], show=show)
