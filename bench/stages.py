"""``direct-access`` in this process, with a clock around its stages: ``stages.py ORIGIN FILE ARGUMENT…``.

ORIGIN is the monotonic time at which the process was started. FILE gets seconds and number of each stage.
A stage that calls another one pauses meanwhile, so that the times add up to the whole.
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

import builtins  # noqa: E402  everything above is the interpreter's own start
import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from collections import defaultdict  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import wraps  # noqa: E402
from typing import Any, NoReturn  # noqa: E402
from urllib.parse import urlsplit  # noqa: E402

Stage = Callable[..., str]
BESIDE = "beside"
"""What goes on beside the run: the main thread's waiting, and requests in other threads."""


class Stages:
    """Adds up the time of each stage, exclusive of the stages that it calls."""

    def __init__(self) -> None:
        self.secs: dict[str, float] = defaultdict(float)
        self.number: dict[str, int] = defaultdict(int)
        self._of_thread = threading.local()

    def enter(self, name: str) -> None:
        """Begin a stage; the one under way pauses."""
        stack = self._stack()
        self._add(stack)
        if not stack or stack[-1] != name:
            self.number[name] += 1
        stack.append(name)

    def leave(self) -> None:
        """End the stage under way."""
        stack = self._stack()
        self._add(stack)
        stack.pop()

    def timed(self, function: Callable[..., Any], stage: str | Stage) -> Callable[..., Any]:
        """Return the function as a stage, named or named after its arguments."""

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            self.enter(stage if isinstance(stage, str) else stage(*args, **kwargs))
            try:
                return function(*args, **kwargs)
            finally:
                self.leave()

        return call

    def _stack(self) -> list[str]:
        if not hasattr(self._of_thread, "stack"):
            self._of_thread.stack = []
            self._of_thread.since = time.perf_counter()
        stack: list[str] = self._of_thread.stack
        return stack

    def _add(self, stack: list[str]) -> None:
        now = time.perf_counter()
        if stack:
            self.secs[stack[-1]] += now - self._of_thread.since
        self._of_thread.since = now


def request_stage(_client: object, method: str, url: str, **_options: object) -> str:
    """Name a request after what it is for."""
    path = urlsplit(url).path
    if path.endswith("/identity/token"):
        return "request: token"
    if "/v1/jobs" in path:
        return {"POST": "request: submit", "GET": "request: poll"}.get(method, "request: delete the job")
    if "/v1/backends" in path:
        return BESIDE
    if method == "PUT":
        return "request: upload"
    if method == "DELETE":
        return "request: delete objects"
    return "request: results" if "results" in path else "request: logs"


WATCHED: list[tuple[str, str, str | Stage]] = [
    ("direct_access.runner.invocation", "Invocation.settings", "configuration"),
    ("direct_access.runner.invocation", "jobfile.load", "job file"),
    ("direct_access.runner.invocation", "plans.make", "plan"),
    ("direct_access.runner.preparing", "prepare", "prepare: params, journal"),
    ("direct_access.runner.run", "owners.this_process", "owner record"),
    ("direct_access.runner.preparing", "owners.take", "owner record"),
    ("direct_access.runner.owner", "is_owner", "owner record"),
    ("direct_access.journal", "Journal.save", "journal"),
    ("direct_access.runner.collecting", "download", "collect: copy and digest"),
    ("direct_access.transport.http", "HttpClient.request", request_stage),
    ("direct_access.storage.sdk", "S3Client.__init__", "client of the SDK"),
    ("direct_access.storage.sdk", "S3Client.presigned_url", "signing"),
    ("direct_access.clock", "SystemClock.wait", "pause before a poll"),
    ("direct_access.runner.waiting", "_BackendFacts.result", "waiting for backend facts"),
    ("direct_access.runner.supervision", "Supervisor.run", BESIDE),
    ("direct_access.runner.supervision", "Supervisor._work", "rest"),
]


class Watch:
    """Puts a clock around imports, and around each watched function once its module is there."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages
        self._waiting = list(WATCHED)
        self._depth = 0

    def install(self) -> None:
        """Begin to watch."""
        os.fsync = self._stages.timed(os.fsync, "fsync")
        builtins.__import__ = self._importing(builtins.__import__)
        importlib.import_module = self._importing(importlib.import_module)

    def _importing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        timed = self._stages.timed(function, "imports")

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            self._depth += 1
            try:
                return timed(*args, **kwargs)
            finally:
                self._depth -= 1
                if not self._depth and self._waiting:
                    self._watch_loaded()

        return call

    def _watch_loaded(self) -> None:
        for entry in list(self._waiting):
            module, path, stage = entry
            if module in sys.modules:
                self._waiting.remove(entry)
                holder, name = found(module, path)
                setattr(holder, name, self._stages.timed(getattr(holder, name), stage))


def found(module: str, path: str) -> tuple[Any, str]:
    """Return what holds the function of a path (``Invocation.settings``) in a loaded module, and its name."""
    *owners, name = path.split(".")
    holder: Any = sys.modules[module]
    for owner in owners:
        holder = getattr(holder, owner)
    return holder, name


def main(origin: float, file: str, arguments: list[str]) -> NoReturn:
    """Run the command, which leaves by _exit(2), and write down its stages when it does."""
    stages = Stages()
    leave = os._exit

    def write_down(status: int) -> NoReturn:
        stages.leave()
        with open(file, "w") as out:
            json.dump({"secs": stages.secs, "number": stages.number, "ended": time.perf_counter()}, out)
        leave(status)

    os._exit = write_down
    stages.secs["interpreter: start"] = BEGUN - origin
    Watch(stages).install()
    sys.argv = ["direct-access", *arguments]
    stages.enter("rest")
    from direct_access._console import run

    run()


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
