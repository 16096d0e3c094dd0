"""One run of a job by a client: a fresh place for its files, its cost, a look at what it brought."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.clients import Client
from bench.jobs import Job
from bench.measuring import CommandFailed, Cost, measure
from bench.system import System


class Trials:
    """Runs jobs on one system, in one directory.

    :ivar directory: where everything lies that is measured
    """

    def __init__(self, system: System, directory: Path) -> None:
        self.system = system
        self.directory = directory

    def run(self, client: Client, job: Job, results_bytes: int | None = None) -> Cost:
        """Run a job once."""
        return self.run_many(client, job, 1, results_bytes)[0]

    def run_many(self, client: Client, job: Job, number: int, results_bytes: int | None = None) -> list[Cost]:
        """Run a job so many times at once; the first cost has the requests of all.

        :param results_bytes: what the results must have; None: something
        :raises CommandFailed: if a client fails, or says that it did not while its results are not there
        """
        place = self.directory / "runs"
        place.mkdir()
        outputs = [place / str(index) for index in range(number)]
        self.system.requests()
        commands = [client.run_command(job, output) for output in outputs]
        try:
            costs = self.measure(commands, client.environment())
            for output in outputs:
                _check(client, output, results_bytes)
        finally:
            shutil.rmtree(place)
        return [replace(costs[0], requests=sum(self.system.requests().values())), *costs[1:]]

    def measure(
        self, commands: Sequence[Sequence[str]], environment: Mapping[str, str] | None = None
    ) -> list[Cost]:
        """Measure commands in an environment that holds nothing else, with no writes of others under way."""
        base = {"PATH": os.defpath, "HOME": str(self.directory), "LANG": "C.UTF-8"}
        os.sync()
        return measure(commands, {**base, **(environment or {})}, self.directory)


def _check(client: Client, output: Path, results_bytes: int | None) -> None:
    try:
        found = client.results(output).stat().st_size
    except FileNotFoundError:
        found = 0
    if not found or results_bytes not in (None, found):
        raise CommandFailed(f"{client.name} exited with 0 and left {found} bytes of results")
