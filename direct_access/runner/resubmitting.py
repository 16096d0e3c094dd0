"""Submit a job anew that could not read its input because the URL had expired: it was never executed."""

from __future__ import annotations

import re
import uuid

from direct_access.clock import parse_rfc3339
from direct_access.errors import DirectAccessError, OutputError
from direct_access.journal import Step
from direct_access.model.jobs import JobState, JobStatus
from direct_access.runner.context import RunContext
from direct_access.runner.outcome import reason_of
from direct_access.services.protocol import ExpiringInput

MOST_ATTEMPTS = 3
_INPUT = re.compile(r"\b(input|params|parameters)\b", re.IGNORECASE)


def resubmitted(context: RunContext, state: JobState) -> Step | None:
    """Return the step that sends an ended job anew, None if it may have been executed.

    The server must say that it failed at its input and tell of no time on the quantum system, and the URL
    must have expired by then: any other cause would be there the next time too. A job whose results could
    not be written was executed, and is never submitted anew.
    """
    expiring_input = context.service.expiring_input
    if expiring_input is None or not _was_never_executed(context, expiring_input, state):
        return None
    return _resubmit(context, expiring_input, state)


def _was_never_executed(context: RunContext, expiring_input: ExpiringInput, state: JobState) -> bool:
    journal = context.journal
    return (
        state.status is JobStatus.FAILED
        and not state.quantum_nanoseconds
        and _INPUT.search(state.reason_message or "") is not None
        and bool(journal.job_file)
        and len(journal.attempts) < MOST_ATTEMPTS - 1
        and expiring_input.has_expired(journal.handle, _lived_secs(context, state))
    )


def _resubmit(context: RunContext, expiring_input: ExpiringInput, state: JobState) -> Step:
    """Give the run a new job id; what the old job left is removed once the journal knows both."""
    context.check_ownership()
    journal = context.journal
    new_id = str(uuid.uuid4())
    context.reporter.warning(
        f"job {journal.job_id} was not executed, its URLs had expired: {state.reason_message}; "
        f"submitting again as job {new_id}"
    )
    journal.attempts.append(
        {"job_id": journal.job_id, "handle": dict(journal.handle), "reason": reason_of(state)}
    )
    journal.handle = expiring_input.renamed(journal.handle, new_id)
    journal.job_id = new_id
    journal.job_status, journal.reason = None, {}
    return Step.UPLOAD


def forget_earlier(context: RunContext) -> None:
    """Remove what earlier jobs of the run left on the server; what is gone already is not an error."""
    for attempt in context.journal.attempts:
        context.check_ownership()
        try:
            context.service.forget(attempt["handle"], job=True, objects=True)
        except OutputError:
            raise
        except DirectAccessError as error:
            context.journal.left_behind = True
            context.reporter.warning(
                f"could not remove job {attempt['job_id']} or its objects from the server: {error.message}"
            )


def _lived_secs(context: RunContext, state: JobState) -> float:
    """Return the seconds between our knowing that the job was accepted and its end."""
    accepted = context.journal.times.get(Step.WAIT.value)
    if accepted is None:
        return 0.0
    try:
        ended = parse_rfc3339(state.end_time or "")
    except ValueError:
        ended = context.clock.wall()
    return ended - parse_rfc3339(accepted)
