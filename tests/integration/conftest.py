"""The command as a subprocess, against a simulator in this process that can be made to misbehave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings

COMMAND_SECS = 60

BELL = """\
program_id: sampler
backend: ibm_examplesite
timeout_secs: 60
pubs:
  - circuit: |
      OPENQASM 3.0;
      include "stdgates.inc";
      bit[2] c;
      sx $0;
      cz $0, $1;
      c[0] = measure $0;
      c[1] = measure $1;
    shots: 100
"""


@dataclass
class Site:
    """A place to run the command from: a home, a working directory, a configuration, a simulator."""

    simulator: Simulator
    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def job_file(self, text: str = BELL, name: str = "bell.yaml") -> Path:
        """Write a job file."""
        path = self.home / name
        path.write_text(text)
        return path

    def start(self, *arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
        """Start the command."""
        return subprocess.Popen(
            [sys.executable, "-m", "direct_access", *map(str, arguments)],
            cwd=self.home,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=COMMAND_SECS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @property
    def run_directory(self) -> Path:
        """Where the first run of ``bell.yaml`` goes."""
        return self.home / "bell-local"

    @property
    def journal(self) -> Mapping[str, Any]:
        """The journal of the first run."""
        document: Mapping[str, Any] = json.loads((self.run_directory / "job.json").read_bytes())
        return document

    def objects(self) -> list[str]:
        """Names of all objects in the bucket."""
        return sorted(found.key for found in self.simulator.store.objects(self.simulator.bucket))


def clean_environment(home: Path, configuration: Path) -> dict[str, str]:
    """Return an environment that holds nothing of the machine's."""
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "error",
        "XDG_RUNTIME_DIR": str(home),
        "DIRECT_ACCESS_CONFIG": str(configuration),
    }


def site_of(simulator: Simulator, directory: Path, storage_type: str = "s3_compatible") -> Site:
    """Return a site for a simulator."""
    home = directory / "home"
    home.mkdir(mode=0o700)
    configuration = simulator.write_client_configuration(directory / "client", storage_type)
    return Site(simulator, home, clean_environment(home, configuration))


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A simulator that invents results at once instead of executing circuits."""
    settings = SimulatorSettings(execute=False, allowed_stores=("127.0.0.1",))  # what stands before it too
    with Simulator(tmp_path / "simulator", settings) as simulator:
        yield simulator


@pytest.fixture
def site(simulator: Simulator, tmp_path: Path) -> Site:
    return site_of(simulator, tmp_path)
