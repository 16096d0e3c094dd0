"""The endpoints of the IBM Quantum System REST API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from direct_access.simulator.api.authentication import Authentication
from direct_access.simulator.api.description import FILE, problems
from direct_access.simulator.api.errors import BACKEND_NOT_FOUND, ApiError, Problem
from direct_access.simulator.api.versions import HEADER, LATEST, VERSIONS, check_version
from direct_access.simulator.backends.state import Backend, Backends, UnknownBackend
from direct_access.simulator.conflicts import Conflicts
from direct_access.simulator.http import BadBody, Request, Response
from direct_access.simulator.jobs.job import JobRequest
from direct_access.simulator.jobs.refusals import Refusal
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.replies import JSON, json_response, no_content, read_json
from direct_access.simulator.routing import Call, Handler, NoRoute, Router


class ApiApplication:
    """Answers the API's requests.

    :param check_url: raises ValueError for a presigned URL that the server would not ask
    :param max_body_bytes: longest request body, above it 413
    """

    def __init__(
        self,
        authentication: Authentication,
        backends: Backends,
        scheduler: Scheduler,
        check_url: Callable[[str], None],
        max_body_bytes: int,
        conflicts: Conflicts,
    ) -> None:
        self._authentication = authentication
        self._backends = backends
        self._scheduler = scheduler
        self._check_url = check_url
        self._max_body_bytes = max_body_bytes
        self._conflicts = conflicts
        self._open = Router(
            {
                ("GET", "/version"): lambda _: json_response(200, self._version()),
                ("GET", "/versions"): self._list_versions,
                ("GET", "/openapi.json"): lambda _: Response(
                    200, FILE.read_bytes(), [("Content-Type", JSON)]
                ),
            }
        )
        self._router = Router(
            {
                ("GET", "/v1/backends"): self._list_backends,
                ("GET", "/v1/backends/{name}"): self._of_backend(Backend.document),
                ("GET", "/v1/backends/{name}/configuration"): self._of_backend(
                    lambda b: b.model.configuration
                ),
                ("GET", "/v1/backends/{name}/properties"): self._of_backend(lambda b: b.model.properties),
                ("GET", "/v1/backends/{name}/lanes"): self._of_backend(Backend.lanes_document),
                ("GET", "/v1/backends/{name}/defaults"): self._of_backend(_no_defaults),
                ("POST", "/v1/jobs"): self._submit,
                ("GET", "/v1/jobs"): self._list_jobs,
                ("GET", "/v1/jobs/{job_id}"): self._get_job,
                ("DELETE", "/v1/jobs/{job_id}"): self._delete_job,
                ("POST", "/v1/jobs/{job_id}/cancel"): self._cancel_job,
            }
        )

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            return self._answer(request)
        except ApiError as error:
            return error.response()
        except Refusal as refusal:
            return ApiError.of_code(refusal.code, str(refusal), refusal.solution).response()
        except UnknownBackend as error:
            if self._conflicts.unknown_backend_is_400:
                return json_response(400, {"detail": str(error)})
            return ApiError.of_code(BACKEND_NOT_FOUND, str(error)).response()
        except BadBody as error:
            return ApiError(error.status, [Problem(str(error), target=("body", "field"))]).response()

    def _answer(self, request: Request) -> Response:
        if found := _found(self._open, request):
            handler, parameters = found
            return handler(Call(request, parameters))
        caller = self._authentication.caller(request.headers)
        if found := _found(self._router, request):
            check_version(request.headers.get(HEADER), self._conflicts)
            handler, parameters = found
            return handler(Call(request, parameters, caller))
        raise ApiError(404, [Problem(f"{request.method} {request.path}: not found")])

    def _version(self) -> Any:
        document = {"version": LATEST}
        return json.dumps(document) if self._conflicts.version_as_text else document

    def _list_versions(self, call: Call) -> Response:
        if self._conflicts.versions_need_token:
            self._authentication.caller(call.request.headers)
        return json_response(200, {"versions": list(VERSIONS)})

    def _list_backends(self, _: Call) -> Response:
        return json_response(200, {"backends": [backend.document() for backend in self._backends.all()]})

    def _of_backend(self, part: Callable[[Backend], Any]) -> Handler:
        return lambda call: json_response(200, part(self._backends.get(call.parameters["name"])))

    def _submit(self, call: Call) -> Response:
        try:
            document = read_json(call.request, self._max_body_bytes)
        except (ValueError, RecursionError) as error:
            raise ApiError(
                400, [Problem(f"The body is not valid JSON: {error}", target=("body", "field"))]
            ) from error
        if found := problems("RunJob", document, self._check_url):
            raise ApiError(400 if self._conflicts.invalid_body_is_400 else 422, found)
        self._scheduler.submit(JobRequest.from_document(document, call.caller))
        return no_content()

    def _list_jobs(self, call: Call) -> Response:
        return json_response(200, {"jobs": [job.document() for job in self._scheduler.jobs(call.caller)]})

    def _get_job(self, call: Call) -> Response:
        return json_response(200, self._scheduler.job(call.parameters["job_id"], call.caller).document())

    def _delete_job(self, call: Call) -> Response:
        self._scheduler.delete(call.parameters["job_id"], call.caller)
        return no_content()

    def _cancel_job(self, call: Call) -> Response:
        self._scheduler.cancel(call.parameters["job_id"], call.caller)
        return no_content()


def _no_defaults(_: Backend) -> Any:
    raise ApiError(501, [Problem("This system has no pulse defaults.")])


def _found(router: Router[Handler], request: Request) -> tuple[Handler, dict[str, str]] | None:
    """Return who answers and the path's parameters, None where the router has no such path.

    :raises ApiError: 405, if the path has other methods
    """
    try:
        return router.find(request.method, request.path)
    except NoRoute as none:
        if not none.allowed:
            return None
        problem = Problem(f"{request.method} {request.path}: {none}")
        raise ApiError(405, [problem], [("Allow", ", ".join(none.allowed))]) from none
