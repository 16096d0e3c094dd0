"""Everything that can go wrong, as types with fields.

An error says what failed, on which object, with which status, code and request id, whether it is worth
trying again, and what to do next. It survives a trip through JSON. It never holds a secret or a presigned
URL. Text and exit status are made in one place, :mod:`direct_access.cli.failure`.

* DirectAccessError
    * UsageError            the command was called wrongly
    * InputError            job file, params or circuit: missing, unreadable or refused
    * NotFoundError         the server or the store knows no such object
    * ConflictError         the object is in a state that forbids the request
    * ConfigurationError    our configuration, a certificate, a clock
    * AccessError           not authenticated, or not permitted
    * UnavailableError      a service cannot be reached, or is in trouble
    * TryAgainError         lanes full, backend reserved or paused: later, it will work
    * ProtocolError         the server answered outside its contract
        * JobVanishedError  a job of ours is gone
    * StoreError            the object store failed
    * LocalStorageError     reading or writing a local file failed
    * OutputError           the run directory cannot be created or owned
    * JobFailedError        the quantum job Failed
    * JobCancelledError     the quantum job was Cancelled
    * WaitEndedError        our waiting ended while the job keeps running
    * SignalError           ended by a signal
    * InternalError         a bug of ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, ClassVar

from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class Finding:
    """One fault in a document: where it stands, what was found, what is allowed.

    :param line: first line is 1; None where the document has no lines
    :param column: first column is 1
    :param field: dotted path such as ``pubs[0].shots``; empty for the whole document
    :param nearest: the valid name nearest to a misspelt one
    :param severity: ``error`` or ``warning``
    """

    file: str
    line: int | None
    column: int | None
    field: str
    found: str
    allowed: str = ""
    nearest: str | None = None
    severity: str = "error"

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        field = f" {self.field}:" if self.field else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        nearest = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{place}:{field} {self.found}{allowed}{nearest}"


@dataclass
class DirectAccessError(Exception):
    """What failed, on which object, and what to do next.

    :param message: one sentence without secrets or presigned URLs
    :param subject: the object it is about: a job id, a backend, an object name, a path
    :param stage: the stage of the run in which it happened
    :param http_status: status of the answer, where there was one
    :param code: the server's own code (``1232``, ``BXNIM0415E``, ``NoSuchKey``)
    :param request_id: what the server's operators need to find the request
    :param retryable: whether the same request may succeed later without anybody changing anything
    :param retry_after_secs: the server's ``Retry-After`` in seconds
    :param advice: what to do next, one sentence or a command
    :param findings: faults in a document, one each
    """

    message: str
    subject: str | None = None
    stage: str | None = None
    http_status: int | None = None
    code: str | None = None
    request_id: str | None = None
    retryable: bool = False
    retry_after_secs: float | None = None
    advice: str | None = None
    findings: Sequence[Finding] = ()

    kind: ClassVar[str] = "internal"

    def __post_init__(self) -> None:
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return (from_json, (self.to_json(),))

    def to_json(self) -> dict[str, Any]:
        """Return the error as plain JSON data; :func:`from_json` is the way back."""
        values = {"kind": self.kind, **{field.name: getattr(self, field.name) for field in fields(self)}}
        document = {name: v for name, v in values.items() if v is not False and v not in (None, (), [])}
        if self.findings:
            document["findings"] = [asdict(finding) for finding in self.findings]
        document["retryable"] = self.retryable
        return document


class UsageError(DirectAccessError):
    """The command was called wrongly."""

    kind = "usage"


class InputError(DirectAccessError):
    """Job file, params or circuit: missing, unreadable or refused, by us or by the server."""

    kind = "input"


class NotFoundError(DirectAccessError):
    """The server or the store knows no such object."""

    kind = "not_found"


class ConflictError(DirectAccessError):
    """The object is in a state that forbids the request (HTTP 409)."""

    kind = "conflict"


class ConfigurationError(DirectAccessError):
    """Our configuration is wrong; also a certificate that is not trusted and a clock that is wrong."""

    kind = "configuration"


class AccessError(DirectAccessError):
    """Not authenticated or not permitted, by IAM, the API or the store."""

    kind = "access"


@dataclass
class UnavailableError(DirectAccessError):
    """A service cannot be reached or is in trouble.

    :param not_sent: no byte of the request was sent, since no connection was made; else it may have arrived
    """

    not_sent: bool = False

    kind = "unavailable"


class TryAgainError(DirectAccessError):
    """No job exists; later the same request will work: lanes full (429), reserved (423), backend paused."""

    kind = "try_again"


class ProtocolError(DirectAccessError):
    """The server answered outside its contract."""

    kind = "protocol"


class JobVanishedError(ProtocolError):
    """The server no longer knows a job of ours."""

    kind = "job_vanished"


class StoreError(DirectAccessError):
    """The object store failed, or holds something that cannot be right."""

    kind = "store"


class LocalStorageError(DirectAccessError):
    """Reading or writing a local file failed: a full disk, a quota, a dying file system."""

    kind = "local_storage"


class OutputError(DirectAccessError):
    """The run directory cannot be created, or belongs to another run."""

    kind = "output"


class JobFailedError(DirectAccessError):
    """The quantum job Failed; ``code`` and ``message`` are the server's reason, ``advice`` its solution."""

    kind = "job_failed"


class JobCancelledError(DirectAccessError):
    """The quantum job was Cancelled, also by the system because it ran too long."""

    kind = "job_cancelled"


class WaitEndedError(DirectAccessError):
    """Our waiting ended while a job of this run keeps running; ``advice`` is the command that picks it up."""

    kind = "wait_ended"


@dataclass
class SignalError(DirectAccessError):
    """Ended by a signal; ``signal_number`` as in signal(7)."""

    signal_number: int = 15

    kind: ClassVar[str] = "signal"


class InternalError(DirectAccessError):
    """A bug of ours."""

    kind = "internal"


def _all_kinds(base: type[DirectAccessError]) -> dict[str, type[DirectAccessError]]:
    kinds = {base.kind: base}
    for subclass in base.__subclasses__():
        if "kind" in vars(subclass):  # a refinement inside one module reads back as what it refines
            kinds.update(_all_kinds(subclass))
    return kinds


def from_json(document: Mapping[str, Any]) -> DirectAccessError:
    """Return the error that :meth:`DirectAccessError.to_json` wrote; unknown fields are ignored."""
    cls = _all_kinds(DirectAccessError).get(str(document.get("kind")), InternalError)
    values = _known(document, cls)
    values["findings"] = tuple(Finding(**_known(item, Finding)) for item in document.get("findings") or ())
    values.setdefault("message", "unknown error")
    return cls(**values)


def _known(document: Mapping[str, Any], cls: type[Finding | DirectAccessError]) -> dict[str, Any]:
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in document.items() if name in names}
