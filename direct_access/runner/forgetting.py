"""Remove the remote job and its objects once everything is on disk, as far as ``keep`` lets us."""

from __future__ import annotations

import contextlib
from pathlib import Path

from direct_access.errors import DirectAccessError, OutputError
from direct_access.journal import Step
from direct_access.model.jobs import JobStatus
from direct_access.runner import part_map
from direct_access.runner.context import LOGS, RESULTS, RunContext, partial_name


def what_to_delete(keep: str | None, job_status: str | None) -> tuple[bool, bool]:
    """Return whether to delete the job record, and whether to delete its objects.

    :param keep: none, objects, job or all; None means none, except that the objects of a Failed job stay, for
        whoever looks into it
    """
    failed = job_status == JobStatus.FAILED.value
    delete_job = keep not in ("job", "all")
    delete_objects = keep not in ("objects", "all") and not (failed and keep != "none")
    return delete_job, delete_objects


def forget(context: RunContext) -> Step:
    """Delete what nobody asked to keep; failing to is told, but the results are complete all the same."""
    job, objects = what_to_delete(context.journal.keep, context.journal.job_status)
    context.check_ownership()
    try:
        mark = context.journal.collect_by is not None
        context.service.forget(context.journal.handle, job=job, objects=objects, mark=mark)
    except OutputError:
        raise
    except DirectAccessError as error:
        context.journal.left_behind = True
        context.reporter.warning(
            f"could not remove job {context.journal.job_id} or its objects from the server: {error.message}; "
            f"to try again: {context.delete_command}"
        )
    return Step.FINISHED


def forget_downloads(directory: Path) -> None:
    """Remove what unfinished downloads would have been resumed from: the objects are gone."""
    for name in (RESULTS, LOGS):
        with contextlib.suppress(OSError):
            part_map.remove(directory, partial_name(name))
