"""The simulator as a program: serves until it is told to stop."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.foreign_clients import FOREIGN_CLIENTS, NEEDED
from direct_access.simulator.scenario_file import ScenarioFile
from direct_access.simulator.settings import SimulatorSettings

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def serve(
    directory: Path,
    settings: SimulatorSettings | None = None,
    scenario: ScenarioFile | None = None,
    foreign_clients: Iterable[str] = (),
    out: TextIO | None = None,
    output: TextIO | None = None,
) -> None:
    """Run a simulator until SIGTERM, SIGINT or SIGHUP; call it in the main thread.

    :param directory: where its state and the client's configuration are kept
    :param scenario: what goes wrong from the start
    :param foreign_clients: names of :data:`FOREIGN_CLIENTS` that shall reach it too
    :param out: gets the lines that a shell can evaluate; default: standard output
    :param output: gets what people should know; default: standard error
    :raises OSError: if a port is taken
    :raises Misplaced: if the scenario names a backend that there is not
    """
    day = scenario or ScenarioFile()
    simulator = Simulator(directory, settings, faults=day.faults, outcomes=day.outcomes)
    day.set_up(simulator.backends)
    with _stop_signals() as wait_for_signal, simulator:
        configuration = simulator.write_client_configuration(directory / "client")
        _introduce(simulator, output or sys.stderr)
        line = f"export DIRECT_ACCESS_CONFIG={shlex.quote(str(configuration.absolute()))}"
        for name in foreign_clients:
            if needed := NEEDED.get(name):
                print(needed, file=output or sys.stderr, flush=True)
            line += "\n" + FOREIGN_CLIENTS[name](simulator.access, directory / "client").rstrip()
        print(line, file=out or sys.stdout, flush=True)
        wait_for_signal()


@contextmanager
def _stop_signals() -> Iterator[Callable[[], object]]:
    """Yield a function that returns when one of the signals has come since the start of the block.

    The interpreter's own C handler writes to the pipe. A handler in Python would run too late where a signal
    comes after its last look at them and before the system call that waits (signal.set_wakeup_fd).
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer)
    previous = {number: signal.signal(number, lambda *_: None) for number in STOP_SIGNALS}
    try:
        yield lambda: os.read(reader, 1)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        os.close(reader)
        os.close(writer)


def _introduce(simulator: Simulator, output: TextIO) -> None:
    print(
        "A simulator of an on-prem quantum system, for development and tests. It is not a secure service:",
        "whoever reaches its ports controls it.",
        f"  IAM    {simulator.iam_url}",
        f"  API    {simulator.api_url}   (controls: /admin)",
        f"  store  {simulator.store_url}   (bucket {simulator.bucket})",
        f"  cloud  {simulator.cloud_url}   (instance {simulator.cloud_crn})",
        f"         {simulator.resource_controller_url}",
        f"         {simulator.global_search_url}",
        f"         {simulator.global_catalog_url}",
        "Stop it with Ctrl-C.",
        sep="\n",
        file=output,
        flush=True,
    )
