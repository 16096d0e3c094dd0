"""``direct-access config``."""

from __future__ import annotations

import click

from direct_access.cli.options import format_option


@click.group("config")
def command() -> None:
    """Show the configuration and where it comes from."""


@command.command("show")
@click.option("--origin", is_flag=True, help="Name the option, variable or file that won.")
@format_option
def show(origin: bool, output_format: str) -> None:
    """Print every setting; secrets appear as the file or command that holds them."""
    from direct_access.cli.invocation import invocation_of, put_json
    from direct_access.cli.streams import put
    from direct_access.cli.tables import table
    from direct_access.config.show import show as shown

    rows = shown(invocation_of({}).settings())
    if output_format == "json":
        put_json(
            "configuration",
            settings=[{"name": name, "value": value, "origin": source} for name, value, source in rows],
        )
    elif origin:
        put(table(("SETTING", "VALUE", "ORIGIN"), rows))
    else:
        put(table(("SETTING", "VALUE"), [row[:2] for row in rows]))
