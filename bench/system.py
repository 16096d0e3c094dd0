"""The server of both clients, seen from the benchmark."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


class System:
    """Runs :mod:`bench.server`; a context manager.

    :ivar access: what a client must know: URLs, keys, names
    """

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.server", str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.access: dict[str, Any] = self._answer()

    def __enter__(self) -> System:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.communicate()

    def behave(self, **behaviour: float) -> None:
        """Play jobs like this from now on; see :class:`bench.server.Behaviour`."""
        self._ask("behave", behaviour)

    def make_ready(self, size_bytes: int) -> None:
        """Put results of this size into the store."""
        self._ask("make_ready", size_bytes)

    def requests(self) -> dict[str, int]:
        """Return how many requests clients made since last asked: ``{"store GET": 2, …}``."""
        counted: dict[str, int] = self._ask("requests", None)
        return counted

    def _ask(self, command: str, argument: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps([command, argument]) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the server has ended")
        return json.loads(line)
