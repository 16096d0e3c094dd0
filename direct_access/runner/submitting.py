"""Upload the params object and start the job, both of which a crash may repeat."""

from __future__ import annotations

import contextlib

from direct_access.errors import (
    AccessError,
    ConfigurationError,
    ConflictError,
    DirectAccessError,
    InputError,
    ProtocolError,
    StoreError,
    TryAgainError,
    UnavailableError,
    WaitEndedError,
)
from direct_access.journal import Step
from direct_access.retry.policies import BUSY
from direct_access.retry.repeat import Interrupted, repeat
from direct_access.runner.context import PARAMS, RunContext
from direct_access.runner.resubmitting import forget_earlier
from direct_access.services.protocol import Accepted, Handle
from direct_access.units import format_size

UNDO_SECS = 3.0
_NOT_NOW = (TryAgainError, UnavailableError, StoreError, AccessError, ConfigurationError)


def upload(context: RunContext) -> Step:
    """Put the params object into the store, unless the job file names one that is there already."""
    forget_earlier(context)
    params = context.journal.params
    if not params.get("external"):
        if context.service.uploads:
            context.reporter.stage("upload", f"params {format_size(params['size_bytes'])}")
        context.journal.handle = context.service.stage(
            context.journal.handle, context.directory / PARAMS, lambda handle: _keep(context, handle)
        )
    context.nothing_sent = True  # a job that was ever sent is past this step
    return Step.SUBMIT


def _keep(context: RunContext, handle: Handle) -> None:
    context.journal.handle = handle
    context.save(Step.UPLOAD)


def submit(context: RunContext) -> Step:
    """Start the job; wait while the backend is busy, visibly and as long as we may.

    :raises TryAgainError: if the backend stays busy: no job exists
    """
    spec = context.journal.spec
    context.reporter.stage("submit", f"job {context.journal.job_id} ({spec.program_id}) to {spec.backend}")
    policies = BUSY if context.settings.on_busy == "wait" else ()

    params = None if context.journal.params.get("external") else context.directory / PARAMS
    context.nothing_sent = False

    def post() -> Accepted:
        context.check_ownership()  # hours may have passed since the last attempt
        return context.service.submit(context.journal.handle, spec, params)

    try:
        accepted = repeat(policies, context.patience, post)
    except WaitEndedError:
        raise
    except DirectAccessError as error:
        context.nothing_sent = not _is_of_a_gateway(error)
        raise
    except Interrupted as interrupted:
        context.nothing_sent = True
        busy = interrupted.__cause__
        if isinstance(busy, TryAgainError) and isinstance(context.control.reason, WaitEndedError):
            raise busy from None  # there is no job to detach from
        raise
    if accepted.job_id != context.journal.job_id:
        context.reporter.stage("submit", f"the server calls it job {accepted.job_id}")
    context.journal.job_id, context.journal.handle = accepted.job_id, accepted.handle
    return Step.WAIT


def _is_of_a_gateway(error: DirectAccessError) -> bool:
    """Return whether somebody before the API answered: what stands behind may have taken the job."""
    return isinstance(error, ProtocolError) or (isinstance(error, ConfigurationError) and error.retryable)


def undo(context: RunContext, error: DirectAccessError) -> bool:
    """Leave nothing behind of a job that does not exist.

    A refused job is finished, and so is one whose id another job has: its objects may be the other's, which
    are not ours to delete. One that was only not possible now, for the server or by our credentials, is
    resumed by the same command. Where it is unknown whether the job exists, or the run is ended from
    outside, everything stays as it is.

    :returns: whether no job exists for sure
    """
    if context.journal.step not in (Step.UPLOAD, Step.SUBMIT):
        return False
    refused = isinstance(error, (InputError, ConflictError))
    if not refused and not isinstance(error, _NOT_NOW):
        return context.journal.step is Step.UPLOAD
    if context.journal.step is Step.SUBMIT and _is_of_a_gateway(error):
        return False  # what stands behind it may have the job
    context.check_ownership()
    if not isinstance(error, ConflictError):
        with contextlib.suppress(DirectAccessError), context.last_requests(UNDO_SECS):
            mark = context.journal.collect_by is not None
            context.service.forget(context.journal.handle, job=False, objects=True, mark=mark)
    if refused:
        context.journal.error = error.to_json()
        context.finish()
    else:
        context.save(Step.SUBMIT if context.journal.params.get("external") else Step.UPLOAD)
    return True
