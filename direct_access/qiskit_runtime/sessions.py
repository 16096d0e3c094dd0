"""Sessions: jobs that run one after the other on one backend, without others between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import boolean, integer, number, text
from direct_access.qiskit_runtime import endpoints
from direct_access.qiskit_runtime.query import bounded, one_of
from direct_access.rest.answers import json_object
from direct_access.rest.api import RestApi

MODES = ("batch", "dedicated")


@dataclass(frozen=True)
class RuntimeSession:
    """What the service says of one session; older servers tell the id alone after creating one.

    :param backend_name: None while that is open
    :param mode: ``batch`` or ``dedicated``
    :param state: ``open``, ``active``, ``inactive`` or ``closed``
    :param max_ttl: seconds that it may live
    :param active_ttl: seconds that it may be active
    :param interactive_ttl: seconds that it stays active without a job
    :param elapsed_time: seconds so far
    """

    id: str
    backend_name: str | None = None
    mode: str | None = None
    state: str | None = None
    state_reason: str | None = None
    accepting_jobs: bool | None = None
    max_ttl: int | None = None
    active_ttl: int | None = None
    interactive_ttl: int | None = None
    started_at: str | None = None
    activated_at: str | None = None
    closed_at: str | None = None
    last_job_started: str | None = None
    last_job_completed: str | None = None
    elapsed_time: float | None = None
    user_id: str | None = None
    timestamps: Sequence[Mapping[str, Any]] = ()
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def takes_jobs(self) -> bool:
        """Whether another job may be sent to it, as far as the server tells."""
        return self.state != "closed" and self.accepting_jobs is not False


def parse_session(document: Mapping[str, Any]) -> RuntimeSession:
    """Read a session object.

    :raises ProtocolError: if it has no id
    """
    session_id = text(document.get("id"))
    if session_id is None:
        raise ProtocolError("the server described a session without id")
    times = document.get("timestamps")
    return RuntimeSession(
        id=session_id,
        backend_name=text(document.get("backend_name")),
        mode=text(document.get("mode")),
        state=text(document.get("state")),
        state_reason=text(document.get("state_reason")),
        accepting_jobs=boolean(document.get("accepting_jobs")),
        max_ttl=integer(document.get("max_ttl")),
        active_ttl=integer(document.get("active_ttl")),
        interactive_ttl=integer(document.get("interactive_ttl")),
        started_at=text(document.get("started_at")),
        activated_at=text(document.get("activated_at")),
        closed_at=text(document.get("closed_at")),
        last_job_started=text(document.get("last_job_started")),
        last_job_completed=text(document.get("last_job_completed")),
        elapsed_time=number(document.get("elapsed_time")),
        user_id=text(document.get("user_id")),
        timestamps=[time for time in times if isinstance(time, Mapping)] if isinstance(times, list) else [],
        document=dict(document),
    )


class SessionCalls:
    """Sessions of one instance."""

    def __init__(self, api: RestApi) -> None:
        self._api = api

    def create(
        self,
        mode: str,
        *,
        backend: str | None = None,
        max_ttl: int | None = None,
        active_ttl: int | None = None,
        interactive_ttl: int | None = None,
    ) -> RuntimeSession:
        """Create a session, with one request: after an UnavailableError it may exist all the same.

        :param mode: ``batch`` or ``dedicated``
        :param max_ttl: seconds; the server's default is 28800, within what the plan allows
        :param active_ttl: as ``interactive_ttl``, for the Channel Partner plan
        :raises InputError: if a value is outside the limits of the API
        """
        one_of("mode", mode, MODES)
        times = {"max_ttl": max_ttl, "active_ttl": active_ttl, "interactive_ttl": interactive_ttl}
        given = {name: bounded(name, secs, 1) for name, secs in times.items() if secs is not None}
        body = {"mode": mode, **({"backend": backend} if backend else {}), **given}
        answer = self._api.once(endpoints.CREATE_SESSION, subject=backend, document=body)
        return parse_session(json_object(answer))

    def session(self, session_id: str) -> RuntimeSession:
        """Return one session.

        :raises NotFoundError: if the server does not know it
        """
        return parse_session(self._api.read(endpoints.SESSION, session_id))

    def accept_jobs(self, session_id: str, accepting: bool) -> None:
        """Say whether a session takes more jobs; one that does not closes when its queue is empty.

        :raises NotFoundError: if the server does not know it
        """
        self._api.repeated(endpoints.UPDATE_SESSION, session_id, document={"accepting_jobs": accepting})

    def close(self, session_id: str) -> None:
        """Close a session now: its running job ends, the queued ones do not run.

        :raises NotFoundError: if the server does not know it
        """
        self._api.repeated(endpoints.CLOSE_SESSION, session_id)
