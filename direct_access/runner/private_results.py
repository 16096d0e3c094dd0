"""The results of a private job: the server deletes them by our reading them, so that there is one read.

It is written to disk as it arrives. Until the first byte has come it may be tried again, after that never:
what is there then is the result, or the rest is lost. A process that died in between leaves the same file.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from direct_access import atomic, run_files
from direct_access.errors import DirectAccessError, LocalStorageError, NotFoundError, StoreError
from direct_access.retry.policies import RESUME
from direct_access.retry.repeat import repeat
from direct_access.runner.context import RESULTS, RunContext, partial_name, rejected_name
from direct_access.runner.download import Downloaded
from direct_access.runner.results_check import fault_of_results
from direct_access.runner.transfer import Opener
from direct_access.services.protocol import Download

BLOCK_BYTES = 1 << 20
READ_SECS = 45.0
"""Less than what Slurm leaves us after the end of our waiting."""


def read_private(context: RunContext, opened: Opener) -> Downloaded:
    """Return the results on disk, verified as far as they can be.

    :param opened: opens the results; waits while they are not there yet
    :raises ResultsLostError: if they broke off, now or in an earlier process; what arrived is kept aside.
        Also if the server says, for as long as anything is waited for, that they are gone
    :raises LocalStorageError: if the disk is full or fails
    """
    directory = context.directory
    if run_files.exists(directory, RESULTS):  # by a process that died after that
        return _on_disk(directory, RESULTS)
    path, aside = directory / partial_name(RESULTS), directory / rejected_name(RESULTS)
    if run_files.exists(directory, aside.name):
        raise _broken_off(context, aside, "the connection broke while they were read")
    try:
        with open(run_files.open_or_create(directory, path.name), "r+b", buffering=0) as file:
            if not os.fstat(file.fileno()).st_size:
                _read(context, opened, file.fileno())
        with open(run_files.open_file(directory, path.name), "rb") as whole:
            fault = fault_of_results(whole, context.journal.spec.program_id, is_verified=False)
    except _BrokenOffError as error:
        fault = error.message
    except StoreError as error:
        if isinstance(error.__cause__, NotFoundError) and error.http_status is not None:
            raise _gone(context, error.__cause__) from error
        raise
    except OSError as error:
        raise LocalStorageError(
            f"cannot write {path}: {error.strerror}",
            subject=str(path),
            advice="what arrived of the results is there; they cannot be read again",
        ) from error
    if fault is None:
        return _on_disk(directory, path.name)
    run_files.publish(directory, path.name, aside.name)
    raise _broken_off(context, aside, fault)


def _on_disk(directory: Path, name: str) -> Downloaded:
    with open(run_files.open_file(directory, name), "rb") as file:
        return Downloaded(directory / name, os.fstat(file.fileno()).st_size, None, None)


class ResultsLostError(StoreError):
    """Nobody can read the results any more: the run has nothing left to do but to say so."""


class _BrokenOffError(StoreError):
    """The one read ended early."""


def _broken_off(context: RunContext, aside: Path, fault: str) -> ResultsLostError:
    return ResultsLostError(
        f"the results of the private job {context.journal.job_id} are incomplete ({fault}), and could be "
        f"read only once; what arrived is kept as {aside}",
        subject=str(aside),
        stage="collect",
        advice=_AGAIN,
    )


def _gone(context: RunContext, error: NotFoundError) -> ResultsLostError:
    """Return what it means that the server has the job, but not its results: somebody has read them."""
    context.journal.keep = "all"  # should the server find them again, the job is still there
    return ResultsLostError(
        f"the results of the private job {context.journal.job_id} are gone, perhaps read by a process that "
        f"was killed before it had them; the job stays on the server: {error.message}",
        subject=context.journal.job_id,
        stage="collect",
        http_status=error.http_status,
        code=error.code,
        request_id=error.request_id,
        advice=_AGAIN,
    )


_AGAIN = "run the job again, or without private: true"


def _read(context: RunContext, opened: Opener, descriptor: int) -> None:
    def once() -> None:
        with opened() as source:
            _copy(source, descriptor)

    with run_files.opened(context.directory) as directory:
        atomic.sync_names(directory)  # so that a crash does not take the file that the read has filled
    context.check_ownership()
    with _unhurried(context):
        repeat(RESUME, context.patience, once)


def _unhurried(context: RunContext) -> AbstractContextManager[None]:
    """Give the only read enough time, even if our waiting ends meanwhile: what is cut off is lost."""
    until = context.end()
    if until is None:
        return nullcontext()
    return context.last_requests(max(READ_SECS, until - context.clock.boottime()))


def _copy(source: Download, descriptor: int) -> None:
    """Write a stream to disk, durable block by block; before the first byte, an error may be tried again."""
    block = memoryview(bytearray(BLOCK_BYTES))
    written, used = 0, -1
    while used:
        try:
            used = source.readinto(block)
        except DirectAccessError as error:
            if not written:
                raise
            raise _BrokenOffError(error.message) from error
        data = block[:used]
        while data:
            data = data[os.write(descriptor, data) :]
        os.fdatasync(descriptor)
        written += used
