"""The simulator's own controls, under ``/admin`` of the API's address. No real system has them.

They take and give JSON and ask for no token. POST adds or changes, DELETE clears; both answer 204.

=======================================  =============================================================
``GET POST DELETE /admin/faults``        :class:`~direct_access.simulator.faults.rules.Fault`
``GET POST DELETE /admin/outcomes``      :class:`~direct_access.simulator.jobs.scenario.OutcomeRule`
``GET DELETE /admin/requests``           ``total`` and the last ``requests``: app, method, path, status, time
``GET /admin/jobs``                      the jobs of all callers
``POST /admin/jobs/{id}/release``        let a job begin that waits at a manual pace
``POST /admin/jobs/{id}/end``            end a running job: ``{"status": "Failed", "reason_code": 1517, …}``
``GET POST /admin/reservations``         reserve ``{"backend": …, "secs": 60}``; without secs until deleted
``DELETE /admin/reservations/{backend}``
``POST /admin/backends/{backend}``       ``{"status": "paused", "message": …, "lanes": 2}``
``POST /admin/tokens``                   ``{"lifetime_secs": 5}`` of tokens issued from now on
``DELETE /admin/tokens``                 revoke all tokens
=======================================  =============================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from direct_access.simulator.backends.state import Backends, UnknownBackend
from direct_access.simulator.documents import keyword_arguments
from direct_access.simulator.faults.rules import Fault, FaultRules
from direct_access.simulator.http import Application, Request, Response
from direct_access.simulator.iam.tokens import TokenAuthority
from direct_access.simulator.jobs.ending import Ending
from direct_access.simulator.jobs.refusals import Refusal, UnknownJob
from direct_access.simulator.jobs.scenario import OutcomeRule, OutcomeRules
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.replies import json_response, no_content, read_json
from direct_access.simulator.request_log import RequestLog
from direct_access.simulator.routing import Call, Handler, NoRoute, Router

PREFIX = "/admin/"
MAX_BODY_BYTES = 1 << 20


@dataclass(frozen=True)
class _Reservation:
    backend: str
    secs: float | None = None


@dataclass(frozen=True)
class _BackendChange:
    status: str | None = None
    message: str | None = None
    lanes: int | None = None


@dataclass(frozen=True)
class _TokenChange:
    lifetime_secs: int


class AdminApplication:
    """Answers the requests under ``/admin``."""

    def __init__(
        self,
        faults: FaultRules,
        outcomes: OutcomeRules,
        requests: RequestLog,
        scheduler: Scheduler,
        backends: Backends,
        tokens: TokenAuthority,
    ) -> None:
        self._faults = faults
        self._outcomes = outcomes
        self._requests = requests
        self._scheduler = scheduler
        self._backends = backends
        self._tokens = tokens
        self._router = Router({**self._rule_routes(), **self._job_routes(), **self._system_routes()})

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            handler, parameters = self._router.find(request.method, request.path)
            return handler(Call(request, parameters))
        except (NoRoute, UnknownJob, UnknownBackend) as error:
            return json_response(404, {"message": str(error)})
        except Refusal as error:
            return json_response(409, {"message": str(error)})
        except ValueError as error:
            return json_response(400, {"message": str(error)})

    def _rule_routes(self) -> dict[tuple[str, str], Handler]:
        faults, outcomes = self._faults, self._outcomes
        return {
            ("GET", "/admin/faults"): lambda _: _listing("faults", faults.pending()),
            ("POST", "/admin/faults"): _changing(lambda body: faults.add(Fault.from_document(body))),
            ("DELETE", "/admin/faults"): _doing(faults.clear),
            ("GET", "/admin/outcomes"): lambda _: _listing("outcomes", outcomes.pending()),
            ("POST", "/admin/outcomes"): _changing(
                lambda body: outcomes.add(OutcomeRule.from_document(body))
            ),
            ("DELETE", "/admin/outcomes"): _doing(outcomes.clear),
        }

    def _job_routes(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "/admin/jobs"): self._list_jobs,
            ("POST", "/admin/jobs/{job_id}/release"): self._release_job,
            ("POST", "/admin/jobs/{job_id}/end"): self._end_job,
            ("GET", "/admin/requests"): self._list_requests,
            ("DELETE", "/admin/requests"): _doing(self._requests.clear),
        }

    def _system_routes(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "/admin/reservations"): self._list_reservations,
            ("POST", "/admin/reservations"): _changing(self._reserve),
            ("DELETE", "/admin/reservations/{backend}"): self._end_reservation,
            ("POST", "/admin/backends/{backend}"): self._change_backend,
            ("POST", "/admin/tokens"): _changing(self._change_tokens),
            ("DELETE", "/admin/tokens"): _doing(self._tokens.revoke_all),
        }

    def _list_jobs(self, _: Call) -> Response:
        return json_response(200, {"jobs": [job.document() for job in self._scheduler.jobs()]})

    def _release_job(self, call: Call) -> Response:
        self._scheduler.release(call.parameters["job_id"])
        return no_content()

    def _end_job(self, call: Call) -> Response:
        ending = Ending(**keyword_arguments(Ending, read_json(call.request, MAX_BODY_BYTES)))
        self._scheduler.end(call.parameters["job_id"], ending)
        return no_content()

    def _list_requests(self, _: Call) -> Response:
        entries = [asdict(entry) for entry in self._requests.entries()]
        return json_response(200, {"total": self._requests.total, "requests": entries})

    def _list_reservations(self, _: Call) -> Response:
        reserved = [backend.model.name for backend in self._backends.all() if backend.reserved]
        return json_response(200, {"reservations": [{"backend": name} for name in reserved]})

    def _reserve(self, body: Any) -> None:
        wanted = _Reservation(**keyword_arguments(_Reservation, body))
        self._backends.get(wanted.backend).reserve(wanted.secs)

    def _end_reservation(self, call: Call) -> Response:
        self._backends.get(call.parameters["backend"]).release()
        return no_content()

    def _change_backend(self, call: Call) -> Response:
        backend = self._backends.get(call.parameters["backend"])
        body = read_json(call.request, MAX_BODY_BYTES)
        for name, value in keyword_arguments(_BackendChange, body).items():
            if value is not None:
                setattr(backend, name, value)
        return no_content()

    def _change_tokens(self, body: Any) -> None:
        self._tokens.lifetime_secs = _TokenChange(**keyword_arguments(_TokenChange, body)).lifetime_secs


class WithAdmin:
    """An application beside which the admin application answers under ``/admin``."""

    def __init__(self, application: Application, admin: AdminApplication) -> None:
        self._application = application
        self._admin = admin

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        application = self._admin if request.path.startswith(PREFIX) else self._application
        return application.handle(request)


def _listing(name: str, rules: list[Fault] | list[OutcomeRule]) -> Response:
    return json_response(200, {name: [rule.to_document() for rule in rules]})


def _changing(change: Callable[[Any], None]) -> Handler:
    def handler(call: Call) -> Response:
        change(read_json(call.request, MAX_BODY_BYTES))
        return no_content()

    return handler


def _doing(action: Callable[[], None]) -> Handler:
    def handler(_: Call) -> Response:
        action()
        return no_content()

    return handler
