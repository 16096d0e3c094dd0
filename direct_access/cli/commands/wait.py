"""``direct-access wait``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import (
    deadline_option,
    format_option,
    quiet_option,
    service_option,
    settings_of,
    system_option,
)


@click.command("wait")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
@deadline_option
@quiet_option
@format_option
def command(run: str, output_format: str, **values: Any) -> None:
    """Wait until the job of a run directory, or of a job id, has ended.

    The exit status is that of the quantum job; 0 says that it Completed. `collect` brings the results.
    """
    from dataclasses import replace

    from direct_access.cli.invocation import invocation_of_one_run, target_of
    from direct_access.cli.run_summary import put_run
    from direct_access.cli.supervised import supervised
    from direct_access.journal import Step
    from direct_access.runner import resume
    from direct_access.runner.context import RunContext
    from direct_access.runner.run import Run
    from direct_access.slurm import environment as slurm_env

    invocation = invocation_of_one_run(settings_of(values), values["quiet"])
    target = target_of(run)
    slurm = slurm_env.read(invocation.environment)

    def work(context: RunContext) -> Run:
        context = replace(context, allocation=None)
        if target.directory is None:
            return resume.wait_for_job(run, context)
        return resume.resume_run(target.directory, context, slurm, Step.COLLECT)

    ended = supervised(invocation, invocation.settings(), target.system, work, only_looks_on=True)
    put_run(ended, output_format)
