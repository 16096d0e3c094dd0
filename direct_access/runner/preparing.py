"""Create a run directory, become its owner, and write what will be sent."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from direct_access import atomic, run_files
from direct_access import journal as journals
from direct_access.errors import (
    ConflictError,
    InputError,
    JobVanishedError,
    LocalStorageError,
    OutputError,
)
from direct_access.journal import Journal, Step
from direct_access.model.jobs import JobSpec, JobState
from direct_access.runner import owner as owners
from direct_access.runner.context import JOB_OBJECT, LOGS, PARAMS, RESULTS, partial_name, rejected_name
from direct_access.runner.owner import OwnerRecord
from direct_access.runner.part_map import name_of_map
from direct_access.runner.plan import Plan, new_job
from direct_access.runner.provenance import slurm_job, versions
from direct_access.services.protocol import Handle, JobService


def create_directory(directory: Path) -> None:
    """Create the run directory, readable by its owner only; in one that is there nobody else may write.

    :raises OutputError: if it cannot be created or written, or is not ours alone
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        run_files.check(directory, _OUR_NAMES, _PARTS)
    except OSError as error:
        raise _cannot_use(directory, error) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise OutputError(
            f"cannot write into the output directory {directory}", subject=str(directory), advice=_CHOOSE
        )


def become_owner(directory: Path, record: OwnerRecord, instead_of: OwnerRecord | None) -> bool:
    """Become the owner of a run directory; return False if another process was faster.

    What a dead owner was writing when it died is removed; what it was downloading is resumed.

    :raises OutputError: if the directory cannot be written
    """
    try:
        taken = owners.take(directory, record, instead_of)
        if taken and instead_of is not None:
            _remove_unfinished(directory)
        return taken
    except OSError as error:
        raise _cannot_use(directory, error) from error


_PARTS = (partial_name(RESULTS), partial_name(LOGS))
_OUR_FILES = (journals.FILE_NAME, PARAMS, JOB_OBJECT, RESULTS, LOGS, *map(name_of_map, _PARTS))
_OUR_NAMES = (*_OUR_FILES, *_PARTS, rejected_name(RESULTS), owners.DIRECTORY_NAME)


def _remove_unfinished(directory: Path) -> None:
    for name in run_files.names(directory):
        if atomic.unfinished_name(name) in _OUR_FILES:
            run_files.remove(directory, name)


def prepare(plan: Plan, service: JobService, directory: Path) -> Journal:
    """Write the params as they will be sent, and the first journal; nothing has been sent yet.

    :raises LocalStorageError: if the disk is full or fails
    :raises ConfigurationError: if these credentials cannot work with this storage
    :raises ConflictError: if the job file names the id of a job that exists
    """
    new = new_job(plan)
    handle = service.plan(new)
    if new.given_id:
        _require_unused(service, handle, new.id)
    journal = Journal(
        job_id=new.id,
        system=service.system,
        spec=plan.spec,
        handle=handle,
        params={"external": True} if new.external_input else _write_params(plan, service, directory),
        job_file=str(plan.job.path.resolve()),
        keep=plan.settings.keep,
        slurm=slurm_job(plan.slurm),
        provenance={**versions(), "params_sha256": plan.params_sha256},
    )
    journal.step = Step.SUBMIT if new.external_input else Step.UPLOAD
    return journal


def _require_unused(service: JobService, handle: Handle, job_id: str) -> None:
    """Find an earlier job of a chosen id before our params overwrite its own, and it is taken for ours."""
    with contextlib.suppress(JobVanishedError):
        service.status(handle)
        raise ConflictError(
            f"job {job_id} exists already", subject=job_id, advice="choose another id, or let us choose one"
        )


def adopted_journal(state: JobState, handle: Handle, system: str, keep: str | None) -> Journal:
    """Return a journal for a job that was started elsewhere; the next step is to wait for it."""
    return Journal(
        job_id=state.id,
        system=system,
        spec=JobSpec(
            state.program_id,
            state.backend,
            state.timeout_secs or 0,
            cloud={"private": True} if state.private else {},
        ),
        handle=handle,
        params={"external": True},
        job_file="",
        keep=keep,
        step=Step.WAIT,
        provenance=versions(),
    )


DEFAULT_OPTIMIZATION_LEVEL = 1
_CHOOSE = "choose another with --output-dir, or output_dir in the job file"


def _cannot_use(directory: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot use the output directory {directory}: {error.strerror}",
        subject=str(directory),
        advice=_CHOOSE,
    )


class _Counting:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: Any, /) -> int:
        self.sha256.update(data)
        self.size_bytes += len(data)
        return self._file.write(data)


def _write_params(plan: Plan, service: JobService, directory: Path) -> dict[str, Any]:
    path = directory / PARAMS
    write = plan.job.params.write if plan.job.transpile is None else _transpiling_writer(plan, service)
    try:
        with run_files.replacing(directory, PARAMS) as file:
            counting = _Counting(file)
            write(counting)
    except OSError as error:
        raise LocalStorageError(f"cannot write {path}: {error.strerror}", subject=str(path)) from error
    sha256 = counting.sha256.hexdigest()
    if plan.job.transpile is None and sha256 != plan.params_sha256:
        run_files.remove(directory, PARAMS)
        raise InputError(
            f"the params of {plan.job.path} changed while they were read", subject=str(plan.job.path)
        )
    return {
        "source_sha256": plan.params_sha256,
        "sha256": sha256,
        "size_bytes": counting.size_bytes,
    }


def transpiled(
    document: Any, transpile: Mapping[str, Any], backend: str, service: JobService
) -> Mapping[str, Any]:
    """Return the params with their circuits mapped to the backend.

    :param transpile: of the job file, ``optimization_level`` 0 to 3
    :raises ConfigurationError: if Qiskit is not installed
    :raises InputError: if a circuit cannot be mapped
    """
    from direct_access.jobfile.transpile import transpile as map_circuits

    configuration = service.backends.configuration(backend)
    properties = service.backends.properties(backend)
    level = int(transpile.get("optimization_level", DEFAULT_OPTIMIZATION_LEVEL))
    return map_circuits(document, configuration, properties, level)


def _transpiling_writer(plan: Plan, service: JobService) -> Callable[[Any], None]:
    document = transpiled(plan.job.params.document(), plan.job.transpile or {}, plan.spec.backend, service)

    def write(destination: Any) -> None:
        destination.write(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())

    return write
