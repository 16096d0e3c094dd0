"""The files of one job on this machine, and their way from and to its store."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from direct_access.clock import Clock, rfc3339
from direct_access.simulator.jobs.objects import JobObjects
from direct_access.simulator.jobs.spoiled import spoil


class JobFiles:
    """Params, results and log of a job.

    :param storage: the storage block of the job
    :ivar params: the params, once they are fetched
    :ivar results: where the results are to be written
    """

    def __init__(
        self, directory: Path, storage: Mapping[str, Any], objects: JobObjects, clock: Clock
    ) -> None:
        self.params = directory / "params.json"
        self.results = directory / "results.json"
        self._directory = directory
        self._storage = storage
        self._objects = objects
        self._clock = clock
        self._log = ""

    def fetch_params(self) -> None:
        """Read the input object.

        :raises TransferError: if that fails
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        self._objects.read(self._storage["input"], self.params)

    def send_results(self, spoiled: str) -> None:
        """Write the results object, spoiled on request.

        :raises TransferError: if that fails
        """
        spoil(self.results, spoiled)
        self._objects.write(self._storage["results"], self.results)

    def send_log(self) -> None:
        """Write the log object, if the job has one.

        :raises TransferError: if that fails
        """
        if "logs" in self._storage:
            path = self._directory / "logs.txt"
            path.write_text(self._log, encoding="utf-8")
            self._objects.write(self._storage["logs"], path)

    def add_to_log(self, lines: str) -> None:
        """Append lines to the log."""
        self._log += lines

    def note(self, level: str, text: str) -> None:
        """Append a line of ours to the log."""
        self._log += f"{rfc3339(self._clock.wall())} {level} {text}\n"

    def remove(self) -> None:
        """Remove the files; objects stay."""
        shutil.rmtree(self._directory, ignore_errors=True)
