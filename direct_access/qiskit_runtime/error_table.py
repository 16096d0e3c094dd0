"""What each refusal of the API means, as data, beside what holds for every API (:mod:`direct_access.rest`).

Statuses are those of the API's pages, codes those of IBM's registry of errors
(https://quantum.cloud.ibm.com/docs/errors); the pages leave open which code comes with which status.
"""

from __future__ import annotations

from direct_access import errors
from direct_access.qiskit_runtime import endpoints
from direct_access.refusals.rules import Rule
from direct_access.rest.endpoint import Endpoint
from direct_access.rest.error_table import JOB_HAS_ENDED, JOB_HAS_NOT_ENDED, UNKNOWN_JOB, ApiRules

UNKNOWN_BACKEND = Rule(
    errors.InputError,
    "the instance has no backend of this name",
    "'direct-access backends' lists those that it has",
)
_UNKNOWN_SESSION = Rule(
    errors.NotFoundError, "the server knows no session of this id", "it may have expired: create another one"
)
_SESSION_CLOSED = Rule(
    errors.ConflictError, "the session takes no more jobs: it is closed or has expired", "create another one"
)
_TOO_MANY = Rule(
    errors.TryAgainError,
    "the service takes 5 jobs a minute from each user",
    "try again in a minute",
    retryable=True,
)
_USAGE_LIMIT = Rule(
    errors.TryAgainError,
    "the usage of the instance exceeds its limit",
    "wait for the next period of usage, or have the limit of the instance raised",
)
_NOTHING_OF_THAT_NAME = Rule(
    errors.InputError, "the server knows no such backend, program or session", "check their names"
)
_TOO_LARGE = Rule(
    errors.InputError,
    "the params are larger than the service takes",
    "send fewer or smaller circuits in one job",
)
_BACKEND_CLOSED = Rule(
    errors.TryAgainError,
    "the backend takes no jobs now",
    "try again when it is online; 'direct-access backends' shows its status",
    retryable=True,
)
_NO_RESULTS = Rule(
    errors.NotFoundError,
    "the server has no results of this job",
    "it did not complete, its results were deleted, or it is private and was read before",
)

_NO_LOG = Rule(errors.NotFoundError, "the server has no log of this job (yet)")

INTERIM_RESULTS_DROPPED = Rule(
    errors.InputError,
    "the service no longer gives out interim results",
    "wait for the job's end and read its results",
)
TRANSPILED_CIRCUITS_DROPPED = Rule(
    errors.InputError,
    "the service no longer gives out transpiled circuits, since API version 2026-02-01",
    "circuits are executed as they are sent: keep what you transpiled",
)
LOGOUT_DROPPED = Rule(
    errors.InputError,
    "the service has no logout any more",
    "nothing is to be done: IAM access tokens expire after an hour; delete the API key to end its use",
)


def _gone(rule: Rule) -> dict[tuple[int, str | None], Rule]:
    return {(status, None): rule for status in (404, 405, 410, 501)}


_OF_ENDPOINT: dict[Endpoint, dict[tuple[int, str | None], Rule]] = {
    endpoints.RUN_JOB: {
        (404, None): _NOTHING_OF_THAT_NAME,
        (404, "4001"): _SESSION_CLOSED,
        (409, None): _USAGE_LIMIT,
        (413, None): _TOO_LARGE,
        (429, None): _TOO_MANY,
        (400, "1004"): _BACKEND_CLOSED,
        (503, "1004"): _BACKEND_CLOSED,
    },
    endpoints.CANCEL_JOB: {(409, None): JOB_HAS_ENDED},
    endpoints.DELETE_JOB: {(400, None): JOB_HAS_NOT_ENDED, (409, None): JOB_HAS_NOT_ENDED},
    endpoints.LOGS: {(404, None): _NO_LOG, (404, "1291"): _NO_LOG},
    endpoints.RESULTS: {(404, None): _NO_RESULTS, (404, "1291"): _NO_RESULTS},
    endpoints.INTERIM_RESULTS: _gone(INTERIM_RESULTS_DROPPED),
    endpoints.TRANSPILED_CIRCUITS: _gone(TRANSPILED_CIRCUITS_DROPPED),
    endpoints.CREATE_SESSION: {(404, None): UNKNOWN_BACKEND},
    endpoints.UPDATE_SESSION: {(409, None): _SESSION_CLOSED},
    endpoints.CONFIGURE_INSTANCE: {
        (409, None): Rule(
            errors.ConflictError, "the instance has used more than this limit already", "set a larger one"
        )
    },
}

RULES = ApiRules(
    by_code={
        (400, "1216"): UNKNOWN_BACKEND,
        (404, "1216"): UNKNOWN_BACKEND,
        (404, "1291"): UNKNOWN_JOB,
        (409, "1306"): JOB_HAS_ENDED,
        (409, "1337"): JOB_HAS_NOT_ENDED,
        **{(status, "4001"): _SESSION_CLOSED for status in (400, 409, 410)},
    },
    by_name={
        (404, "backend"): UNKNOWN_BACKEND,
        (404, "session"): _UNKNOWN_SESSION,
        (404, "account"): Rule(errors.NotFoundError, "the server knows no account of this id"),
    },
    of_endpoint=_OF_ENDPOINT,
)
