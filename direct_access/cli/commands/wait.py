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
def command(run: str, **values: Any) -> None:
    """Wait until the job of a run directory, or of a job id, has ended.

    The exit status is that of the quantum job; 0 says that it Completed. `collect` brings the results.
    """
    from direct_access.cli import job_commands

    job_commands.wait(run, settings_of(values), values)
