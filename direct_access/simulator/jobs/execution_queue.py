"""Which job is executed now: first come, first served, as many at a time as there are workers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from direct_access.simulator.execution import Outcome, Task


class Running(Protocol):
    """A task that is being executed."""

    def kill(self) -> None:
        """Stop it; its ``done`` is then never called."""


class Executor(Protocol):
    """Executes the circuits of a job somewhere else, never in this process."""

    def start(self, task: Task, done: Callable[[Outcome], None]) -> Running:
        """Begin to execute; ``done`` is called once, in any thread."""

    def warm_up(self) -> None:
        """Get workers ready in the background."""

    def close(self) -> None:
        """Stop everything."""


class Execution:
    """One task of the queue.

    :param started: called when its execution begins
    :param done: called when it has ended by itself
    """

    def __init__(self, task: Task, started: Callable[[], None], done: Callable[[Outcome], None]) -> None:
        self.task = task
        self.started = started
        self.done = done
        self.running: Running | None = None
        self.cancelled = False
        self.ended = False


class ExecutionQueue:
    """Starts tasks in their order, whenever a worker is free."""

    def __init__(self, executor: Executor, workers: int) -> None:
        self._executor = executor
        self._free = workers
        self._waiting: deque[Execution] = deque()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Get the workers ready in the background."""
        self._executor.warm_up()

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            self._waiting.clear()
        self._executor.close()

    def add(self, execution: Execution) -> None:
        """Append a task."""
        with self._lock:
            self._waiting.append(execution)
        self._start_next()

    def cancel(self, execution: Execution) -> None:
        """Take a task out, or kill it. Its ``done`` is not called any more, if it was not before."""
        with self._lock:
            execution.cancelled = True
            if execution in self._waiting:
                self._waiting.remove(execution)
        self._kill(execution)

    def _start_next(self) -> None:
        while execution := self._next():
            execution.started()
            execution.running = self._executor.start(execution.task, partial(self._done, execution))
            if execution.cancelled:
                self._kill(execution)

    def _next(self) -> Execution | None:
        with self._lock:
            if not self._free or not self._waiting:
                return None
            self._free -= 1
            return self._waiting.popleft()

    def _done(self, execution: Execution, outcome: Outcome) -> None:
        if self._claim_end(execution):
            self._free_worker()
            execution.done(outcome)

    def _kill(self, execution: Execution) -> None:
        if execution.running and self._claim_end(execution):
            execution.running.kill()
            self._free_worker()

    def _claim_end(self, execution: Execution) -> bool:
        """Return True to the one who ends the execution first."""
        with self._lock:
            claimed, execution.ended = not execution.ended, True
        return claimed

    def _free_worker(self) -> None:
        with self._lock:
            self._free += 1
        self._start_next()
