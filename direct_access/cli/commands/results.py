"""``direct-access results``."""

from __future__ import annotations

from pathlib import Path

import click

from direct_access.cli.options import format_option


@click.command("results")
@click.argument("run", metavar="RUN|FILE", type=click.Path(path_type=Path))
@format_option
def command(run: Path, output_format: str) -> None:
    """Decode and print the results of a run directory, or of a results file. Needs no network."""
    from direct_access.cli.results_text import put_results

    put_results(run, output_format)
