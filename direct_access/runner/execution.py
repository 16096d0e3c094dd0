"""Drive a run from the step its journal names to the end."""

from __future__ import annotations

from collections.abc import Callable

from direct_access.errors import DirectAccessError, JobVanishedError, WaitEndedError
from direct_access.journal import Step
from direct_access.runner import detaching
from direct_access.runner.collecting import collect
from direct_access.runner.context import Context
from direct_access.runner.forgetting import forget
from direct_access.runner.outcome import run_error
from direct_access.runner.submitting import submit, undo, upload
from direct_access.runner.waiting import wait

_STEPS: dict[Step, Callable[[Context], Step]] = {
    Step.UPLOAD: upload,
    Step.SUBMIT: submit,
    Step.WAIT: wait,
    Step.COLLECT: collect,
    Step.FORGET: forget,
}


_ORDER = list(Step)
_AFTER_SUBMISSION = (Step.WAIT, Step.COLLECT, Step.FORGET)


def drive(context: Context, until: Step = Step.FINISHED) -> None:
    """Take step after step; the journal is written before each.

    :param until: the step before which to pause; a run that is there, or further on, stays as it is
    :raises DirectAccessError: what ended the run early; its journal then names the step to take up again, or
        says that it is finished
    """
    journal = context.journal
    try:
        while _ORDER.index(journal.step) < _ORDER.index(until):
            context.control.check()
            following = _STEPS[journal.step](context)
            if following is Step.FORGET:
                _record_outcome(context)
            context.save(following)
    except JobVanishedError as error:
        context.check_ownership()  # whoever has taken over may have deleted it
        error.advice = error.advice or f"remove what it may have left: {context.delete_command}"
        journal.error = error.to_json()
        journal.left_behind = True
        context.save(Step.FINISHED)
        raise
    except DirectAccessError as error:
        error.stage = error.stage or journal.step.value
        if journal.step in _AFTER_SUBMISSION or isinstance(error, WaitEndedError):
            error.advice = _then_collect(error.advice, context.collect_command)
        undo(context, error)
        if isinstance(error, WaitEndedError):
            detaching.mark(context)
        raise
    except Exception:
        context.control.check()  # a request that was told to stop ends as whatever told it
        raise


def _then_collect(advice: str | None, command: str) -> str:
    """Return what to do next: the job lives on, whatever else has to be mended first."""
    if advice is None or command in advice:
        return advice or command
    return f"{advice}; then {command}"


def _record_outcome(context: Context) -> None:
    error = run_error(context.journal, context.directory)
    context.journal.error = error.to_json() if error else None
