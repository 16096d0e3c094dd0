"""``direct-access simulator``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("simulator")
@click.option(
    "--directory", type=click.Path(path_type=Path), help="Keep state here; default: a temporary directory."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on. It is no secure service."
)
@click.option("--api-port", default=0, help="Port of the REST API; 0 takes a free one.")
@click.option("--iam-port", default=0, help="Port of IAM; 0 takes a free one.")
@click.option("--store-port", default=0, help="Port of the object store; 0 takes a free one.")
def command(directory: Path | None, host: str, api_port: int, iam_port: int, store_port: int) -> None:
    """Serve a simulated quantum system: IAM, REST API, object store, real circuit execution.

    Prints the line that points the other commands at it.
    """
    from direct_access.cli.embedded import serve

    serve(directory=directory, host=host, ports=(api_port, iam_port, store_port))
