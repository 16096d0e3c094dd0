"""End a run on a signal: cancel the quantum job first, then remove what the run has on the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import Enum, auto

from direct_access.errors import DirectAccessError, JobVanishedError, OutputError
from direct_access.journal import Step
from direct_access.runner import owner as owners
from direct_access.runner.context import RunContext
from direct_access.runner.forgetting import forget
from direct_access.services.protocol import JobService

ASK_AGAIN_SECS = 0.5


class _Known(Enum):
    """What is known of the quantum job."""

    CANCELLED = auto()
    ENDED = auto()
    ABSENT = auto()
    IN_DOUBT = auto()


class Cancellation:
    """Cancels a run's quantum job, in a thread of its own, so that the main thread can stop waiting for it.

    A server that knows no such job proves nothing, unless the submission has come back without having sent
    one: what answers may lag behind what took the job. It is asked until that is certain, and if there is no
    time for it, everything stays as it is.

    :param open_service: a service of its own: the run's is told to stop
    :param worker_done: set when the thread that runs the steps has come out of its last request
    :param until: when to stop asking, on the monotonic clock
    """

    def __init__(
        self,
        context: RunContext,
        open_service: Callable[[], JobService],
        worker_done: threading.Event,
        until: float,
    ) -> None:
        self._context = context
        self._open_service = open_service
        self._worker_done = worker_done
        self._until = until
        self._step = context.journal.step
        self._over = threading.Event()
        self._said = f"the cancel request got no answer, {self._may_exist}"

    def start(self) -> Cancellation:
        """Send the request."""
        threading.Thread(target=self.run, name="cancel", daemon=True).start()
        return self

    def wait(self) -> str:
        """Wait for the end, or for the time to give up; return in a sentence what became of the job."""
        self._over.wait(max(0.0, self._until - time.monotonic()))
        return self._said

    def run(self) -> None:
        """Do all of it."""
        try:
            self._said = self._run()
        except OutputError as error:
            self._said = error.message  # whoever has taken over decides
        except DirectAccessError as error:
            self._said = f"the quantum job could not be cancelled ({error.message}), {self._may_exist}"
        except Exception as error:
            self._said = f"the quantum job could not be cancelled ({error}), {self._may_exist}"
        finally:
            self._over.set()

    def _run(self) -> str:
        had_ended = f"the quantum job had ended; pick it up with '{self._context.collect_command}'"
        if self._step in (Step.COLLECT, Step.FORGET, Step.FINISHED):
            return had_ended
        service = self._open_service()
        try:
            known = self._cancel(service)
            if known is _Known.ENDED:
                return had_ended
            if known is _Known.IN_DOUBT:
                return self._said
            done = "the quantum job was cancelled" if known is _Known.CANCELLED else "no quantum job is left"
            self._said = f"{done}; its objects may still be there: {self._context.delete_command}"
            may_arrive = self._finish(service)
        finally:
            service.close()
        if may_arrive:
            done += f", but its params object may still arrive in the store: {self._context.delete_command}"
        return done

    def _cancel(self, service: JobService) -> _Known:
        """Cancel at once; while a submission is under way, until it is through."""
        if self._step is Step.UPLOAD:  # the run was told to stop before: it will submit nothing
            return _Known.ABSENT
        while True:
            through = self._step is Step.WAIT or self._worker_done.is_set()
            self._context.check_ownership()
            try:
                cancelled = service.cancel(self._context.journal.handle)
                return _Known.CANCELLED if cancelled else _Known.ENDED
            except JobVanishedError as error:
                if through and (self._context.nothing_sent or not error.retryable):
                    return _Known.ABSENT
                self._said = f"{error.message}, {self._may_exist}"
            if not through:
                self._said = f"the submission is not answered yet, {self._may_exist}"
            left = self._until - time.monotonic()
            if left <= 0:
                return _Known.IN_DOUBT
            (self._over if through else self._worker_done).wait(min(ASK_AGAIN_SECS, left))

    def _finish(self, service: JobService) -> bool:
        """Remove what the run has on the server, once its steps have stopped or should have by now.

        :returns: whether an upload is still under way, so that its object may arrive after we have deleted it
        """
        stopped = self._worker_done.wait(self._context.bounds.worker_secs)
        context = self._context
        if context.control.reason is not None:
            context.journal.error = context.control.reason.to_json()
        context.service = service
        forget(context)
        may_arrive = self._step is Step.UPLOAD and not stopped
        context.journal.left_behind = context.journal.left_behind or may_arrive
        context.journal.step = Step.FINISHED
        if context.directory.exists():  # whoever deleted it wants no record
            context.finish()
            if context.owner is not None:
                owners.give_up(context.directory, context.owner)
        return may_arrive

    @property
    def _may_exist(self) -> str:
        command = self._context.collect_command
        if self._step is Step.SUBMIT:
            return f"the job may exist, now or later: {command}"
        return f"the job may keep running: {command}"
