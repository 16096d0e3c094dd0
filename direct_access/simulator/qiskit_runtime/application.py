"""The API below its base URL: who may ask, which version answers, and what errors look like."""

from __future__ import annotations

from dataclasses import dataclass

from direct_access.simulator.http import BadBody, Request, Response
from direct_access.simulator.qiskit_runtime.authentication import Authentication
from direct_access.simulator.qiskit_runtime.call import Call, Caller, Route, Routes
from direct_access.simulator.qiskit_runtime.description import FILE
from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, NOT_AUTHORISED, ApiError
from direct_access.simulator.qiskit_runtime.query import Query
from direct_access.simulator.qiskit_runtime.versions import HEADER, version_of, versions_document
from direct_access.simulator.replies import JSON, json_response
from direct_access.simulator.routing import NoRoute, Router

BASE_PATH = "/api"
EXPERIMENTAL = "/experimental"
"""Before the base path, for qiskit-ibm-runtime: it asks a URL with this word in it as it is."""


@dataclass
class Permissions:
    """What the users may not do.

    :param denied_actions: IAM actions without ``quantum-computing.``, as ``job.create``; answered 403
    """

    denied_actions: frozenset[str] = frozenset()


class RuntimeApplication:
    """Answers the API's requests.

    :param routes: who answers what, paths without the base path
    :param numeric_error_codes: error codes are numbers everywhere
    """

    def __init__(
        self,
        authentication: Authentication,
        permissions: Permissions,
        routes: Routes,
        numeric_error_codes: bool = False,
    ) -> None:
        self._numeric_error_codes = numeric_error_codes
        self._authentication = authentication
        self._permissions = permissions
        self._router = Router(routes)
        self._open = {"/v1/versions": _versions, "/openapi.json": _description}

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        path = request.path.removeprefix(EXPERIMENTAL)
        if not path.startswith(f"{BASE_PATH}/"):
            return ApiError(404, INVALID_BODY, f"{request.path}: not found.").response(numeric=False)
        path = path.removeprefix(BASE_PATH)
        numeric_errors = self._numeric_error_codes
        try:
            if path in self._open:
                return self._answer_anybody(request, path)
            route, parameters = self._found(request.method, path)
            numeric_errors |= route.numeric_errors
            return route.handler(self._call(request, route, parameters))
        except ApiError as error:
            return error.response(numeric_errors)
        except BadBody as error:
            return ApiError(error.status, INVALID_BODY, str(error)).response(numeric_errors)

    def _answer_anybody(self, request: Request, path: str) -> Response:
        if request.method != "GET":
            message = f"{request.method} {path}: method not allowed."
            raise ApiError(405, INVALID_BODY, message, headers=(("Allow", "GET"),))
        return self._open[path](request)

    def _found(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        try:
            return self._router.find(method, path)
        except NoRoute as none:
            status = 405 if none.allowed else 404
            headers = (("Allow", ", ".join(none.allowed)),) if none.allowed else ()
            raise ApiError(status, INVALID_BODY, f"{method} {path}: {none}.", headers=headers) from none

    def _call(self, request: Request, route: Route, parameters: dict[str, str]) -> Call:
        user = self._authentication.user(request.headers)
        caller = Caller(user, self._authentication.instance(request.headers))
        version = version_of(request.headers.get(HEADER))
        if route.action in self._permissions.denied_actions:
            action = f"quantum-computing.{route.action}"
            message = f"Not authorised: the IAM action {action} is needed."
            raise ApiError(403, NOT_AUTHORISED, message, "Ask an administrator for a role that has it.")
        return Call(request, parameters, Query(request.query), version, caller)


def _versions(request: Request) -> Response:
    return json_response(200, versions_document(version_of(request.headers.get(HEADER))))


def _description(_: Request) -> Response:
    return Response(200, FILE.read_bytes(), [("Content-Type", JSON)])
