"""Options of the commands for the cloud."""

from __future__ import annotations

import click

cloud_system_option = click.option(
    "--system",
    metavar="NAME",
    help="The system in the cloud, by its name in the configuration; not needed where there is one only.",
)
