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
    from direct_access.cli import job_commands

    job_commands.submit(job_file, settings_of(values), values)
