"""Mark a quantum job that is left on purpose, so that the reaper leaves it alone."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from direct_access.clock import rfc3339
from direct_access.errors import DirectAccessError
from direct_access.journal import Step
from direct_access.runner.context import RunContext
from direct_access.runner.provenance import slurm_job
from direct_access.services.protocol import JobService
from direct_access.slurm.environment import SlurmEnv

_JOB_MAY_BE_THERE = (Step.SUBMIT, Step.WAIT, Step.COLLECT)


def mark(context: RunContext, open_service: Callable[[], JobService] | None = None) -> None:
    """Say in the journal, then on the server, until when the job is to be collected.

    Never raises, and takes little more than ``mark_secs``: it is one of the last things a process does.
    Does nothing for a run that is not ours, or that has nothing to collect on the server.

    :param open_service: opens another service than the run's, which may be closed
    """
    ours = context.owner is not None and context.directory.exists()
    if not ours or context.journal.step not in _JOB_MAY_BE_THERE:
        return
    told = _mark(context, open_service)
    if told is not None and context.journal.collect_by:
        unless = "" if told else "; the server could not be told, so the site may clean up earlier"
        collect_by = context.journal.collect_by[:19]
        context.reporter.note(f"collect job {context.journal.job_id} by {collect_by}Z{unless}")


def mark_taken_over(context: RunContext, slurm: SlurmEnv) -> None:
    """Mark a job that another Slurm job, or another step of ours, has begun, and that we wait for now.

    Its objects are named after that one: the reaper would take its end for the end of this run.
    """
    begun_by, ours = context.journal.slurm, slurm_job(slurm)
    if context.journal.collect_by or not begun_by.get("job_id"):
        return
    is_same_job = all(begun_by.get(name) == ours.get(name) for name in ("cluster", "job_id"))
    is_same_life = begun_by.get("restart_count") == ours.get("restart_count")
    if is_same_job and not (is_same_life and begun_by.get("step_id") != ours.get("step_id")):
        return
    if context.journal.step in _JOB_MAY_BE_THERE and _mark(context) is False:
        context.reporter.note("the server could not be told that this run goes on, so the site may clean up")


def _mark(context: RunContext, open_service: Callable[[], JobService] | None = None) -> bool | None:
    """Return whether the server was told; None if not even the journal could be written."""
    collect_by = context.clock.wall() + context.settings.collect_by
    try:
        _write_journal(context, rfc3339(collect_by))
    except (DirectAccessError, OSError) as error:
        context.reporter.note(f"the job could not be marked as left on purpose: {error}")
        return None
    return _tell_server(context, open_service, collect_by)


def _write_journal(context: RunContext, collect_by: str) -> None:
    """Write it before the service is told, so that whoever collects the job removes the mark."""
    context.check_ownership()
    context.journal.collect_by = collect_by
    context.journal.save(context.directory)


def _tell_server(
    context: RunContext, open_service: Callable[[], JobService] | None, collect_by: float
) -> bool:
    """Return whether the service took the mark in time; one that is told to stop still tries once."""
    told = threading.Event()

    def work() -> None:
        try:
            service = open_service() if open_service else context.service
            closing = contextlib.closing(service) if open_service else contextlib.nullcontext()
            with closing, context.last_requests(context.bounds.mark_secs):
                service.mark_detached(context.journal.handle, collect_by)
        except Exception:  # whatever it is, the mark is not worth an error of its own
            return
        told.set()

    thread = threading.Thread(target=work, name="mark", daemon=True)
    thread.start()
    thread.join(context.bounds.mark_secs)
    return told.is_set()
