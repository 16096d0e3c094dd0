"""``direct-access simulator``."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from direct_access.cli.simulator_controls import CONTROLS
from direct_access.simulator.conflicts import Conflicts

SETTINGS = [field.name for field in fields(Conflicts)]


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


@command.command("serve")
@click.option(
    "--directory", type=click.Path(path_type=Path), help="Keep state here; default: a temporary directory."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on. It is no secure service."
)
@click.option("--api-port", default=0, help="Port of the REST API; 0 takes a free one.")
@click.option("--iam-port", default=0, help="Port of IAM; 0 takes a free one.")
@click.option("--store-port", default=0, help="Port of the object store; 0 takes a free one.")
@click.option("--cloud-port", default=0, help="Port of the Qiskit Runtime REST API; 0 takes a free one.")
@click.option(
    "--allowed-host",
    "allowed_hosts",
    metavar="NAME",
    multiple=True,
    help="A name by which clients may ask for it, besides localhost and the machine's own; may be repeated.",
)
@click.option(
    "--allowed-store",
    "allowed_stores",
    metavar="HOST[:PORT]",
    multiple=True,
    help="A store besides its own that jobs may name by presigned URL; may be repeated.",
)
@click.option(
    "--cloud-jobs-per-minute",
    type=click.IntRange(min=1),
    help="How many jobs a user may submit to the cloud in a minute; IBM allows 5, the default is any number.",
)
@click.option(
    "--setting",
    "conflicts",
    type=click.Choice(SETTINGS),
    metavar="NAME",
    multiple=True,
    help="Be the other kind of server where sources about the API disagree; may be repeated. "
    f"One of {', '.join(SETTINGS)}.",
)
@click.option(
    "--scenario",
    type=click.Path(path_type=Path),
    help="YAML file of faults, outcomes, reservations, backends, pace: a bad day.",
)
@click.option(
    "--backends",
    type=click.Path(path_type=Path),
    help="YAML or JSON list of own backends: configuration and properties, or name, n_qubits, topology.",
)
@click.option(
    "--for",
    "foreign_clients",
    type=click.Choice(["qrmi", "boto3", "qiskit-ibm-runtime"]),
    multiple=True,
    help="Print what this client needs too; may be repeated.",
)
def serve(
    directory: Path | None,
    scenario: Path | None,
    backends: Path | None,
    conflicts: tuple[str, ...],
    foreign_clients: tuple[str, ...],
    **settings: Any,
) -> None:
    """Serve until TERM or INT; print the line that points the other commands here."""
    from direct_access.cli.embedded import serve

    settings["conflicts"] = Conflicts(**dict.fromkeys(conflicts, True))
    serve(directory, settings, {"scenario": scenario, "backends": backends}, foreign_clients)


for control in CONTROLS:
    command.add_command(control)
