"""``direct-access migrate``."""

from __future__ import annotations

from pathlib import Path

import click

from direct_access.cli.options import format_option


@click.command("migrate")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE...")
@click.option("--write", is_flag=True, help="Change in the files what is certain.")
@format_option
def command(files: tuple[Path, ...], write: bool, output_format: str) -> None:
    """Find what each FILE uses of the classic Qiskit Runtime REST API, and say what replaces it.

    FILE is a script, a notebook or a job file. Nothing is changed without --write, and with it only what is
    certain; a notebook's outputs are left alone.
    """
    from direct_access.cli import migrating

    migrating.migrate(files, write=write, output_format=output_format)
