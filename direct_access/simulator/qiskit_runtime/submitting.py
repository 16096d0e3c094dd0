"""``POST /v1/jobs``."""

from __future__ import annotations

from typing import Any

from direct_access.simulator.backends.state import Backends, UnknownBackend
from direct_access.simulator.execution.params import PROGRAMS, check_params
from direct_access.simulator.execution.reasons import InvalidInput
from direct_access.simulator.http import BadBody, Request, Response
from direct_access.simulator.qiskit_runtime.call import Call
from direct_access.simulator.qiskit_runtime.description import check
from direct_access.simulator.qiskit_runtime.errors import (
    BACKEND_NOT_FOUND,
    INVALID_BODY,
    LIMIT_REACHED,
    PROGRAM_NOT_FOUND,
    ApiError,
)
from direct_access.simulator.qiskit_runtime.instances import Instance
from direct_access.simulator.qiskit_runtime.job import MAX_COST_SECS, Submission
from direct_access.simulator.qiskit_runtime.jobs import RuntimeJobs, new_id
from direct_access.simulator.qiskit_runtime.rate_limit import SubmissionLimit
from direct_access.simulator.qiskit_runtime.sessions import Sessions
from direct_access.simulator.qiskit_runtime.usage import Usage
from direct_access.simulator.replies import json_response, read_json

NOT_SERVED = ("executor", "noise-learner", "noise-learner-v3", "circuit-runner")


class Submitting:
    """Accepts jobs.

    :param max_body_bytes: longest request body, above it 413
    """

    def __init__(
        self,
        jobs: RuntimeJobs,
        sessions: Sessions,
        usage: Usage,
        backends: Backends,
        limit: SubmissionLimit,
        max_body_bytes: int,
    ) -> None:
        self._jobs = jobs
        self._sessions = sessions
        self._usage = usage
        self._backends = backends
        self._limit = limit
        self._max_body_bytes = max_body_bytes

    def submit(self, call: Call) -> Response:
        """Answer a submission."""
        body = read_body(call.request, self._max_body_bytes)
        check("RunJob", body)
        _check_program(body["program_id"], body.get("params", {}))
        backend = find_backend(self._backends, call.caller.instance, body["backend"])
        require_below_limit(call.caller.instance, self._usage.of_instance(call.caller.instance.crn))
        self._limit.count(call.caller.user)
        submission = _submission(call, body, backend)
        if session_id := submission.session_id:
            session = self._sessions.get(call.caller, session_id)
            self._sessions.expect(session, submission.id, backend)
        try:
            self._jobs.submit(submission, body["params"])
        except ApiError:
            self._sessions.forget(submission.id)
            raise
        return json_response(200, _accepted(submission))


def read_body(request: Request, limit_bytes: int) -> Any:
    """Return the JSON body of a request.

    :raises ApiError: 400, or as its reading fails
    """
    try:
        return read_json(request, limit_bytes)
    except BadBody as error:
        raise ApiError(error.status, INVALID_BODY, f"{error}.", "Make the request smaller.") from error
    except (ValueError, RecursionError) as error:
        raise ApiError(
            400, INVALID_BODY, f"The body is not valid JSON: {error}.", "Correct the body."
        ) from error


def find_backend(backends: Backends, instance: Instance, name: str) -> str:
    """Return the name of a backend that the instance may use.

    :raises ApiError: 404
    """
    try:
        backends.get(name)
    except UnknownBackend as error:
        raise _no_backend(name) from error
    if not instance.may_use(name):
        raise _no_backend(name)
    return name


def _no_backend(name: str) -> ApiError:
    message = f"The instance has no backend {name[:100]}."
    return ApiError(404, BACKEND_NOT_FOUND, message, "Choose one of GET /v1/backends.")


def _check_program(program_id: str, params: Any) -> None:
    if program_id in NOT_SERVED:
        message = f"The simulator does not serve the program {program_id}."
        solution = f"Use {' or '.join(PROGRAMS)}; in qiskit-ibm-runtime these are SamplerV2 and EstimatorV2."
        raise ApiError(400, PROGRAM_NOT_FOUND, message, solution)
    if program_id not in PROGRAMS:
        message = f"There is no program {program_id[:100]}."
        raise ApiError(404, PROGRAM_NOT_FOUND, message, f"Use {' or '.join(PROGRAMS)}.")
    try:
        check_params(params, program_id)
    except InvalidInput as error:
        raise ApiError(400, INVALID_BODY, f"{error}.", error.solution) from error


def _submission(call: Call, body: dict[str, Any], backend: str) -> Submission:
    return Submission(
        id=new_id(),
        instance=call.caller.instance.crn,
        user=call.caller.user,
        program_id=body["program_id"],
        backend=backend,
        cost=min(body.get("cost") or MAX_COST_SECS, MAX_COST_SECS),
        num_circuits=len(body["params"]["pubs"]),
        tags=body.get("tags", []),
        log_level=body.get("log_level", "warning").lower(),
        private=body.get("private", False),
        session_id=body.get("session_id"),
        calibration_id=body.get("calibration_id"),
        runtime=body.get("runtime"),
        application=call.request.headers.get("X-Qx-Client-Application"),
    )


def _accepted(submission: Submission) -> dict[str, Any]:
    document: dict[str, Any] = {"id": submission.id, "backend": submission.backend}
    for name in ("session_id", "calibration_id", "private"):
        if value := getattr(submission, name):
            document[name] = value
    return document


def require_below_limit(instance: Instance, consumed_secs: float) -> None:
    """Refuse a job of an instance that has used what it may.

    :raises ApiError: 409
    """
    if instance.limit_seconds is not None and consumed_secs >= instance.limit_seconds:
        message = f"The instance has used {consumed_secs:g} s of its limit of {instance.limit_seconds} s."
        raise ApiError(
            409, LIMIT_REACHED, message, "Raise the instance's limit, or wait for the next period."
        )
