"""The journal of a run, ``job.json``: what was decided and which step is under way.

It is written before every step that changes the world, and holds neither a secret nor a presigned URL.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any

from direct_access import atomic, run_files
from direct_access.errors import LocalStorageError, OutputError
from direct_access.model.jobs import JobSpec
from direct_access.redact import without_urls

FILE_NAME = "job.json"
SCHEMA = "direct-access/run/v1"


class Step(str, Enum):
    """The step under way; after a crash it is taken again, which each step allows."""

    UPLOAD = "upload"
    SUBMIT = "submit"
    WAIT = "wait"
    COLLECT = "collect"
    FORGET = "forget"
    FINISHED = "finished"

    def __str__(self) -> str:
        return self.value


@dataclass
class Journal:
    """Everything that a run must know again after a crash.

    :param handle: what the service needs to find the job and its objects; opaque to us
    :param params: ``sha256`` and ``size_bytes`` of the params object; ``external`` if we did not write it
    :param slurm: the Slurm job that owns the run (cluster, job, restart count)
    :param reported: the life and step of that Slurm job to which the finished run was reported last
    :param times: RFC 3339 times by step
    :param job_status: the last status that the service told
    :param reason: ``code``, ``message`` and ``solution`` that the service gives for it
    :param error: why it did not end well, as :func:`direct_access.errors.from_json` reads it
    :param end_reason: why a signal ended a process of this run, the last time one did: ``cancelled``,
        ``requeued``, ``time limit``, …; ``unknown`` if Slurm gave no answer
    :param files: for each file collected its size, digest and how it was verified
    :param attempts: earlier jobs of the run that were never executed: id, handle and reason
    :param left_behind: whether a job record or objects of ours could not be deleted
    :param collect_by: RFC 3339 time until which a job that was left on purpose is to be collected; written
        before the service is told, so that whoever cleans up knows of the mark. None for one that never was
    """

    job_id: str
    system: str
    spec: JobSpec
    handle: Mapping[str, Any]
    params: dict[str, Any]
    job_file: str
    keep: str | None
    step: Step = Step.UPLOAD
    slurm: dict[str, Any] = field(default_factory=dict)
    reported: dict[str, Any] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)
    job_status: str | None = None
    reason: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    end_reason: str | None = None
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    left_behind: bool = False
    collect_by: str | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be done."""
        return self.step is Step.FINISHED

    def save(self, directory: Path, confirm: Callable[[], None] | None = None) -> None:
        """Replace ``job.json`` durably.

        :param confirm: called right before the rename, which happens only if it returns
        :raises LocalStorageError: as the file system does; the new journal may be there all the same
        :raises OutputError: if the directory is not ours alone
        """
        document = without_urls({"schema": SCHEMA, **asdict(self), "step": self.step.value})
        path = directory / FILE_NAME
        try:
            with run_files.replacing(directory, FILE_NAME, confirm) as file:
                file.write(atomic.json_bytes(document))
        except OSError as error:
            raise LocalStorageError(
                f"cannot write the journal {path}: {error.strerror}",
                subject=str(path),
                advice="free space or ask for quota, then run the same command again",
            ) from error


def load(directory: Path) -> Journal | None:
    """Return the journal of a run directory, None where there is none.

    :raises OutputError: if there is one that we cannot read, or others may choose what is in the directory
    """
    path = directory / FILE_NAME
    try:
        document = json.loads(run_files.read(directory, FILE_NAME))
        return _from_json(document)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise OutputError(
            f"cannot read the journal {path}: {error}",
            subject=str(path),
            advice="choose another output directory, or move this one away",
        ) from error


def _from_json(document: Mapping[str, Any]) -> Journal:
    if document["schema"] != SCHEMA:
        raise ValueError(f"schema {document['schema']!r}, not {SCHEMA!r}")
    spec = JobSpec(**_known(document["spec"], JobSpec))
    return Journal(**{**_known(document, Journal), "spec": spec, "step": Step(document["step"])})


def _known(document: Mapping[str, Any], cls: type[Journal | JobSpec]) -> dict[str, Any]:
    names = {entry.name for entry in fields(cls)}
    return {name: value for name, value in dict(document).items() if name in names}
