"""``direct-access simulator serve``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from direct_access.simulator.conflicts import Conflicts

SETTINGS = [field.name for field in fields(Conflicts)]


@click.command("serve")
@click.option(
    "--directory", type=click.Path(path_type=Path), help="Keep state here; default: a temporary directory."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on. It is not a secure service."
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
    help="YAML file of faults, outcomes, reservations, backends and pace to begin with.",
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
    try:
        from direct_access.simulator.serve import serve as serve_simulator
        from direct_access.simulator.settings import SimulatorSettings
    except ImportError as error:
        from direct_access.cli.simulated_environment import not_installed

        raise not_installed(error) from error
    from direct_access.simulator.backends.file import backends_of
    from direct_access.simulator.scenario_file import ScenarioFile

    settings["conflicts"] = Conflicts(**dict.fromkeys(conflicts, True))
    bad_day = None
    with ExitStack() as stack:
        if directory is None:
            directory = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="direct-access-simulator-"))
            )
        if backends is not None:
            settings["own_backends"] = backends_of(stack.enter_context(_reading(backends)))
        if scenario is not None:
            bad_day = ScenarioFile.from_document(stack.enter_context(_reading(scenario)))
            settings |= bad_day.settings
        serve_simulator(directory, SimulatorSettings(**settings), bad_day, foreign_clients)


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """Yield a file's document; what the block finds wrong with it becomes a finding at its place.

    :raises InputError: with findings
    """
    from direct_access.document import read, refusal
    from direct_access.simulator.documents import Misplaced

    document = read(path)
    try:
        yield document.value
    except Misplaced as error:
        raise refusal(document.name, [document.finding(error.path, str(error))]) from error
