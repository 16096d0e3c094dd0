"""Bring results and logs into the run directory, verified before they get their names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from direct_access import atomic
from direct_access.errors import (
    AccessError,
    DirectAccessError,
    LocalStorageError,
    NotFoundError,
    StoreError,
    UnavailableError,
)
from direct_access.journal import Step
from direct_access.model.jobs import JobStatus
from direct_access.runner.context import LOGS, RESULTS, Context
from direct_access.runner.download import Downloaded, download, download_path
from direct_access.runner.private_results import ResultsLostError, read_private
from direct_access.runner.shape import fault_of_results
from direct_access.services.protocol import Download
from direct_access.transport.retry import RetryPolicy
from direct_access.transport.retry_policies import NO_LOG_YET, NOT_YET_THERE, RESUME, WRONG_BYTES
from direct_access.units import format_size

MOST_FETCHES = WRONG_BYTES.attempts or 1


def collect(context: Context) -> Step:
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
        fields = {field.name: getattr(error, field.name) for field in dataclasses.fields(error)}
        raise StoreError(**fields) from error
    return Step.FORGET


def _collect_results(context: Context) -> None:
    opened = _tolerant(context, context.service.open_results, NOT_YET_THERE)
    if context.journal.spec.is_private:
        _collect_private(context, opened)
        return
    for attempt in range(MOST_FETCHES):
        try:
            fetched = _fetch(context, opened, RESULTS)
            fault = fault_of_results(fetched.path)
        except StoreError as error:
            if not error.retryable or attempt == MOST_FETCHES - 1:
                raise
            continue
        if fault is None:
            _publish(context, fetched, RESULTS)
            return
    aside = context.directory / f"{RESULTS}.rejected"
    fetched.path.rename(aside)
    raise StoreError(
        f"the results of job {context.journal.job_id} are wrong: {fault}; kept as {aside}",
        subject=str(aside),
        stage="collect",
        advice=f"the job and its objects are untouched; try again with '{context.collect_command}'",
    )


def _collect_private(context: Context, opened: Callable[[int], Download]) -> None:
    try:
        _publish(context, read_private(context, opened), RESULTS)
    except ResultsLostError as error:
        context.journal.error = error.to_json()  # how the run ends, once the log is here


def _collect_logs(context: Context) -> None:
    opened = _tolerant(context, context.service.open_logs, NO_LOG_YET)
    try:
        _publish(context, _fetch(context, opened, LOGS), LOGS)
    except NotFoundError:
        context.reporter.note("the job left no log")
    except (StoreError, AccessError) as error:
        if context.journal.job_status == JobStatus.COMPLETED.value:
            raise
        # The job's own end says more than the store's refusal, and its objects stay for another look.
        context.reporter.warning(f"the log could not be fetched: {error.message}")


def _tolerant(
    context: Context, open_object: Callable[..., Download], policy: RetryPolicy
) -> Callable[[int], Download]:
    """Return an opener that bears "not there yet": Completed may be told before the objects are readable."""

    def opened(offset: int) -> Download:
        until = context.clock.boottime() + (policy.total_secs or 0.0)
        attempt = 0
        while True:
            attempt += 1
            try:
                return open_object(context.journal.handle, offset)
            except NotFoundError as error:
                if context.clock.boottime() >= until:
                    if policy is NO_LOG_YET:
                        raise
                    raise _never_appeared(context, error) from error
            context.clock.wait(context.control.stop, policy.delay_secs(attempt))
            context.control.check()

    return opened


def _never_appeared(context: Context, error: NotFoundError) -> StoreError:
    return StoreError(
        f"job {context.journal.job_id} is Completed, but its results are not in the store: {error.message}",
        subject=context.journal.job_id,
        stage="collect",
        http_status=error.http_status,
        code=error.code,
        request_id=error.request_id,
        advice=f"try again with '{context.collect_command}'",
    )


def _fetch(context: Context, opened: Callable[[int], Download], name: str) -> Downloaded:
    def pause(number: int, error: DirectAccessError) -> None:
        context.reporter.note(f"{name}: {error.message}; resuming")
        delay = max(RESUME.delay_secs(number), error.retry_after_secs or 0.0)
        context.clock.wait(context.control.stop, delay)
        context.control.check()

    return download(opened, download_path(context.directory / name), pause)


def _publish(context: Context, fetched: Downloaded, name: str) -> None:
    context.check_ownership()
    destination: Path = context.directory / name
    try:
        atomic.publish(fetched.path, destination)
    except OSError as error:
        raise LocalStorageError(
            f"cannot write {destination}: {error.strerror}", subject=str(destination)
        ) from error
    checksum = fetched.checksum
    context.journal.files[name] = {
        "size_bytes": fetched.size_bytes,
        "verified_by": checksum.algorithm if checksum else "length",
        "digest": checksum.hex if checksum else None,
    }
    context.reporter.stage("collect", f"{name} {format_size(fetched.size_bytes)}")
