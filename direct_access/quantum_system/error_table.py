"""What each refusal of the API means, as data.

Statuses and codes are those of the API's pages. 400 and 422 mean the same, since servers differ in which they
send; 429 after a submit is no request rate but the number of execution lanes of the backend.
"""

from __future__ import annotations

from dataclasses import dataclass

from direct_access import errors
from direct_access.errors import DirectAccessError
from direct_access.quantum_system.endpoints import SUBMIT_JOB, Endpoint


@dataclass(frozen=True)
class Rule:
    """What to make of a refusal.

    :param message: a sentence that the server's own words may follow
    :param code: the code where the server gives none
    :param retryable: whether the same request may succeed later without anybody changing anything
    """

    error: type[DirectAccessError]
    message: str
    advice: str | None = None
    retryable: bool = False
    code: str | None = None


UNKNOWN_BACKEND = Rule(errors.InputError, "the system knows no backend of this name", code="1216")
_UNKNOWN_JOB = Rule(errors.NotFoundError, "the server knows no job of this id", code="1291")
_REFUSED = Rule(errors.InputError, "the server refused the request as wrong")
_CREDENTIALS = Rule(
    errors.AccessError,
    "the server does not accept the access token, nor a fresh one",
    "check the API key, and that service_crn names the instance it belongs to",
)
_OUTSIDE = Rule(errors.ProtocolError, "the server answered outside its contract")

_WRONG_ADDRESS = Rule(
    errors.ConfigurationError,
    "what answers there is not the API, or another version of it",
    "check the url of the system in the configuration, and any proxy on the way",
)
_LANES_FULL = Rule(
    errors.TryAgainError,
    "all execution lanes of the backend are in use",
    "try again later; deleting jobs that have ended may free lanes",
    retryable=True,
    code="1232",
)
_RESERVED = Rule(
    errors.TryAgainError,
    "the backend is reserved",
    "try again when the reservation has ended",
    retryable=True,
    code="1233",
)

_BACKEND_CLOSED = Rule(
    errors.TryAgainError,
    "the backend takes no jobs now",
    "try again when it is online; 'direct-access backends' shows its status",
    retryable=True,
)

BY_CODE: dict[tuple[int, str], Rule] = {
    (400, "1216"): UNKNOWN_BACKEND,
    (404, "1216"): UNKNOWN_BACKEND,
    (404, "1291"): _UNKNOWN_JOB,
    (409, "1231"): Rule(errors.ConflictError, "a job of this id exists already"),
    (409, "1306"): Rule(errors.ConflictError, "the job has ended and cannot be cancelled"),
    (409, "1337"): Rule(
        errors.ConflictError, "the job has not ended and cannot be deleted", "cancel it, or wait for its end"
    ),
}

OF_SUBMIT: dict[tuple[int, str | None], Rule] = {
    (404, None): UNKNOWN_BACKEND,
    (423, None): _RESERVED,
    (429, None): _LANES_FULL,
    (503, "1004"): _BACKEND_CLOSED,
}
"""What means something else after ``POST /v1/jobs``; None stands for any code."""

BY_NAME: dict[tuple[int, str], Rule] = {
    (404, "backend"): UNKNOWN_BACKEND,
    (404, "job"): _UNKNOWN_JOB,
}

BY_STATUS: dict[int, Rule] = {
    400: _REFUSED,
    401: _CREDENTIALS,
    403: Rule(errors.AccessError, "not permitted"),
    404: _WRONG_ADDRESS,
    405: _WRONG_ADDRESS,
    408: Rule(errors.UnavailableError, "the server gave up waiting for the request", retryable=True),
    409: Rule(errors.ConflictError, "the state of the job forbids the request"),
    413: Rule(errors.InputError, "the server finds the request too large"),
    422: _REFUSED,
    429: Rule(errors.UnavailableError, "the server gets more requests than it accepts", retryable=True),
    501: Rule(errors.ProtocolError, "the server does not implement this request"),
}

BY_CLASS: dict[int, Rule] = {
    4: _REFUSED,
    5: Rule(errors.UnavailableError, "the server is in trouble", retryable=True),
}

WEB_PAGES: dict[int, Rule] = {
    400: _WRONG_ADDRESS,
    403: Rule(errors.AccessError, "a gateway before the API does not permit it"),
    404: _WRONG_ADDRESS,
    409: _WRONG_ADDRESS,
    422: _WRONG_ADDRESS,
}
"""What statuses mean whose body is a web page: not the API wrote it, but a proxy or another server."""


def rule_for(status: int, code: str | None, endpoint: Endpoint, *, web_page: bool = False) -> Rule:
    """Return the rule for a refusal by an endpoint, given its HTTP status and the server's code."""
    if web_page and status in WEB_PAGES:
        return WEB_PAGES[status]
    of_submit = OF_SUBMIT if endpoint is SUBMIT_JOB else {}
    return (
        of_submit.get((status, code))
        or BY_CODE.get((status, code or ""))
        or of_submit.get((status, None))
        or BY_NAME.get((status, endpoint.names or ""))
        or BY_STATUS.get(status)
        or BY_CLASS.get(status // 100, _OUTSIDE)
    )
