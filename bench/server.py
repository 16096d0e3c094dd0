"""The server of both clients: the simulator, in a process of its own so that its work is nobody's CPU time.

It is told what to do by lines of JSON on standard input, answers each by one line, and ends with its input.

Two things are done for measuring's sake, alike for both clients. Large results lie ready in the store and
get their name by link(2) instead of being sent for seconds. And a job has ended before its submission is
answered where a client's own cost is asked for, so that neither waits for its next poll.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from direct_access.simulator import embedded
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.invented import write_results
from direct_access.simulator.jobs.job import Job, JobRequest
from direct_access.simulator.jobs.scenario import OutcomeRule, Pace
from direct_access.simulator.jobs.transfer import HttpTransfer
from direct_access.simulator.request_log import Entry
from direct_access.simulator.settings import SimulatorSettings
from direct_access.simulator.store.keys import file_of_key

LANES = 64
_INPUT = re.compile(r"(params:|input_)[^/]*$")
_OUTPUT = re.compile(r"(results|logs)[:_][^/]*$")


@dataclass
class Behaviour:
    """How jobs are played from now on.

    :param execution_secs: what they take
    :param ended_when_answered: whether their submission is answered only when they have ended
    :param ready_results: bytes of the ready object that they have as results; 0 for a few shots
    """

    execution_secs: float = 0.0
    ended_when_answered: bool = True
    ready_results: int = 0


class ReadyResults(HttpTransfer):
    """Writes objects by HTTP, except large results that lie ready in the store."""

    simulator: BenchSimulator

    def put(self, url: str, source: Path, headers: Mapping[str, str] | None = None) -> None:
        size = self.simulator.behaviour.ready_results
        if not size or source.name != "results.json":
            super().put(url, source, headers)
            return
        bucket, _, key = unquote(urlsplit(url).path).lstrip("/").partition("/")
        ready = self.simulator.store.read(bucket, _key_of_ready(size))
        if ready is None:
            raise FileNotFoundError(f"no results of {size} bytes lie ready")
        os.link(ready[0], file_of_key(ready[0].parent, key))


class BenchSimulator(Simulator):
    """A simulator that invents results and ends jobs when it is told to."""

    def __init__(self, directory: Path) -> None:
        self.behaviour = Behaviour()
        pace = Pace.immediate()
        super().__init__(directory, SimulatorSettings(execute=False, pace=pace, lanes=LANES))
        self._submit = self.jobs.submit
        self.jobs.submit = self._submit_and_wait  # type: ignore[method-assign]

    def _submit_and_wait(self, request: JobRequest) -> Job:
        job = self._submit(request)
        if self.behaviour.ended_when_answered:
            job.ended.wait()
        return job

    def behave(self, behaviour: Behaviour) -> None:
        """Play jobs like this from now on."""
        self.behaviour = behaviour
        self.outcomes.clear()
        self.outcomes.add(OutcomeRule(times=None, execution_secs=behaviour.execution_secs))

    def make_ready(self, size: int) -> None:
        """Put results of this size into the store."""
        path = self.directory / "ready.json"
        write_results(path, size)
        self.store.write(self.bucket, _key_of_ready(size), path)
        path.unlink()

    def requests_of_clients(self) -> dict[str, int]:
        """Return how many requests clients made since last asked, by what they are, and forget them."""
        counted: dict[str, int] = {}
        for entry in self.requests.entries():
            if not _is_of_system(entry):
                name = f"{entry.app} {entry.method}"
                counted[name] = counted.get(name, 0) + 1
        self.requests.clear()
        return counted


def _is_of_system(entry: Entry) -> bool:
    """Whether the quantum system itself made a request: it reads the input and writes the rest."""
    pattern = {"GET": _INPUT, "PUT": _OUTPUT}.get(entry.method)
    return entry.app == "store" and pattern is not None and bool(pattern.search(entry.path))


def _key_of_ready(size: int) -> str:
    return f"ready-{size}"


def _obey(simulator: BenchSimulator, command: str, argument: Any) -> dict[str, int]:
    if command == "behave":
        simulator.behave(Behaviour(**argument))
    elif command == "make_ready":
        simulator.make_ready(argument)
    return simulator.requests_of_clients()


def main(directory: Path) -> None:
    """Serve until standard input ends."""
    embedded.HttpTransfer = ReadyResults  # type: ignore[attr-defined]
    simulator = BenchSimulator(directory)
    with simulator:
        ReadyResults.simulator = simulator
        configuration = simulator.write_client_configuration(directory / "client")
        answer = {**asdict(simulator.access), "configuration": str(configuration)}
        print(json.dumps(answer, default=str), flush=True)
        for line in sys.stdin:
            command, argument = json.loads(line)
            print(json.dumps(_obey(simulator, command, argument)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
