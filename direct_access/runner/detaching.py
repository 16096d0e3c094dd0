"""Mark a quantum job that is left on purpose, so that whoever cleans up leaves it alone."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from direct_access.clock import rfc3339
from direct_access.errors import DirectAccessError
from direct_access.journal import Step
from direct_access.runner.context import Context
from direct_access.services.protocol import JobService

ANSWER_SECS = 3.0
_JOB_MAY_BE_THERE = (Step.SUBMIT, Step.WAIT, Step.COLLECT)


def mark(context: Context, open_service: Callable[[], JobService] | None = None) -> None:
    """Say in the journal, then on the server, until when the job is to be collected.

    Never raises, and takes little more than ``ANSWER_SECS``: it is one of the last things a process does.
    Does nothing for a run that is not ours, or that has nothing to collect on the server.

    :param open_service: opens another service than the run's, which may be closed
    """
    ours = context.owner is not None and context.directory.exists()
    if not ours or context.journal.step not in _JOB_MAY_BE_THERE:
        return
    collect_by = context.clock.wall() + context.collect_by_secs
    try:
        _write_journal(context, rfc3339(collect_by))
    except (DirectAccessError, OSError) as error:
        context.reporter.note(f"the job could not be marked as left on purpose: {error}")
        return
    told = _tell_server(context, open_service, collect_by)
    unless = "" if told else "; the server could not be told, so the site may clean up earlier"
    context.reporter.note(f"collect job {context.journal.job_id} by {rfc3339(collect_by)[:19]}Z{unless}")


def _write_journal(context: Context, collect_by: str) -> None:
    """Write it before the service is told, so that whoever collects the job removes the mark."""
    context.check_ownership()
    context.journal.collect_by = collect_by
    context.journal.save(context.directory)


def _tell_server(context: Context, open_service: Callable[[], JobService] | None, collect_by: float) -> bool:
    """Return whether the service took the mark in time; one that is told to stop still tries once."""
    told = threading.Event()

    def work() -> None:
        try:
            service = open_service() if open_service else context.service
            with contextlib.closing(service) if open_service else contextlib.nullcontext():
                service.mark_detached(context.journal.handle, collect_by)
        except Exception:  # whatever it is, a last wish is not worth an error of its own
            return
        told.set()

    thread = threading.Thread(target=work, name="mark", daemon=True)
    thread.start()
    thread.join(ANSWER_SECS)
    return told.is_set()
