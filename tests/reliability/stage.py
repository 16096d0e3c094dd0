"""Where a fault is played: the command as a subprocess, a simulator that misbehaves, and what both leave."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.integration.conftest import Site

PATIENCE_SECS = 60.0
_FILES = {
    "results.json": "results",
    "logs.txt": "log",
    "results.json.rejected": "rejected results",
}
_ROLES = {"params": "params", "results": "results", "logs": "log", "detached": "mark"}


@dataclass(frozen=True)
class Played:
    """How the last command of a scene ended."""

    exit_status: int
    stderr: str


@dataclass
class Stage:
    """A site, with the moves that scenes are made of."""

    site: Site

    def fault(self, **what: object) -> None:
        """Let something go wrong."""
        self.site.simulator.faults.add(Fault(**what))  # type: ignore[arg-type]

    def outcome(self, **how: object) -> None:
        """Decide how the next job ends."""
        self.site.simulator.outcomes.add(OutcomeRule(**how))  # type: ignore[arg-type]

    def run(self, *options: str | Path, job_file: Path | None = None, **variables: str) -> Played:
        """Run the job file from start to end."""
        return self.command("run", *options, job_file or self.site.job_file(), **variables)

    def command(self, *arguments: str | Path, **variables: str) -> Played:
        """Run a command to its end."""
        done = self.site.run(*arguments, **variables)
        return Played(done.returncode, done.stderr)

    def started(self, *options: str, **variables: str) -> subprocess.Popen[str]:
        """Start a run whose job goes on until it is released; return once the command waits for it."""
        self.outcome(manual=True)
        process = self.site.start("run", *options, self.site.job_file(), **variables)
        self.until(self.is_waiting)
        return process

    def finish(self, process: subprocess.Popen[str]) -> Played:
        """Wait for the end of a command."""
        _, stderr = process.communicate(timeout=PATIENCE_SECS)
        return Played(process.returncode, stderr)

    def signalled(self, number: signal.Signals, **variables: str) -> Played:
        """Send a signal to a run that waits for its job, and wait for its end."""
        process = self.started(**variables)
        process.send_signal(number)
        return self.finish(process)

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that another process does."""
        end = time.monotonic() + PATIENCE_SECS
        while not condition():
            assert time.monotonic() < end, "it never happened"
            time.sleep(0.02)

    def is_waiting(self) -> bool:
        """Whether the run's journal says that it waits."""
        path = self.site.run_directory / "job.json"
        return path.exists() and json.loads(path.read_bytes())["step"] == "wait"

    @property
    def job(self) -> Job:
        """The only job."""
        (job,) = self.site.simulator.jobs.jobs()
        return job

    def release(self) -> None:
        """Let the job end."""
        self.site.simulator.jobs.release(self.job.id)
        self.site.simulator.wait_for(self.job.id)

    def on_server(self) -> str:
        """Return in words which job and objects are left."""
        jobs = [f"job {job.status}" for job in self.site.simulator.jobs.jobs()]
        roles = [name.rpartition("/")[2].partition(":")[0] for name in self.site.objects()]
        objects = [word for role, word in _ROLES.items() if role in roles]
        return ", ".join([*jobs, *objects]) or "nothing"

    def on_disk(self) -> str:
        """Return in words what is in the run directory."""
        directory = self.site.run_directory
        if not directory.exists():
            return "nothing"
        files = [word for name, word in _FILES.items() if (directory / name).exists()]
        step = json.loads((directory / "job.json").read_bytes())["step"]
        unfinished = [] if step == "finished" else [f"journal at step {step}"]
        return ", ".join([*files, *unfinished]) or "journal"
