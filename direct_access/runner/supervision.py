"""The main thread owns signals and never blocks in I/O; a second thread runs the steps.

A Python signal handler runs only when the main thread comes back from the C library: behind a getaddrinfo it
was seen to run 9.5 s late. Here the main thread only waits for a signal or for the end of the work.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import field
from typing import Generic, TypeVar

from direct_access.errors import DirectAccessError, SignalError, WaitEndedError
from direct_access.events import Event, Text, tell
from direct_access.light_dataclass import dataclass
from direct_access.runner import detaching
from direct_access.runner import owner as owners
from direct_access.runner.bounds import Bounds
from direct_access.runner.cancel_on_signal import Cancellation
from direct_access.runner.context import RunContext
from direct_access.runner.control import Control
from direct_access.runner.reporter import Reporter
from direct_access.runner.signal_pipe import WAKE, SignalPipe
from direct_access.services.protocol import JobService
from direct_access.slurm.end_reason import TIME_LIMIT, EndReason, Fate
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.job_query import why_ended

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TALKING_SIGNALS = (signal.SIGUSR1, signal.SIGUSR2)

T = TypeVar("T")


@dataclass
class Supervisor(Generic[T]):
    """Runs one piece of work in a thread and answers signals meanwhile.

    :param open_service: opens a service for the cancel request
    :param only_looks_on: the work waits for a job that was begun elsewhere: ending it cancels nothing
    :param on_time_limit: what becomes of the quantum job at the time limit of the Slurm job
    :param abandon: ends the process when a signal could not; None: nothing does
    """

    work: Callable[[], T]
    control: Control
    reporter: Reporter
    slurm: SlurmEnv
    open_service: Callable[[], JobService]
    only_looks_on: bool = False
    on_time_limit: Fate = Fate.LEAVE
    abandon: Callable[[SignalError], object] | None = None
    bounds: Bounds = field(default_factory=Bounds)
    _ended: queue.SimpleQueue[tuple[T | None, BaseException | None]] = field(
        default_factory=queue.SimpleQueue
    )
    _worker_done: threading.Event = field(default_factory=threading.Event)
    _context: RunContext | None = None

    def run(self) -> T:
        """Return what the work returns, or raise what it raises, or :class:`SignalError`."""
        with SignalPipe((*ENDING_SIGNALS, *TALKING_SIGNALS)) as pipe:
            threading.Thread(target=self._work, args=(pipe,), name="run", daemon=True).start()
            while (number := pipe.next()) != WAKE:
                self._answer(number)
        result, error = self._ended.get()
        if error is not None:
            raise error
        return result  # type: ignore[return-value]

    def watch(self, context: RunContext) -> None:
        """Let signals mean a run from now on."""
        self._context = context

    def _work(self, pipe: SignalPipe) -> None:
        try:
            self._ended.put((self.work(), None))
        except BaseException as error:  # handed to the main thread, which raises it
            self._ended.put((None, error))
        finally:
            self._worker_done.set()
            pipe.wake()

    def _answer(self, number: int) -> None:
        tell(Event.SIGNAL, signal=Text(signal.Signals(number).name))
        if number in ENDING_SIGNALS:
            caught = signal.Signals(number)
            if not self._end_following(caught):
                self._end(caught)
        elif number == signal.SIGUSR1:
            self._tell()
        elif number == signal.SIGUSR2:
            self._detach()

    def _tell(self) -> None:
        context = self._context
        if context is None:
            self.reporter.note("no run yet")
            return
        since = context.journal.times.get(context.journal.step.value, "")
        self.reporter.note(f"job {context.journal.job_id}: {context.journal.step} since {since}")

    def _detach(self) -> None:
        context = self._context
        if context is None:
            return
        detached = WaitEndedError(
            f"detached from job {context.journal.job_id}",
            subject=context.journal.job_id,
            advice=context.collect_command,
        )
        self.control.end(detached)
        if not self._worker_done.wait(self.bounds.leave_secs):
            detaching.mark(context, self.open_service)
            self._leave(context)
            raise detached

    def _end_following(self, caught: signal.Signals) -> bool:
        """End without a question to Slurm if we only follow another task's run; return whether we do.

        The owner of the run asks Slurm, once for all, and decides what becomes of the quantum job.
        """
        error = SignalError(f"ended by {caught.name}; another task owns the run", signal_number=int(caught))
        if not self.control.end_following(error):
            return False
        self._abandon_later(error)
        if not self._worker_done.wait(self.bounds.leave_secs):
            raise error
        return True

    def _end(self, caught: signal.Signals) -> None:
        """End the run and raise, within the bounds.

        Nothing is done if the work ended by itself while Slurm was asked: its own outcome counts then.
        """
        until = time.monotonic() + self.bounds.end_secs
        reason = self._reason(caught)
        if self._worker_done.is_set():
            return
        error = SignalError(f"ended by {caught.name} ({reason.name})", signal_number=int(caught))
        self._abandon_later(error)
        self.control.end(error)  # a run that begins from now on stops before its first step
        context = self._context
        cancellation = None
        if context:
            error.subject = context.journal.job_id
            context.journal.end_reason = reason.name
            if reason.fate is Fate.CANCEL:
                cancellation = Cancellation(context, self.open_service, self._worker_done, until).start()
        tell(Event.SIGNAL, signal=Text(caught.name), reason=Text(reason.name), fate=Text(reason.fate.value))
        fate = f"{reason.fate.value} the quantum job" if context else "no run is under way"
        self.reporter.stage("signal", f"{caught.name} ({reason.name}): {fate}")
        if cancellation:
            self.reporter.note(cancellation.wait())
        elif context and reason.name == TIME_LIMIT:
            detaching.mark(context, self.open_service)
        self._worker_done.wait(self.bounds.leave_secs)
        context = self._context
        if context:
            self._leave(context)
            error.advice = None if context.journal.finished else context.collect_command
        raise error

    def _abandon_later(self, error: SignalError) -> None:
        """End the process even if a file system or whoever reads our output holds us."""
        if self.abandon is not None:
            bounds = self.bounds
            secs = bounds.end_secs + bounds.leave_secs + bounds.abandon_secs
            timer = threading.Timer(secs, self.abandon, (error,))
            timer.daemon = True
            timer.start()

    def _leave(self, context: RunContext) -> None:
        """Let other processes, on other nodes too, resume what this one leaves."""
        if context.owner is None:
            return
        if not context.journal.finished:
            with contextlib.suppress(DirectAccessError, OSError):
                context.check_ownership()
                context.journal.save(context.directory)
        owners.give_up(context.directory, context.owner)

    def _reason(self, caught: signal.Signals) -> EndReason:
        if self.only_looks_on:
            return EndReason("interrupted", Fate.LEAVE)
        if caught == signal.SIGINT:
            return EndReason("interrupted", Fate.CANCEL)
        if self.slurm.in_job:
            return why_ended(self.slurm, self.on_time_limit, self.bounds.slurm_secs)
        if caught == signal.SIGHUP:
            return EndReason("terminal closed", Fate.LEAVE)
        return EndReason("terminated", Fate.CANCEL)


__all__ = ["Supervisor"]
