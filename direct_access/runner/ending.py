"""End a run on a signal: cancel the quantum job first of all, then leave nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Callable

from direct_access.errors import DirectAccessError, JobVanishedError
from direct_access.journal import Step
from direct_access.runner import owner as owners
from direct_access.runner.context import Context
from direct_access.runner.forgetting import forget
from direct_access.services.protocol import JobService

WORKER_PATIENCE_SECS = 8.0


def cancel(context: Context, open_service: Callable[[], JobService], worker_done: threading.Event) -> str:
    """Cancel the quantum job of a run, and return in a sentence what became of it.

    :param open_service: a service of its own: the run's is told to stop
    :param worker_done: set when the thread that runs the steps has come out of its last request
    """
    step = context.journal.step
    if step in (Step.COLLECT, Step.FORGET, Step.FINISHED):
        return f"the quantum job had ended; pick it up with '{context.collect_command}'"
    context.check_ownership()
    service = open_service()
    try:
        if not _cancel_job(service, context, step, worker_done):
            return f"the quantum job had ended; pick it up with '{context.collect_command}'"
        worker_done.wait(WORKER_PATIENCE_SECS)
        _finish(service, context)
    except DirectAccessError as error:
        return f"the quantum job could not be cancelled: {error.message}"
    finally:
        service.close()
    return "the quantum job was cancelled" if step is Step.WAIT else "no quantum job is left"


def _cancel_job(service: JobService, context: Context, step: Step, worker_done: threading.Event) -> bool:
    """Cancel at once; while a submission is under way, also after it is through."""
    if step is Step.WAIT:
        return service.cancel(context.journal.handle)
    cancelled = step is Step.SUBMIT and _cancel_if_there(service, context)
    worker_done.wait(WORKER_PATIENCE_SECS)
    if not cancelled and context.journal.step in (Step.SUBMIT, Step.WAIT):
        _cancel_if_there(service, context)
    return True


def _cancel_if_there(service: JobService, context: Context) -> bool:
    try:
        return service.cancel(context.journal.handle)
    except JobVanishedError:
        return False


def _finish(service: JobService, context: Context) -> None:
    if context.control.reason is not None:
        context.journal.error = context.control.reason.to_json()
    context.service = service
    forget(context)
    context.journal.step = Step.FINISHED
    if context.directory.exists():  # whoever deleted it wants no record
        context.save(Step.FINISHED)
        owners.release(context.directory)
