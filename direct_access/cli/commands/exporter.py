"""``direct-access exporter``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import checks_deadline_option, settings_of, system_option


@click.command("exporter")
@click.option(
    "--listen",
    metavar="[ADDRESS:]PORT",
    default="127.0.0.1:9744",
    show_default=True,
    help="Where Prometheus reads; loopback unless an address says otherwise. Port 0 takes a free one.",
)
@click.option(
    "--interval",
    metavar="TIME",
    default="60",
    show_default=True,
    help="Make the checks so often; at least 10 s.",
)
@checks_deadline_option
@system_option
def command(listen: str, interval: str, deadline_secs: float | None, **values: Any) -> None:
    """Make the checks of "health" over and over, and serve what they find to Prometheus. For administrators.

    One node of a site is enough. A scrape causes no request. It serves until TERM, INT or HUP.
    """
    from direct_access.cli.exporting import export

    export(listen, interval, deadline_secs, settings_of(values))
