"""Bring results and logs into the run directory, verified before they get their names."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path

from direct_access import run_files
from direct_access.errors import (
    AccessError,
    ConfigurationError,
    DirectAccessError,
    LocalStorageError,
    NotFoundError,
    StoreError,
    UnavailableError,
)
from direct_access.journal import Step
from direct_access.model.jobs import JobStatus
from direct_access.retry.policies import NO_LOG_YET, NOT_YET_THERE, RESUME, WRONG_BYTES
from direct_access.retry.policy import RetryPolicy
from direct_access.runner.context import LOGS, RESULTS, RunContext, partial_name, rejected_name
from direct_access.runner.download import Downloaded, discard, download
from direct_access.runner.results_check import fault_of_results
from direct_access.runner.transfer import Opener
from direct_access.services.protocol import Download
from direct_access.units import format_size

MOST_FETCHES = WRONG_BYTES.attempts or 1


def collect(context: RunContext) -> Step:
    """Fetch logs, and results if the job Completed. Private results that are lost are how the run ends.

    :raises StoreError: if the results never appear, or are wrong however often they are fetched; also if no
        server answers: "unavailable" would say that there is no job of ours
    :raises LocalStorageError: if the disk is full; nothing on the server is touched
    """
    try:
        if context.journal.job_status == JobStatus.COMPLETED.value:
            _collect_results(context)
        _collect_logs(context)
    except UnavailableError as error:
        fields = {field.name: getattr(error, field.name) for field in dataclasses.fields(StoreError)}
        raise StoreError(**fields) from error
    return Step.FORGET


def _collect_results(context: RunContext) -> None:
    opened = _tolerant(context, context.service.open_results, NOT_YET_THERE)
    program_id = context.journal.spec.program_id
    if context.journal.spec.is_private:
        _collect_private(context, opened)
        return
    for attempt in range(MOST_FETCHES):
        try:
            fetched = _fetch(context, opened, RESULTS)
            is_verified = fetched.verified_by is not None
            with open(run_files.open_file(context.directory, fetched.path.name), "rb") as file:
                fault = fault_of_results(file, program_id, is_verified=is_verified)
        except StoreError as error:
            if not error.retryable or attempt == MOST_FETCHES - 1 or context.is_past(context.end):
                raise
            continue
        if fault is None:
            _publish(context, fetched, RESULTS, fetched.verified_by or "brackets")
            return
    aside = context.directory / rejected_name(RESULTS)
    run_files.publish(context.directory, fetched.path.name, aside.name)
    raise StoreError(
        f"the results of job {context.journal.job_id} are wrong: {fault}; kept as {aside}",
        subject=str(aside),
        stage="collect",
        advice=f"the job and its objects are untouched; try again with '{context.collect_command}'",
    )


def _collect_private(context: RunContext, opened: Opener) -> None:
    from direct_access.runner.private_results import ResultsLostError, read_private

    try:
        _publish(context, read_private(context, opened), RESULTS, "brackets")
    except ResultsLostError as error:
        context.journal.error = error.to_json()  # how the run ends, once the log is here


def _collect_logs(context: RunContext) -> None:
    opened = _tolerant(context, context.service.open_logs, NO_LOG_YET)
    try:
        fetched = _fetch(context, opened, LOGS)
        _publish(context, fetched, LOGS, fetched.verified_by)
        if fetched.verified_by is None:
            context.journal.keep = "all"
            context.reporter.warning(
                "the server does not tell how long the log is: it may be incomplete, so that the job and its "
                "objects are left on the server"
            )
    except NotFoundError:
        context.reporter.note("the job left no log")
    except (StoreError, AccessError, ConfigurationError) as error:
        if context.journal.job_status == JobStatus.COMPLETED.value:
            raise
        # The job's own end says more than the store's refusal, and its objects stay for another look.
        context.reporter.warning(f"the log could not be fetched: {error.message}")
        with contextlib.suppress(OSError):
            discard(context.directory / partial_name(LOGS))


def _tolerant(context: RunContext, open_object: Callable[..., Download], policy: RetryPolicy) -> Opener:
    """Return an opener that waits for an object: Completed may be reported before it can be read."""

    def opened(offset: int = 0, etag: str | None = None, end: int | None = None) -> Download:
        until = context.clock.boottime() + (policy.total_secs or 0.0)
        attempt = 0
        while True:
            attempt += 1
            try:
                return open_object(context.journal.handle, offset, etag, end)
            except NotFoundError as error:
                if context.clock.boottime() >= until or context.is_past(context.end):
                    if policy is NO_LOG_YET:
                        raise
                    raise _never_appeared(context, error) from error
            context.pause(policy.delay_secs(attempt), context.end)
            context.control.check()

    return opened


def _never_appeared(context: RunContext, error: NotFoundError) -> StoreError:
    return StoreError(
        f"job {context.journal.job_id} is Completed, but its results are not in the store: {error.message}",
        subject=context.journal.job_id,
        stage="collect",
        http_status=error.http_status,
        code=error.code,
        request_id=error.request_id,
        advice=f"try again with '{context.collect_command}'",
    )


def _fetch(context: RunContext, opened: Opener, name: str) -> Downloaded:
    def pause(number: int, error: DirectAccessError) -> None:
        if context.is_past(context.end):
            raise error
        context.reporter.note(f"{name}: {error.message}; resuming")
        context.pause(max(RESUME.delay_secs(number), RESUME.asked_secs(error)), context.end)
        context.control.check()

    return download(opened, context.directory / partial_name(name), pause)


def _publish(context: RunContext, fetched: Downloaded, name: str, verified_by: str | None) -> None:
    context.check_ownership()
    destination: Path = context.directory / name
    try:
        run_files.publish(context.directory, fetched.path.name, name)
    except OSError as error:
        raise LocalStorageError(
            f"cannot write {destination}: {error.strerror}", subject=str(destination)
        ) from error
    checksum = fetched.checksum
    context.journal.files[name] = {
        "size_bytes": fetched.size_bytes,
        "verified_by": verified_by,
        "digest": checksum.hex if checksum else None,
    }
    context.reporter.stage("collect", f"{name} {format_size(fetched.size_bytes)}")
