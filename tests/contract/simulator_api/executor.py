"""An executor whose tasks end when the test says so, so that no test waits for circuits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from direct_access.simulator.execution import Outcome, Task

LIMIT_SECS = 20


class HeldTask:
    """A task that is being executed until :meth:`end`."""

    def __init__(self, task: Task, done: Callable[[Outcome], None]) -> None:
        self.task = task
        self.killed = threading.Event()
        self._done = done

    def kill(self) -> None:
        self.killed.set()

    def end(self, quantum_secs: float = 0.0, **outcome: object) -> None:
        """End by itself, with a results document of the job's id."""
        self.task.results.write_text(f'{{"of":"{self.task.job_id}"}}')
        values = {"status": "Completed", "log": "12:00 INFO done\n", **outcome}
        self._done(Outcome(quantum_nanoseconds=round(quantum_secs * 1e9), **values))  # type: ignore[arg-type]


class HeldExecutor:
    """Starts tasks and lets them go on."""

    def __init__(self) -> None:
        self.started: list[HeldTask] = []
        self._changed = threading.Condition()

    def start(self, task: Task, done: Callable[[Outcome], None]) -> HeldTask:
        held = HeldTask(task, done)
        with self._changed:
            self.started.append(held)
            self._changed.notify_all()
        return held

    def warm_up(self) -> None:
        """Nothing has to be warmed up."""

    def close(self) -> None:
        """Nothing has to be closed."""

    def task(self, number: int = 0) -> HeldTask:
        """Return the task that was started after so many others, once it is."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.started) > number, LIMIT_SECS)
            return self.started[number]
