"""``direct-access health``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from direct_access.cli.options import checks_deadline_option, quiet_option, settings_of, system_option

FORMATS = ("text", "json", "nagios", "prometheus", "nhc")


@click.command("health")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print what was found; `nhc` makes no request and reads what another node published.",
)
@checks_deadline_option
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, by rename, mode 0644.")
@click.option(
    "--publish", type=click.Path(path_type=Path), help="Also write the state file that `--format nhc` reads."
)
@click.option(
    "--state", type=click.Path(path_type=Path), help="With nhc: the state file. Default: the site's."
)
@click.option(
    "--fail-on",
    type=click.Choice(["configuration", "disk"]),
    multiple=True,
    help="With nhc: exit 1 if this is broken on the node itself. Default: never.",
)
@system_option
@quiet_option
def command(
    output_format: str,
    deadline_secs: float | None,
    output: Path | None,
    publish: Path | None,
    state: Path | None,
    fail_on: tuple[str, ...],
    quiet: bool,
    **values: Any,
) -> int:
    """Check everything that a quantum job needs, from the configuration to the object store.

    Exits 0, or with the status of the first cause that would fail a job. With --format nagios: 0, 1, 2 or 3.
    With --format nhc: 0, and 1 only by --fail-on.
    """
    from direct_access.cli import checking

    if output_format != "nhc" and (state or fail_on):
        raise click.UsageError("--state and --fail-on are for --format nhc")
    if output_format == "nhc":
        if output or publish:
            raise click.UsageError("--output and --publish are not for --format nhc")
        return checking.node_health(settings_of(values), state, fail_on)
    return checking.health(
        settings_of(values),
        output_format,
        deadline_secs=deadline_secs,
        output=output,
        publish=publish,
        quiet=quiet,
    )
