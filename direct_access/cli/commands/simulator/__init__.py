"""``direct-access simulator``: serve a simulated quantum system, and control one that runs."""

from __future__ import annotations

import click

from direct_access.cli.commands.simulator.controls import CONTROLS
from direct_access.cli.commands.simulator.serve import serve


class ServingGroup(click.Group):
    """A group whose command is ``serve`` where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group("simulator", cls=ServingGroup)
def command() -> None:
    """Serve a simulated quantum system: IAM, REST API, object store, real circuit execution.

    Without a command: serve; see "simulator serve --help" for its options. The other commands control a
    simulator that runs.
    """


for subcommand in (serve, *CONTROLS):
    command.add_command(subcommand)
