"""``direct-access list``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from direct_access.cli.options import format_option, service_option, settings_of, system_option


@click.command("list")
@click.option(
    "--local",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the runs are; default: your scratch directory.",
)
@system_option
@service_option
@format_option
def command(local: Path | None, output_format: str, **values: Any) -> None:
    """Show all jobs of ours that the system knows, oldest first, and the runs on this side.

    A run whose job the system does not know any more comes last, with the step it is at. If the system cannot
    be asked, the runs are shown all the same, and the exit status says why.
    """
    from direct_access.cli.listing import list_jobs

    list_jobs(local, settings_of(values), output_format)
