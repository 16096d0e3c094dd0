"""Sessions and batches."""

from __future__ import annotations

from direct_access.clock import Clock
from direct_access.simulator.backends.state import Backends
from direct_access.simulator.http import Response
from direct_access.simulator.qiskit_runtime.call import Call, Route, Routes
from direct_access.simulator.qiskit_runtime.description import check
from direct_access.simulator.qiskit_runtime.session import Session
from direct_access.simulator.qiskit_runtime.sessions import Sessions
from direct_access.simulator.qiskit_runtime.submitting import find_backend, read_body
from direct_access.simulator.replies import json_response, no_content

MAX_BODY_BYTES = 1 << 16


class SessionEndpoints:
    """Answers requests about sessions."""

    def __init__(self, sessions: Sessions, backends: Backends, clock: Clock) -> None:
        self._sessions = sessions
        self._backends = backends
        self._clock = clock

    def routes(self) -> Routes:
        """Return who answers what."""
        return {
            ("POST", "/v1/sessions"): Route(self._create, "session.create"),
            ("GET", "/v1/sessions/{id}"): Route(self._get, "session.read"),
            ("PATCH", "/v1/sessions/{id}"): Route(self._change, "session.update"),
            ("DELETE", "/v1/sessions/{id}/close"): Route(self._close, "session.update"),
        }

    def _create(self, call: Call) -> Response:
        body = read_body(call.request, MAX_BODY_BYTES)
        check("CreateSession", body)
        name = body.get("backend") or body.get("backend_name")
        backend = find_backend(self._backends, call.caller.instance, name) if name else None
        session = self._sessions.create(call.caller, body, backend)
        return json_response(200, session.document(self._clock.wall()))

    def _get(self, call: Call) -> Response:
        return json_response(200, self._session(call).document(self._clock.wall()))

    def _change(self, call: Call) -> Response:
        body = read_body(call.request, MAX_BODY_BYTES)
        check("ChangeSession", body)
        self._sessions.set_accepting(self._session(call), body["accepting_jobs"])
        return no_content()

    def _close(self, call: Call) -> Response:
        self._sessions.close(self._session(call))
        return no_content()

    def _session(self, call: Call) -> Session:
        return self._sessions.get(call.caller, call.parameters["id"])
