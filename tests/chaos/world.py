"""A simulator, homes to run the command from, and what must hold once a run has ended well."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.invented import write_results
from direct_access.simulator.jobs.refusals import UnknownJob
from direct_access.simulator.settings import SimulatorSettings
from tests.chaos import strace
from tests.integration.conftest import Site, clean_environment

COMMAND_SECS = 90
FILES = ["job-object.json", "job.json", "logs.txt", "params.json", "results.json"]
IN_2100 = "4102444800"  # told by Slurm, so that it is not asked
SLURM = {
    "SLURM_JOB_ID": "4711",
    "SLURM_CLUSTER_NAME": "c",
    "SLURM_JOB_NAME": "bell",
    "SLURM_JOB_END_TIME": IN_2100,
}
REQUEUED = {**SLURM, "SLURM_RESTART_COUNT": "1"}
OTHER_NODE = ("unshare", "--uts", "sh", "-c", 'hostname node2 && exec "$@"', "sh")


class World:
    """A simulator that is shared by many runs, each in a home of its own."""

    def __init__(self, directory: Path, simulator: Simulator) -> None:
        self.simulator = simulator
        self._directory = directory
        self._configuration = simulator.write_client_configuration(directory / "client")
        self._homes = 0

    def home(self) -> Home:
        """Make a home in which nothing ran yet, on a server that holds nothing."""
        self._homes += 1
        path = self._directory / f"home{self._homes}"
        path.mkdir(mode=0o700)
        environment = clean_environment(path, self._configuration)
        environment["XDG_RUNTIME_DIR"] = str(path / "runtime")
        environment["PYTHONDONTWRITEBYTECODE"] = "1"  # else the first run makes calls of its own
        (path / "runtime").mkdir(mode=0o700)
        home = Home(self.simulator, path, environment)
        home.accepted_before = self.simulator.jobs.accepted
        home.job_file()
        return home


@dataclass
class Home(Site):
    """One user's place; see :class:`tests.integration.conftest.Site`."""

    accepted_before: int = 0

    def command(self, *before: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run ``direct-access run`` to its end.

        :param before: words that go before it, such as those of strace(1)
        """
        process = self.begin("run", "bell.yaml", before=before, **variables)
        out, err = process.communicate(timeout=COMMAND_SECS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def begin(self, *arguments: str, before: tuple[str, ...] = (), **variables: str) -> subprocess.Popen[str]:
        """Start the command behind some words."""
        return subprocess.Popen(
            [*before, sys.executable, "-m", "direct_access", *arguments],
            cwd=self.home,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def killed_before(self, point: strace.Point, **variables: str) -> strace.Point | None:
        """Run the command, kill it before a system call, and return the call at which it died."""
        log = self.home / "strace.log"
        done = self.command(*strace.tracing(log, point.injection), **variables)
        assert done.returncode == -9, f"{point} was not reached: {done.stderr}"
        return strace.last_call(log, self.home, point.name)

    @property
    def executions(self) -> int:
        """How many jobs the server accepted since this home was made."""
        return self.simulator.jobs.accepted - self.accepted_before

    @property
    def run_directories(self) -> list[Path]:
        """Every run directory in this home."""
        return sorted(path.parent for path in self.home.glob("*/job.json"))

    def contents(self) -> dict[str, bytes]:
        """Return what is in the bucket."""
        found = {key: self.simulator.store.read(self.simulator.bucket, key) for key in self.objects()}
        return {key: place[0].read_bytes() for key, place in found.items() if place}

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds."""
        patience = time.monotonic() + COMMAND_SECS
        while not condition():
            assert time.monotonic() < patience, "it never came true"
            time.sleep(0.01)

    def expect_one_whole_run(self) -> None:
        """Assert that one job was executed, that its results are here, and that nothing else is anywhere."""
        assert self.executions == 1
        (directory,) = self.run_directories
        assert (directory / "results.json").read_bytes() == results()
        assert sorted(os.listdir(directory)) == FILES
        journal = json.loads((directory / "job.json").read_bytes())
        assert (journal["step"], journal["job_status"], journal["error"]) == ("finished", "Completed", None)
        assert not journal["left_behind"]
        assert self.simulator.jobs.jobs() == []
        assert self.objects() == []


@contextmanager
def world(directory: Path) -> Iterator[World]:
    """Yield a world whose simulator tells of a job only once it has ended: every run makes the same calls."""
    settings = SimulatorSettings(execute=False, allowed_stores=("127.0.0.1",))
    simulator = Simulator(directory / "simulator", settings)
    take = simulator.faults.take

    def take_when_ended(app: str, method: str, path: str) -> Fault | None:
        if app == "api" and method == "GET" and path.startswith("/v1/jobs/"):
            _wait_for(simulator, path.rpartition("/")[2])
        return take(app, method, path)

    simulator.faults.take = take_when_ended  # type: ignore[method-assign]
    with simulator:
        yield World(directory, simulator)


def _wait_for(simulator: Simulator, job_id: str) -> None:
    try:
        job = simulator.jobs.job(job_id)
    except UnknownJob:
        return
    if job.scenario is None or not job.scenario.pace.manual:
        job.ended.wait(COMMAND_SECS)


@functools.cache
def results() -> bytes:
    """Return the results of every job: the same bytes, whoever runs it."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "results.json"
        write_results(file)
        return file.read_bytes()


def undisturbed(a_world: World, **variables: str) -> list[strace.Point]:
    """Run the command and return its system calls that change the world."""
    home = a_world.home()
    log = home.home / "strace.log"
    done = home.command(*strace.tracing(log), **variables)
    assert done.returncode == 0, done.stderr
    home.expect_one_whole_run()
    return strace.points(log, home.home)


def why_not_traceable() -> str | None:
    """Return why strace(1) cannot be used here, None if it can."""
    try:
        subprocess.run(["strace", "-f", "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"strace cannot trace here: {error}"
    return None


def why_no_other_node() -> str | None:
    """Return why a second node cannot be played here, None if it can."""
    try:
        subprocess.run([*OTHER_NODE, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no UTS namespace can be made here: {error}"
    return None
