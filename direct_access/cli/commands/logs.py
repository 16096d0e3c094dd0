"""``direct-access logs``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from direct_access.cli.options import service_option, settings_of, system_option

BLOCK_BYTES = 1 << 16


@click.command("logs")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
def command(run: str, **values: Any) -> None:
    """Print the job's log: from the run directory if it is there, else from the store.

    A file or a pipe gets it byte for byte, a terminal without control characters.
    """
    from direct_access import run_files
    from direct_access.cli.invocation import service_of, target_of
    from direct_access.runner.context import LOGS

    target = target_of(run)
    if target.directory is not None and run_files.exists(target.directory, LOGS):
        with open(run_files.open_file(target.directory, LOGS), "rb", buffering=0) as file:
            _put_all(file.readinto)
        return
    with (
        service_of(settings_of(values), target.system) as service,
        service.open_logs(target.handle(service)) as log,
    ):
        _put_all(log.readinto)


def _put_all(readinto: Callable[[memoryview], int | None]) -> None:
    from direct_access.cli.streams import TerminalOutput, put_bytes, stdout_is_terminal

    block = memoryview(bytearray(BLOCK_BYTES))
    write = TerminalOutput().write if stdout_is_terminal() else put_bytes
    while used := readinto(block):
        write(block[:used])
