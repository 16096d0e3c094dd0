"""The journal of a run, ``job.json``: what was decided and which step is under way.

It is written before every step that changes the world, and holds neither a secret nor a presigned URL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, field, fields
from enum import Enum
from pathlib import Path
from typing import Any

from direct_access import atomic, run_files
from direct_access.errors import LocalStorageError, OutputError
from direct_access.errors import from_json as error_from_json
from direct_access.light_dataclass import dataclass
from direct_access.model.jobs import JobSpec
from direct_access.redact import without_urls

FILE_NAME = "job.json"
SCHEMA = "direct-access/run/v1"
DEEPEST = 64
MOST_DIGITS = 18


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
    :param job_status: the last status that the service reported
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
        return _from_json(_loads(run_files.read(directory, FILE_NAME)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise OutputError(
            f"cannot read the journal {path}: {error}",
            subject=str(path),
            advice="choose another output directory, or move this one away",
        ) from error


def _from_json(document: Any) -> Journal:
    """Read a journal.

    :raises ValueError: if a field is missing or has a wrong type
    """
    values = _known(document, Journal, "the journal")
    if document.get("schema") != SCHEMA:
        raise ValueError(f"schema {document.get('schema')!r}, not {SCHEMA!r}")
    spec = JobSpec(**_known(values["spec"], JobSpec, "spec"))
    if values["error"] is not None:
        _check_error(values["error"])
    _check_handle(values["handle"])
    return Journal(
        **{**values, "spec": spec, "step": Step(values["step"]), "handle": _Handle(values["handle"])}
    )


class _Handle(dict[str, Any]):
    """A handle that was read from a file; a field that it lacks makes it damaged."""

    def __missing__(self, name: str) -> Any:
        raise OutputError(
            f"the journal is damaged: its handle has no {name}",
            subject=name,
            advice="name the job by its id instead of its run directory",
        )


def _check_handle(handle: Mapping[str, Any]) -> None:
    """Make sure that ids are texts and objects have names, which is all that services rely on."""
    ids = (handle.get("id"), handle.get("tag"))
    objects = handle.get("objects", {})
    if not all(each is None or isinstance(each, str) for each in ids) or not isinstance(objects, dict):
        raise ValueError("handle has an id or objects of the wrong type")
    for role, found in objects.items():
        name = found.get("name") if isinstance(found, dict) else found
        if not isinstance(name, str):
            raise ValueError(f"handle names no {role} object")


def _known(document: Any, cls: type[Journal | JobSpec], what: str) -> dict[str, Any]:
    """Return the fields that we know, with the types that they have in the class."""
    if not isinstance(document, dict):
        raise ValueError(f"{what} is not a JSON object")
    values = {}
    for entry in fields(cls):
        if entry.name in document:
            values[entry.name] = value = document[entry.name]
        elif entry.default is not MISSING:
            values[entry.name] = value = entry.default
        elif entry.default_factory is not MISSING:
            values[entry.name] = value = entry.default_factory()
        else:
            raise ValueError(f"{what} has no {entry.name}")
        if not _fits(value, str(entry.type)):
            raise ValueError(f"{entry.name} is {value!r:.50}")
    return values


def _check_error(error: Mapping[str, Any]) -> None:
    texts = ("kind", "message", "subject", "stage", "code", "request_id", "advice")
    numbers = ("http_status", "retry_after_secs", "signal_number")
    if not all(error.get(name) is None or isinstance(error[name], str) for name in texts):
        raise ValueError("error has a field that is not a text")
    if not all(error.get(name) is None or isinstance(error[name], (int, float)) for name in numbers):
        raise ValueError("error has a field that is not a number")
    error_from_json(error)


_TYPES: Mapping[str, type | tuple[type, ...]] = {"str": str, "bool": bool, "int": int, "Step": str}


def _fits(value: Any, declared: str) -> bool:
    """Whether a value of a document has the type that is declared for a field."""
    if value is None:
        return declared.endswith("| None")
    name = declared.removesuffix("| None").strip()
    if name.startswith("list["):
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if name.startswith("dict[str, dict"):
        return isinstance(value, dict) and all(isinstance(item, dict) for item in value.values())
    if name == "dict[str, str]":
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    if name == "int" and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES.get(name, dict))


def _loads(content: bytes) -> Any:
    """Read JSON, but no numbers that are too long and no nesting that is too deep for a journal.

    :raises ValueError: if it is not such JSON
    """
    document = json.loads(content, parse_int=_integer, parse_float=_number, parse_constant=_number)
    _check_depth(document, DEEPEST)
    return document


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits:.20}")
    return number


def _check_depth(document: Any, left: int) -> None:
    if not isinstance(document, (dict, list)):
        return
    if not left:
        raise ValueError(f"it is nested deeper than {DEEPEST} levels")
    for item in document.values() if isinstance(document, dict) else document:
        _check_depth(item, left - 1)
