"""A fixed number of workers, each served by a thread that lives as long as the executor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

from direct_access.simulator.execution.process import WorkerProcess, failed
from direct_access.simulator.execution.reasons import WorkerDied
from direct_access.simulator.execution.task import Outcome, Task


class Running:
    """A task that waits for a worker, is executed by one, or has ended."""

    def __init__(self, task: Task, done: Callable[[Outcome], None]) -> None:
        self._task = task
        self._done = done
        self._lock = threading.Lock()
        self._ended = False
        self._worker: WorkerProcess | None = None

    def kill(self) -> None:
        """End the work at once; ``done`` is then never called, unless the work had ended before."""
        with self._lock:
            if not self._ended and self._worker:
                self._worker.kill()
            self._ended = True

    def run_on(self, worker: WorkerProcess) -> None:
        """Execute the task; a worker that was killed over it is closed."""
        with self._lock:
            if self._ended:
                return
            self._worker = worker
        outcome = worker.execute(self._task)
        if self._end():
            self._done(outcome)
        else:
            worker.close()

    def fail(self, message: str) -> None:
        """End as Failed without a worker."""
        if self._end():
            self._done(failed("", WorkerDied(message)))

    def _end(self) -> bool:
        """Return whether it had not ended before."""
        with self._lock:
            first, self._ended = not self._ended, True
            return first


class Executor:
    """Executes tasks in worker processes, in the order of their start.

    :param workers: how many tasks are executed at the same time
    """

    def __init__(self, workers: int = 1) -> None:
        self._waiting: SimpleQueue[Running | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._unfinished: set[Running] = set()
        self._threads = [
            threading.Thread(target=self._serve, name=f"executor-{number}", daemon=True)
            for number in range(workers)
        ]

    def warm_up(self) -> None:
        """Start the workers in the background: each then imports its libraries, about 1.5 s."""
        with self._lock:
            for thread in self._threads:
                if thread.ident is None:
                    thread.start()

    def start(self, task: Task, done: Callable[[Outcome], None]) -> Running:
        """Execute a task as soon as a worker is free.

        :param done: called once with the outcome, in a thread of the executor; it raises nothing
        """
        self.warm_up()
        running = Running(task, done)
        with self._lock:
            self._unfinished.add(running)
        self._waiting.put(running)
        return running

    def close(self) -> None:
        """Kill all work and all workers; no ``done`` is called any more."""
        with self._lock:
            started = [thread for thread in self._threads if thread.ident is not None]
            unfinished = list(self._unfinished)
        for running in unfinished:
            running.kill()
        for _ in started:
            self._waiting.put(None)
        for thread in started:
            thread.join()

    def _serve(self) -> None:
        worker = _spawn()
        while (running := self._waiting.get()) is not None:
            worker = _usable(worker)
            if isinstance(worker, OSError):
                running.fail(f"no worker could be started: {worker}")
            else:
                running.run_on(worker)
                worker = _usable(worker)
            with self._lock:
                self._unfinished.discard(running)
        if isinstance(worker, WorkerProcess):
            worker.close()


def _spawn() -> WorkerProcess | OSError:
    try:
        return WorkerProcess()
    except OSError as error:
        return error


def _usable(worker: WorkerProcess | OSError) -> WorkerProcess | OSError:
    """Return the worker while it lives, else a new one, which warms up until it is needed."""
    if isinstance(worker, WorkerProcess):
        if worker.is_alive():
            return worker
        worker.close()
    return _spawn()
