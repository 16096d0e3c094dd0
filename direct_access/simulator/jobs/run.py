"""The life of one accepted job: read its input, execute it, write results and logs, end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from direct_access.clock import Clock
from direct_access.simulator.backends.model import BackendDocuments
from direct_access.simulator.jobs.ending import (
    CANCELLED,
    COMPLETED,
    FAILED,
    FAILED_TO_RUN,
    RAN_TOO_LONG,
    Ending,
)
from direct_access.simulator.jobs.execution_queue import Execution, ExecutionQueue
from direct_access.simulator.jobs.files import JobFiles
from direct_access.simulator.jobs.invented import write_results
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.objects import JobObjects
from direct_access.simulator.jobs.scenario import Scenario
from direct_access.simulator.jobs.table import JobTable
from direct_access.simulator.jobs.transfer import TransferError
from direct_access.simulator.timers import Timer, Timers

if TYPE_CHECKING:
    from direct_access.simulator.execution import Outcome

NS_PER_SEC = 1e9
SIMULATION_LIMIT_SECS = 3600.0
"""A simulation that takes longer on this machine, perhaps for ever, is given up."""
TOO_LARGE_TO_SIMULATE = 5204
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Machinery:
    """What every job needs.

    :param pool: threads for transfers, which may block
    :param directory: where the files of running jobs lie
    :param seed: seed of the circuits' execution, None for a random one
    :param accept_any_circuit: execute circuits that are not ISA circuits of the backend too
    :param strict_width: fail where observables are wider than a circuit on physical qubits
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
    strict_width: bool = False


class JobRun:
    """Brings one job to its end, step by step; each step that may block runs in the pool."""

    def __init__(self, job: Job, backend: BackendDocuments, scenario: Scenario, machinery: Machinery) -> None:
        self.job = job
        self._backend = backend
        self._scenario = scenario
        self._m = machinery
        directory = machinery.directory / str(job.number)
        self._files = JobFiles(directory, job.request.storage, machinery.objects, machinery.clock)
        self._timer: Timer | None = None
        self._execution: Execution | None = None
        self._begun = False
        self._started_at = 0.0

    def begin(self) -> None:
        """Begin, once."""
        if not self._begun:
            self._begun = True
            self._started_at = self._m.clock.boottime()
            self._soon(self._fetch)

    def stop(self) -> None:
        """Kill what is being executed and remove the files; the job has been given its end."""
        if self._timer:
            self._timer.cancel()
        if self._execution:
            self._m.queue.cancel(self._execution)
        self._files.remove()

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
        try:
            self._files.fetch_params()
        except TransferError as error:
            self._conclude(self._failed(f"The input could not be read: {error}."))
            return
        if self._scenario.execute:
            self._execute()
        else:
            self._invent()

    def _execute(self) -> None:
        from direct_access.simulator.execution import Task  # only jobs that are executed need it

        request = self.job.request
        limited = self._scenario.pace.execution_secs is None
        task = Task(
            job_id=request.id,
            program_id=request.program_id,
            params=self._files.params,
            backend_configuration=self._backend.configuration,
            backend_properties=self._backend.properties,
            log_level=request.log_level,
            seed=self._m.seed,
            accept_any_circuit=self._m.accept_any_circuit,
            results=self._files.results,
            timeout_secs=request.timeout_secs if limited else None,
            strict_width=self._m.strict_width,
        )
        self._execution = Execution(task, self._started, self._executed)
        self._m.queue.add(self._execution)
        if self.job.ended.is_set():  # cancelled meanwhile, and stop() may not have seen the execution
            self._m.queue.cancel(self._execution)

    def _started(self) -> None:
        self._started_at = self._m.clock.boottime()
        self._timer = self._m.timers.after(SIMULATION_LIMIT_SECS, partial(self._soon, self._give_up))

    def _executed(self, outcome: Outcome) -> None:
        if self._timer:
            self._timer.cancel()
        self._files.add_to_log(outcome.log)
        # Time that the simulation takes is not execution time: that is the machine's, as it is modelled.
        ending = Ending(outcome.status, outcome.reason_code, outcome.reason_message, outcome.reason_solution)
        self._hold(outcome.quantum_nanoseconds / NS_PER_SEC, ending)

    def _invent(self) -> None:
        self._files.note("WARNING", "Nothing was executed: the simulator was told to invent the outcome.")
        ending = self._scenario.ending
        if ending is None:
            write_results(self._files.results, self._scenario.results_bytes)
        elif ending.reason_message:
            self._files.note("ERROR", ending.reason_message)
        self._hold(0.0, ending or Ending(COMPLETED))

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

    def _give_up(self) -> None:
        if self._execution:
            self._m.queue.cancel(self._execution)
        message = f"The simulation was given up after {SIMULATION_LIMIT_SECS:g} s on this machine."
        self._files.note("ERROR", message)
        advice = "Use fewer qubits, parameter sets or repetitions on the simulator."
        self._conclude(Ending(FAILED, TOO_LARGE_TO_SIMULATE, message, advice))

    def _ran_too_long(self) -> None:
        timeout_secs, name = self.job.request.timeout_secs, self.job.request.limit_name
        self.job.quantum_nanoseconds = round(timeout_secs * NS_PER_SEC)
        message = f"Job ran too long: its execution took more than {name} = {timeout_secs}."
        self._files.note("ERROR", message)
        self._conclude(Ending(CANCELLED, RAN_TOO_LONG, message, f"Raise {name} or make the job smaller."))

    def _conclude(self, ending: Ending) -> None:
        """Write the objects, then give the job its end: whoever sees a final status finds them."""
        if ending.status == COMPLETED:
            ending = self._send_results(ending)
        try:
            self._files.send_log()
        except TransferError as error:
            if ending.status == COMPLETED:
                ending = self._failed(f"The log could not be written: {error}.")
        self._end(ending)

    def _send_results(self, ending: Ending) -> Ending:
        how = self._scenario.results
        if how == "late":
            self._m.timers.after(self._scenario.results_delay_secs, self._send_late_soon)
        if how in ("late", "missing"):
            return ending
        try:
            self._files.send_results(how)
        except TransferError as error:
            return self._failed(f"The results could not be written: {error}.")
        return ending

    def _send_late_soon(self) -> None:
        self._m.pool.submit(self._send_late)

    def _send_late(self) -> None:
        try:
            self._files.send_results("late")
        except TransferError:
            _log.exception("late results of job %d", self.job.number)
        finally:
            self._files.remove()

    def _end(self, ending: Ending) -> None:
        if self._scenario.results != "late":
            self._files.remove()  # first: params of a private job are not there once it has ended
        self._m.table.end(self.job, ending)

    def _failed(self, message: str) -> Ending:
        self._files.note("ERROR", message)
        advice = "Check that the object or bucket exists and that its URL is still valid."
        return Ending(FAILED, FAILED_TO_RUN, message, advice)
