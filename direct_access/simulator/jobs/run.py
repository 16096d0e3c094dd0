"""The life of one accepted job: read its input, execute it, write results and logs, end."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from direct_access.clock import Clock, rfc3339
from direct_access.simulator.backends.model import BackendModel
from direct_access.simulator.jobs.execution_queue import Execution, ExecutionQueue
from direct_access.simulator.jobs.invented import write_results
from direct_access.simulator.jobs.job import (
    CANCELLED,
    COMPLETED,
    FAILED,
    FAILED_TO_RUN,
    RAN_TOO_LONG,
    Ending,
    Job,
)
from direct_access.simulator.jobs.objects import JobObjects
from direct_access.simulator.jobs.scenario import Scenario
from direct_access.simulator.jobs.spoiled import spoil
from direct_access.simulator.jobs.table import JobTable
from direct_access.simulator.jobs.transfer import TransferError
from direct_access.simulator.timers import Timer, Timers

if TYPE_CHECKING:
    from direct_access.simulator.execution import Outcome

NS_PER_SEC = 1e9
WORKER_START_SECS = 5.0  # a worker that is still importing its libraries does not execute yet
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Machinery:
    """What every job needs.

    :param pool: threads for transfers, which may block
    :param directory: where the files of running jobs lie
    :param seed: seed of the circuits' execution, None for a random one
    :param accept_any_circuit: execute circuits that are no ISA circuits of the backend too
    """

    clock: Clock
    timers: Timers
    pool: ThreadPoolExecutor
    table: JobTable
    objects: JobObjects
    queue: ExecutionQueue
    directory: Path
    seed: int | None = None
    accept_any_circuit: bool = False


class JobRun:
    """Brings one job to its end, step by step; each step that may block runs in the pool."""

    def __init__(self, job: Job, backend: BackendModel, scenario: Scenario, machinery: Machinery) -> None:
        self.job = job
        self._backend = backend
        self._scenario = scenario
        self._m = machinery
        self._directory = machinery.directory / str(job.number)
        self._params = self._directory / "params.json"
        self._results = self._directory / "results.json"
        self._log_lines: list[str] = []
        self._timer: Timer | None = None
        self._execution: Execution | None = None
        self._begun = False
        self._started_at = 0.0

    def begin(self) -> None:
        """Begin, once."""
        if not self._begun:
            self._begun = True
            self._soon(self._fetch)

    def stop(self) -> None:
        """Kill what is being executed and remove the files; the job has been given its end."""
        if self._timer:
            self._timer.cancel()
        if self._execution:
            self._m.queue.cancel(self._execution)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _soon(self, step: Callable[[], None]) -> None:
        self._m.pool.submit(self._guarded, step)

    def _guarded(self, step: Callable[[], None]) -> None:
        if self.job.ended.is_set():
            return
        try:
            step()
        except Exception:
            if self.job.ended.is_set():  # its files were taken away under it
                return
            _log.exception("job %d", self.job.number)
            self._end(Ending(FAILED, FAILED_TO_RUN, "Internal error of the simulator."))

    def _fetch(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        try:
            self._m.objects.read(self.job.request.storage["input"], self._params)
        except TransferError as error:
            self._conclude(_failed(f"The input could not be read: {error}."))
            return
        if self._scenario.execute:
            self._execute()
        else:
            self._invent()

    def _execute(self) -> None:
        from direct_access.simulator.execution import Task  # only jobs that are executed need it

        request = self.job.request
        task = Task(
            job_id=request.id,
            program_id=request.program_id,
            params=self._params,
            backend_configuration=self._backend.configuration,
            backend_properties=self._backend.properties,
            log_level=request.log_level,
            seed=self._m.seed,
            accept_any_circuit=self._m.accept_any_circuit,
            results=self._results,
        )
        self._execution = Execution(task, self._started, self._executed)
        self._m.queue.add(self._execution)
        if self.job.ended.is_set():  # cancelled meanwhile, and stop() may not have seen the execution
            self._m.queue.cancel(self._execution)

    def _started(self) -> None:
        self._started_at = self._m.clock.boottime()
        limit_secs = self.job.request.timeout_secs + WORKER_START_SECS
        self._timer = self._m.timers.after(limit_secs, partial(self._soon, self._ran_too_long))

    def _executed(self, outcome: Outcome) -> None:
        if self._timer:
            self._timer.cancel()
        self._log_lines.append(outcome.log.rstrip("\n"))
        ending = Ending(outcome.status, outcome.reason_code, outcome.reason_message, outcome.reason_solution)
        self._hold(outcome.quantum_nanoseconds / NS_PER_SEC, ending)

    def _invent(self) -> None:
        self._started_at = self._m.clock.boottime()
        self._note("WARNING", "nothing was executed: the simulator was told to invent the outcome")
        if self._scenario.ending is None:
            write_results(self._results, self._scenario.results_bytes)
        self._hold(0.0, self._scenario.ending or Ending(COMPLETED))

    def _hold(self, quantum_secs: float, ending: Ending) -> None:
        """Let the execution time pass that the pace says, then conclude."""
        pace, timeout_secs = self._scenario.pace, self.job.request.timeout_secs
        execution_secs = quantum_secs if pace.execution_secs is None else pace.execution_secs
        self.job.quantum_nanoseconds = round(min(execution_secs, timeout_secs) * NS_PER_SEC)
        if execution_secs > timeout_secs:
            step: Callable[[], None] = self._ran_too_long
        else:
            step = partial(self._conclude, ending)
        due = self._started_at + min(execution_secs, timeout_secs) * pace.scale
        left_secs = due - self._m.clock.boottime()
        if left_secs > 0:
            self._timer = self._m.timers.after(left_secs, partial(self._soon, step))
        else:
            self._soon(step)

    def _ran_too_long(self) -> None:
        if self._execution:
            self._m.queue.cancel(self._execution)
        timeout_secs = self.job.request.timeout_secs
        self.job.quantum_nanoseconds = round(timeout_secs * NS_PER_SEC)
        message = f"Job ran too long: its execution took more than timeout_secs = {timeout_secs}."
        self._conclude(
            Ending(CANCELLED, RAN_TOO_LONG, message, "Raise timeout_secs or make the job smaller.")
        )

    def _conclude(self, ending: Ending) -> None:
        """Write the objects, then give the job its end: whoever sees a final status finds them."""
        if ending.status == COMPLETED:
            ending = self._write_results(ending)
        self._end(self._write_log(ending))

    def _write_results(self, ending: Ending) -> Ending:
        scenario = self._scenario
        if scenario.results == "missing":
            return ending
        if scenario.results == "late":
            self._m.timers.after(scenario.results_delay_secs, self._upload_late_soon)
            return ending
        spoil(self._results, scenario.results)
        try:
            self._m.objects.write(self.job.request.storage["results"], self._results)
        except TransferError as error:
            return _failed(f"The results could not be written: {error}.")
        return ending

    def _upload_late_soon(self) -> None:
        self._m.pool.submit(self._upload_late)

    def _upload_late(self) -> None:
        try:
            self._m.objects.write(self.job.request.storage["results"], self._results)
        except TransferError:
            _log.exception("late results of job %d", self.job.number)
        finally:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _write_log(self, ending: Ending) -> Ending:
        option = self.job.request.storage.get("logs")
        if option is None:
            return ending
        if ending.reason_message:
            self._note("ERROR", ending.reason_message)
        path = self._directory / "logs.txt"
        path.write_text("\n".join(self._log_lines) + "\n", encoding="utf-8")
        try:
            self._m.objects.write(option, path)
        except TransferError as error:
            return (
                _failed(f"The log could not be written: {error}.") if ending.status == COMPLETED else ending
            )
        return ending

    def _end(self, ending: Ending) -> None:
        self._m.table.end(self.job, ending)
        if self._scenario.results != "late":
            shutil.rmtree(self._directory, ignore_errors=True)

    def _note(self, level: str, text: str) -> None:
        self._log_lines.append(f"{rfc3339(self._m.clock.wall())} {level} {text}")


def _failed(message: str) -> Ending:
    return Ending(
        FAILED, FAILED_TO_RUN, message, "Check that the object exists and that its URL is still valid."
    )
