"""Jobs as the Qiskit Runtime REST API describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.model.jobs import RAN_TOO_LONG, JobStatus, parse_status
from direct_access.model.json_fields import boolean, integer, number, text, texts
from direct_access.model.open_document import OpenDocument
from direct_access.model.server_text import reason_line
from direct_access.qiskit_runtime.usage import Usage, parse_usage
from direct_access.redact import without_urls

RAN_TOO_LONG_CODE = 1305
"""The reason of a job that was Cancelled because it ran too long."""


@dataclass(frozen=True)
class SubmittedJob:
    """What ``POST /v1/jobs`` answers: the server chose the id."""

    id: str
    backend: str | None = None
    session_id: str | None = None
    private: bool = False
    calibration_id: str | None = None


@dataclass(frozen=True)
class RuntimeJob:
    """What the service says of one job.

    :param created: RFC 3339
    :param cost: seconds on the quantum computer that were announced
    :param private: its params are not told, and its results can be read once
    :param ran_too_long: it was Cancelled for that
    :param document: the job object as the server sent it, with presigned URLs hidden
    """

    id: str
    status: JobStatus
    created: str | None = None
    backend: str | None = None
    program_id: str | None = None
    cost: int | None = None
    reason: str | None = None
    reason_code: int | None = None
    reason_solution: str | None = None
    ran_too_long: bool = False
    tags: tuple[str, ...] = ()
    session_id: str | None = None
    user_id: str | None = None
    usage: Usage | None = None
    private: bool = False
    runtime: str | None = None
    calibration_id: str | None = None
    estimated_running_time_seconds: float | None = None
    document: Mapping[str, Any] = field(default_factory=dict)


class JobMetrics(OpenDocument):
    """The answer of ``GET /v1/jobs/{id}/metrics``, with names for what is used here.

    Its fields changed with almost every version of the API; all that the server sent are in the mapping.
    """

    @property
    def usage(self) -> Usage | None:
        """The charged time: ``usage``, or ``bss`` before version 2026-03-15."""
        return parse_usage(self.get("usage")) or parse_usage(self.get("bss"))

    @property
    def circuits_execution_time_ns(self) -> int | None:
        """Execution time of the circuits; below ``usage`` until version 2026-04-15 moved it to the root."""
        usage = self.get("usage")
        inner = usage.get("circuits_execution_time_ns") if isinstance(usage, Mapping) else None
        return integer(self.get("circuits_execution_time_ns", inner))

    @property
    def position_in_queue(self) -> int | None:
        return integer(self.get("position_in_queue"))

    @property
    def finished(self) -> str | None:
        """When the job ended, RFC 3339."""
        return self._time("finished")

    @property
    def running(self) -> str | None:
        """When the job began to run, RFC 3339."""
        return self._time("running")

    def _time(self, name: str) -> str | None:
        times = self.get("timestamps")
        return text(times.get(name)) if isinstance(times, Mapping) else None


def parse_submitted(document: Mapping[str, Any]) -> SubmittedJob:
    """Read the answer to a job that was sent.

    :raises ProtocolError: if it tells no id
    """
    return SubmittedJob(
        id=_id(document),
        backend=text(document.get("backend")),
        session_id=text(document.get("session_id")),
        private=boolean(document.get("private")) or False,
        calibration_id=text(document.get("calibration_id")),
    )


def parse_job(document: Mapping[str, Any]) -> RuntimeJob:
    """Read a job object. Unknown fields are kept in ``document``, wrong ones left out.

    :raises ProtocolError: if it has no id, or a status that there is not
    """
    job_id = _id(document)
    shown = without_urls(dict(document))
    state = _mapping(document, "state")
    told = text(document.get("status")) or text(state.get("status")) or ""
    status = parse_status(told, job_id)
    code = integer(state.get("reason_code", state.get("reasonCode")))
    too_long = told == RAN_TOO_LONG or (status is JobStatus.CANCELLED and code == RAN_TOO_LONG_CODE)
    return RuntimeJob(
        id=job_id,
        status=status,
        created=text(document.get("created")),
        backend=text(document.get("backend")),
        program_id=text(_mapping(document, "program").get("id")),
        cost=integer(document.get("cost")),
        reason=reason_line(state.get("reason")) or ("Ran too long" if too_long else None),
        reason_code=code,
        reason_solution=reason_line(state.get("reason_solution")),
        ran_too_long=too_long,
        tags=texts(document.get("tags")),
        session_id=text(document.get("session_id")),
        user_id=text(document.get("user_id")),
        usage=parse_usage(document.get("usage")),
        private=boolean(document.get("private")) or False,
        runtime=text(document.get("runtime")),
        calibration_id=text(document.get("calibration_id")),
        estimated_running_time_seconds=number(document.get("estimated_running_time_seconds")),
        document=shown,
    )


def _id(document: Mapping[str, Any]) -> str:
    job_id = text(document.get("id"))
    if job_id is None:
        raise ProtocolError("the server described a job without id")
    return job_id


def _mapping(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}
