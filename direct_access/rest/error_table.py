"""What refusals mean, as data: what holds for every API, and the form in which each API adds its own.

400 and 422 mean the same, since servers differ in which they send.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from direct_access import errors
from direct_access.light_dataclass import dataclass
from direct_access.refusals.rules import Rule, Rules
from direct_access.rest.endpoint import Endpoint

REFUSED = Rule(errors.InputError, "the server refused the request as wrong")
UNKNOWN_JOB = Rule(errors.NotFoundError, "the server knows no job of this id")
JOB_HAS_ENDED = Rule(errors.ConflictError, "the job has ended and cannot be cancelled")
JOB_HAS_NOT_ENDED = Rule(
    errors.ConflictError, "the job has not ended and cannot be deleted", "cancel it, or wait for its end"
)
WRONG_ADDRESS = Rule(
    errors.ConfigurationError,
    "what answers there is not the API, or another version of it",
    "check the url of the system in the configuration, and any proxy on the way",
)
NOT_THE_API_NOW = replace(WRONG_ADDRESS, retryable=True)
"""A 404 without a code of the API, or with one that the API does not have, where a job is concerned: an
ingress's, say, while the server behind it is started anew. It says nothing about the job."""
_CREDENTIALS = Rule(
    errors.AccessError,
    "the server does not accept the access token, nor a fresh one",
    "check the API key, and that service_crn names the instance it belongs to",
)
_OUTSIDE = Rule(errors.ProtocolError, "the server answered outside its contract")

_BY_STATUS: dict[int, Rule] = {
    400: REFUSED,
    401: _CREDENTIALS,
    403: Rule(errors.AccessError, "not permitted"),
    404: WRONG_ADDRESS,
    405: WRONG_ADDRESS,
    408: Rule(errors.UnavailableError, "the server gave up waiting for the request", retryable=True),
    409: Rule(errors.ConflictError, "the state of the job forbids the request"),
    413: Rule(errors.InputError, "the server finds the request too large"),
    422: REFUSED,
    431: Rule(
        errors.ConfigurationError,
        "the server, or a proxy before it, finds the headers of the request too large",
        "have the limit for headers raised there: an access token of IAM has 1 to 4 kB",
    ),
    429: Rule(errors.UnavailableError, "the server gets more requests than it accepts", retryable=True),
    501: Rule(errors.ProtocolError, "the server does not implement this request"),
}

_TROUBLE = Rule(errors.UnavailableError, "the server is in trouble", retryable=True)
EVERY_API = Rules(_OUTSIDE, by_status=_BY_STATUS, by_class={5: _TROUBLE})

WEB_PAGES: dict[int, Rule] = {
    400: WRONG_ADDRESS,
    403: Rule(errors.AccessError, "a gateway before the API does not permit it"),
    404: WRONG_ADDRESS,
    409: WRONG_ADDRESS,
    422: WRONG_ADDRESS,
}
"""What statuses mean whose body is a web page: not the API wrote it, but a proxy or another server."""


@dataclass(frozen=True)
class ApiRules:
    """The refusals of one API: where it says nothing of its own, those of every API hold.

    :param of_endpoint: what means something else after one endpoint, by status and code; None stands for any
        code
    :param by_code: by status and code
    :param by_name: by status and what the endpoint names
    """

    by_code: Mapping[tuple[int, str], Rule]
    by_name: Mapping[tuple[int, str], Rule]
    of_endpoint: Mapping[Endpoint, Mapping[tuple[int, str | None], Rule]] = field(default_factory=dict)

    def rule_for(self, status: int, code: str | None, endpoint: Endpoint, *, web_page: bool = False) -> Rule:
        """Return the rule for a refusal by an endpoint, given its HTTP status and the server's code."""
        special = self.of_endpoint.get(endpoint, {})
        known = special.get((status, code)) or self.by_code.get((status, code or ""))
        if status == 404 and not (code and known) and endpoint.concerns_job:
            return NOT_THE_API_NOW
        if web_page and status in WEB_PAGES:
            return WEB_PAGES[status]
        return (
            known
            or special.get((status, None))
            or self.by_name.get((status, endpoint.names or ""))
            or EVERY_API.rule_for(status)
        )
