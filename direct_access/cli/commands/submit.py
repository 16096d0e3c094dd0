"""``direct-access submit``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from direct_access.cli.options import run_options, settings_of


@click.command("submit")
@click.argument("job_file", type=click.Path(path_type=Path))
@run_options
def command(job_file: Path, **values: Any) -> None:
    """Upload and start the job of JOB_FILE and return; `wait` and `collect` do the rest."""
    from direct_access.cli.invocation import invocation_of_one_run
    from direct_access.cli.run_summary import put_run
    from direct_access.cli.supervised import supervised
    from direct_access.journal import Step
    from direct_access.runner import run as runs
    from direct_access.runner.context import RunContext
    from direct_access.runner.run import Run

    invocation = invocation_of_one_run(settings_of(values), values["quiet"])
    plan = invocation.plan(job_file, values["output_dir"])

    def work(context: RunContext) -> Run:
        return runs.run(plan, context, new=values["new"], until=Step.WAIT)

    put_run(supervised(invocation, plan.settings, None, work), values["output_format"])
