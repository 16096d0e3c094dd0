"""Drive a run from the step its journal names to the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from direct_access.errors import DirectAccessError, JobCancelledError, JobFailedError, JobVanishedError
from direct_access.errors import from_json as error_from_json
from direct_access.journal import Journal, Step
from direct_access.model.jobs import JobStatus
from direct_access.runner import owner as owners
from direct_access.runner.collecting import collect
from direct_access.runner.context import LOGS, Context
from direct_access.runner.forgetting import forget
from direct_access.runner.submitting import submit, undo, upload
from direct_access.runner.waiting import wait

_STEPS: dict[Step, Callable[[Context], Step]] = {
    Step.UPLOAD: upload,
    Step.SUBMIT: submit,
    Step.WAIT: wait,
    Step.COLLECT: collect,
    Step.FORGET: forget,
}


def drive(context: Context, until: Step = Step.FINISHED) -> None:
    """Take step after step; the journal is written before each.

    :param until: the step before which to pause
    :raises DirectAccessError: what ended the run early; its journal then names the step to take up again, or
        says that it is finished
    """
    journal = context.journal
    try:
        while not journal.finished and journal.step is not until:
            context.control.check()
            following = _STEPS[journal.step](context)
            if following is Step.FORGET:
                journal.error = _outcome(context)
            context.save(following)
    except JobVanishedError as error:
        journal.error = error.to_json()
        context.save(Step.FINISHED)
        raise
    except DirectAccessError as error:
        error.stage = error.stage or journal.step.value
        undo(context, error)
        raise
    finally:
        if journal.finished:
            owners.release(context.directory)


def raise_outcome(journal: Journal) -> None:
    """Raise how a finished run ended, unless it ended well."""
    if journal.error is not None:
        raise error_from_json(journal.error)


def _outcome(context: Context) -> dict[str, Any] | None:
    """Return the error that a job which did not complete stands for."""
    journal = context.journal
    if journal.job_status == JobStatus.COMPLETED.value:
        return None
    failed = journal.job_status == JobStatus.FAILED.value
    message = journal.reason.get("message") or "the server gives no reason"
    code = journal.reason.get("code")
    log = context.directory / LOGS
    where = f" (log: {log})" if log.exists() else ""
    error = (JobFailedError if failed else JobCancelledError)(
        f"job {journal.job_id} {'' if failed else 'was '}{journal.job_status}: {message}{where}",
        subject=journal.job_id,
        code=None if code is None else str(code),
        advice=journal.reason.get("solution"),
    )
    return error.to_json()
