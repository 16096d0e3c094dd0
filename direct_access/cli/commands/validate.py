"""``direct-access validate``."""

from __future__ import annotations

from pathlib import Path

import click

from direct_access.cli.options import format_option, system_option


@click.command("validate")
@click.argument("job_file", type=click.Path(path_type=Path), required=False)
@click.option("--print-params", is_flag=True, help="Print the params document as it would be uploaded.")
@click.option(
    "--schema", "print_schema", is_flag=True, help="Print the JSON Schema of job files, for editors."
)
@click.option(
    "--backend", metavar="NAME", help="Also check the circuits against this backend (asks the system)."
)
@system_option
@format_option
def command(
    job_file: Path | None,
    print_params: bool,
    print_schema: bool,
    backend: str | None,
    system: str | None,
    output_format: str,
) -> None:
    """Check JOB_FILE and everything it names; no network, unless --backend is given."""
    from direct_access.cli import local_commands

    if print_schema:
        local_commands.print_schema()
        return
    if job_file is None:
        raise click.UsageError("Missing argument 'JOB_FILE'.")
    local_commands.validate(
        job_file, print_params=print_params, backend=backend, system=system, output_format=output_format
    )
