"""Wait until the job has ended: poll seldom, and report what it waits for."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from direct_access import atomic, run_files
from direct_access.errors import DirectAccessError, LocalStorageError, WaitEndedError
from direct_access.events import Event, Text, tell
from direct_access.journal import Step
from direct_access.model.jobs import JobState
from direct_access.retry.policies import POLL, UNKNOWN_JOB
from direct_access.retry.repeat import Interrupted, repeat
from direct_access.runner.context import JOB_OBJECT, RunContext
from direct_access.runner.outcome import reason_of
from direct_access.runner.resubmitting import resubmitted
from direct_access.slurm.end_reason import TIME_LIMIT
from direct_access.units import format_duration

FIRST_POLL_SECS = 0.05  # nothing ends sooner: the system first reads its input and writes its results
SHORTEST_POLL_SECS = 0.25
LONGEST_POLL_SECS = 60.0
POLL_SHARE_OF_WAIT = 0.05
JITTER = 0.1
FACTS_PATIENCE_SECS = 5.0


def poll_delay_secs(waited_secs: float, min_poll_secs: float, jitter: float) -> float:
    """Return how long to wait before the next poll.

    :param waited_secs: how long we have waited for the job
    :param min_poll_secs: the site's floor
    :param jitter: -1 to 1, spreads the polls of many jobs by ±10 %
    """
    delay = max(SHORTEST_POLL_SECS, POLL_SHARE_OF_WAIT * waited_secs, min_poll_secs)
    return max(min(delay, LONGEST_POLL_SECS) * (1 + JITTER * jitter), min_poll_secs)


def wait(context: RunContext) -> Step:
    """Poll until the job has ended, and save the job object as the server sent it, without URLs.

    A job that was never executed, because its URLs had expired, is submitted anew.

    :raises WaitEndedError: if our time is over while the job keeps running
    """
    facts = _BackendFacts(context)
    try:
        state = poll_until_ended(context)
    except WaitEndedError as ended:
        state = _cancelled_at_time_limit(context, ended)
    if again := resubmitted(context, state):
        return again
    context.journal.job_status = state.status.value
    context.journal.reason = reason_of(state)
    context.journal.provenance.update(facts.result())
    context.check_ownership()
    _save_job_object(context.directory, state)
    used = state.quantum_nanoseconds
    usage = "" if used is None else f", {used / 1e9:.3f} s on the quantum system"
    context.reporter.stage("ended", f"{state.status}{usage}")
    return Step.COLLECT


def poll_until_ended(context: RunContext) -> JobState:
    """Poll until the job has ended, and return its last state.

    :raises WaitEndedError: if our time is over while the job keeps running
    """
    since = context.clock.boottime()
    shown = None
    _pause(context, FIRST_POLL_SECS)
    while True:
        context.control.check()
        state = poll(context)
        if state.status is not shown:
            tell(Event.JOB, job=Text(state.id), status=Text(state.status.value), backend=Text(state.backend))
        if state.status.is_final:
            return state
        if state.status is not shown:
            shown = state.status
            context.reporter.stage("wait", f"{state.status} on {state.backend}")
        waited = context.clock.boottime() - since
        context.reporter.progress(f"{state.status} for {format_duration(waited)}")
        if context.is_past(context.deadline):
            raise wait_ended(context)
        _pause(context, poll_delay_secs(waited, context.settings.limits.min_poll_secs, random.uniform(-1, 1)))  # noqa: S311


def _cancelled_at_time_limit(context: RunContext, ended: WaitEndedError) -> JobState:
    """Cancel the job, if our waiting ended because our Slurm job will, and the user wants that.

    :return: the last state of the job, which may have ended by itself
    :raises WaitEndedError: if not, or if no server answers: the job keeps running
    """
    allocation = context.cancel_by
    if allocation is None or not allocation.is_over:
        raise ended
    allocation.use_margin()
    context.journal.end_reason = TIME_LIMIT
    context.reporter.stage("wait", "the Slurm job reaches its time limit: cancelling the quantum job")
    context.check_ownership()
    try:
        context.service.cancel(context.journal.handle)
    except DirectAccessError as error:
        if not error.retryable:
            raise
        raise ended from error
    return poll_until_ended(context)


def poll(context: RunContext) -> JobState:
    """Return the job's state, asked for until the deadline: the job keeps running without us.

    :raises WaitEndedError: if nobody answers until then
    :raises JobVanishedError: if it is certain that the job is gone
    """
    handle = context.journal.handle
    try:
        if context.is_past(context.deadline):
            return context.service.status(handle)  # one more look
        return repeat(
            (UNKNOWN_JOB, POLL), context.patience, lambda: context.service.status(handle, once=True)
        )
    except Interrupted:
        context.control.check()
        raise
    except DirectAccessError as error:
        if not error.retryable:
            raise
        raise wait_ended(context, error) from error


def _pause(context: RunContext, secs: float) -> None:
    tell(Event.PAUSE, secs=context.limited(secs, context.deadline), left_secs=context.secs_left())
    context.pause(secs, context.deadline)


def wait_ended(context: RunContext, last: DirectAccessError | None = None) -> WaitEndedError:
    """Return the error that says: the job keeps running, and this command picks it up.

    :param last: what the last look at the job met
    """
    job_id = context.journal.job_id
    ended = (
        f"job {job_id} has not ended yet"
        if context.looks_once
        else f"waiting ended; job {job_id} keeps running"
    )
    return WaitEndedError(
        f"{ended}{f' (last: {last.message})' if last else ''}",
        subject=job_id,
        stage="wait",
        http_status=last.http_status if last else None,
        request_id=last.request_id if last else None,
        advice=context.wait_command if context.looks_once else context.collect_command,
    )


class _BackendFacts:
    """Backend version and calibration time, asked while the job runs: they cost no time of their own."""

    def __init__(self, context: RunContext) -> None:
        self._facts: dict[str, Any] = {}
        self._context = context
        self._thread = threading.Thread(target=self._ask, name="backend-facts", daemon=True)
        if "backend" not in context.journal.provenance:
            self._thread.start()

    def _ask(self) -> None:
        try:
            facts = self._context.service.backends.facts(self._context.journal.spec.backend)
            self._facts["backend"] = asdict(facts)
        except Exception as error:  # whatever it is, the run does not depend on it
            self._facts["backend"] = {"name": self._context.journal.spec.backend, "error": str(error)}

    def result(self) -> dict[str, Any]:
        if self._thread.ident is not None:
            self._thread.join(self._context.limited(FACTS_PATIENCE_SECS, self._context.end))
        return dict(self._facts)


def _save_job_object(directory: Path, state: JobState) -> None:
    path = directory / JOB_OBJECT
    try:
        with run_files.replacing(directory, JOB_OBJECT) as file:
            file.write(atomic.json_bytes(state.document))
    except OSError as error:
        raise LocalStorageError(f"cannot write {path}: {error.strerror}", subject=str(path)) from error
