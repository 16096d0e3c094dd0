"""``direct-access backends``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, service_option, settings_of, system_option

HEADER = ("BACKEND", "STATUS", "LOCKED", "VERSION", "MESSAGE")


@click.command("backends")
@click.argument("name", required=False)
@click.option(
    "--configuration", "part", flag_value="configuration", help="Print the configuration of NAME as JSON."
)
@click.option("--properties", "part", flag_value="properties", help="Print the calibration of NAME as JSON.")
@system_option
@service_option
@format_option
def command(name: str | None, part: str | None, output_format: str, **values: Any) -> None:
    """Show the backends of a system, or one of them."""
    from direct_access.cli.invocation import put_json, service_of
    from direct_access.cli.streams import put
    from direct_access.cli.tables import table
    from direct_access.errors import NotFoundError

    if part and not name:
        raise click.UsageError(f"--{part} needs the NAME of a backend.")
    with service_of(settings_of(values)) as service:
        if name and part:
            known = service.backends
            ask = known.configuration if part == "configuration" else known.properties
            put_json(f"backend-{part}", backend=name, document=ask(name))
            return
        found = service.backends.all()
    if name:
        found = [backend for backend in found if backend.name == name]
        if not found:
            raise NotFoundError(f"the system has no backend {name}", subject=name)
    if output_format == "json":
        put_json("backends", backends=[vars(backend) for backend in found])
        return
    put(table(HEADER, [(b.name, b.status, _yes_no(b.locked), b.version, b.message) for b in found]))


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("yes" if value else "no")
