"""Take the steps of a run, from the one that its journal names to the end."""

from __future__ import annotations

from collections.abc import Callable

from direct_access.errors import (
    DirectAccessError,
    InternalError,
    JobVanishedError,
    SignalError,
    WaitEndedError,
)
from direct_access.journal import Step
from direct_access.runner import detaching
from direct_access.runner.collecting import collect
from direct_access.runner.context import RunContext
from direct_access.runner.forgetting import forget
from direct_access.runner.outcome import run_error
from direct_access.runner.submitting import submit, undo, upload
from direct_access.runner.waiting import wait, wait_ended

_STEPS: dict[Step, Callable[[RunContext], Step]] = {
    Step.UPLOAD: upload,
    Step.SUBMIT: submit,
    Step.WAIT: wait,
    Step.COLLECT: collect,
    Step.FORGET: forget,
}


_ORDER = list(Step)


def take_steps(context: RunContext, until: Step = Step.FINISHED) -> None:
    """Take step after step; the journal is written before each.

    :param until: the step before which to pause; a run that is there, or further on, stays as it is
    :raises DirectAccessError: what ended the run early; its journal then names the step to resume at, or
        says that it is finished
    """
    journal = context.journal
    try:
        while _ORDER.index(journal.step) < _ORDER.index(until):
            context.control.check()
            following = _STEPS[journal.step](context)
            if following is Step.FORGET:
                _record_outcome(context)
            if following is Step.FINISHED:
                context.finish()
            else:
                context.save(following)
    except JobVanishedError as error:
        context.check_ownership()  # whoever has taken over may have deleted it
        if error.retryable:  # not certain: everything stays as it is
            raise wait_ended(context, error) from error
        error.advice = error.advice or f"remove what it may have left: {context.delete_command}"
        journal.error = error.to_json()
        journal.left_behind = True
        context.finish()
        raise
    except DirectAccessError as error:
        error.stage = error.stage or journal.step.value
        if not undo(context, error):
            error.advice = _then_collect(error.advice, context.collect_command)
        if isinstance(error, WaitEndedError) and not isinstance(context.control.reason, SignalError):
            detaching.mark(context)
        raise
    except Exception as error:
        context.control.check()  # a request that was told to stop ends as whatever told it
        raise _bug(context, error) from error


def _bug(context: RunContext, error: Exception) -> InternalError:
    """Return the error of a bug of ours, which leaves the run where it is: it can be resumed."""
    may_exist = context.journal.step is not Step.UPLOAD
    return InternalError(
        f"internal error in the run in {context.directory}: {type(error).__name__}: {error}",
        subject=context.journal.job_id,
        stage=context.journal.step.value,
        advice=f"{'the job may exist: ' if may_exist else ''}{context.collect_command}",
    )


def _then_collect(advice: str | None, command: str) -> str:
    """Return what to do next: the job keeps running, and something else may have to be repaired first."""
    if advice is None or command in advice:
        return advice or command
    return f"{advice}; then {command}"


def _record_outcome(context: RunContext) -> None:
    error = run_error(context.journal, context.directory)
    context.journal.error = error.to_json() if error else None
