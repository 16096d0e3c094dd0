"""A simulator in a process of its own, and what it costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import urllib3
import yaml

ROOT = Path(__file__).parent.parent
START_TIMEOUT_SECS = 60.0


class LoadedSystem:
    """Runs ``python -m direct_access.simulator``; a context manager.

    :ivar system: the entry of its client configuration
    """

    def __init__(self, directory: Path, lanes: int) -> None:
        command = [sys.executable, "-m", "direct_access.simulator", str(directory), "--seed", "1"]
        self._process = subprocess.Popen(
            [*command, "--lanes", str(lanes)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout
        if "DIRECT_ACCESS_CONFIG=" not in self._process.stdout.readline():
            raise RuntimeError("the simulator does not start")
        configuration = yaml.safe_load((directory / "client" / "config.yaml").read_text())
        self.system: dict[str, Any] = configuration["systems"][configuration["default_system"]]
        self.api_key = Path(self.system["api_key_file"]).read_text().strip()

    def __enter__(self) -> LoadedSystem:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def decide(self, **outcome: Any) -> None:
        """Decide how the next jobs end; see :class:`direct_access.simulator.jobs.scenario.OutcomeRule`."""
        answer = urllib3.request("POST", f"{self.system['url']}/admin/outcomes", json=outcome)
        if answer.status >= 300:
            raise RuntimeError(answer.data.decode())

    def peak_memory_bytes(self) -> int:
        """Return the highest resident memory of the server so far, without workers (proc_pid_status(5))."""
        return _peak_memory_bytes(self._process.pid)

    def workers_memory_bytes(self) -> int:
        """Return the highest resident memory of the processes that execute circuits, together."""
        return sum(_peak_memory_bytes(pid) for pid in _descendants(self._process.pid))


def _peak_memory_bytes(pid: int) -> int:
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_descendants(int(child))]
    return found
