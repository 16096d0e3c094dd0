"""``direct-access reap``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from direct_access.cli.options import format_option, settings_of, system_option


@click.command("reap")
@click.option("--execute", is_flag=True, help="Cancel and delete; without it, only tell what would be done.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    default="/var/lib/direct-access/reap.json",
    show_default=True,
    help="File that carries what was seen from one pass to the next.",
)
@click.option(
    "--markers",
    type=click.Path(path_type=Path),
    default="/var/spool/direct-access/ended",
    show_default=True,
    help="Directory of the markers that the EpilogSlurmctld script leaves.",
)
@system_option
@format_option
def command(execute: bool, state: Path, markers: Path, output_format: str, **values: Any) -> None:
    """Cancel quantum jobs whose Slurm job is gone; delete what nobody collected in time. For administrators.

    A quantum job is cancelled if nobody left it on purpose and two passes 10 minutes apart, or a marker, say
    that its Slurm job is gone; at most three a pass.
    """
    from direct_access.cli import reaping

    reaping.reap(
        settings_of(values), execute=execute, state=state, markers=markers, output_format=output_format
    )
