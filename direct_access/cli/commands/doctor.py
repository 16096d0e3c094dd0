"""``direct-access doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from direct_access.cli.options import format_option, settings_of, system_option


@click.command("doctor")
@click.option("--backend", metavar="NAME", help="The backend for the test job. Default: the configured one.")
@click.option("--from-node", is_flag=True, help="Only say which of IAM, API and store this node reaches.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    help="Write an archive (.tar.gz) for support, without secrets, and run no test job.",
)
@click.option(
    "--wait", metavar="TIME", default="5m", show_default=True, help="Longest wait for the test job."
)
@system_option
@format_option
def command(from_node: bool, bundle: Path | None, wait: str, output_format: str, **values: Any) -> int:
    """Find out why jobs do not work: all checks of `health`, then a small job from start to end.

    Stops at the first cause, says how to mend it and what to type next, and exits with the status that a job
    would end with.
    """
    from direct_access.cli import doctoring
    from direct_access.units import parse_duration_secs

    if from_node and bundle:
        raise click.UsageError("--from-node and --bundle exclude each other")
    options = settings_of(values)
    if from_node:
        return doctoring.from_node(options, output_format)
    if bundle:
        return doctoring.write_bundle(options, bundle)
    try:
        wait_secs = parse_duration_secs(wait)
    except ValueError as error:
        raise click.UsageError(f"--wait: {error}") from error
    return doctoring.doctor(options, output_format, wait_secs)
