"""What each refusal of the API means, as data, beside what holds for every API (:mod:`direct_access.rest`).

Statuses and codes are those of the API's pages. 429 after a submit is not a request rate but the number of
execution lanes of the backend.
"""

from __future__ import annotations

from direct_access import errors
from direct_access.quantum_system.endpoints import SUBMIT_JOB
from direct_access.refusals.rules import Rule
from direct_access.rest.error_table import JOB_HAS_ENDED, JOB_HAS_NOT_ENDED, UNKNOWN_JOB, ApiRules

UNKNOWN_BACKEND = Rule(errors.InputError, "the system knows no backend of this name")
_LANES_FULL = Rule(
    errors.TryAgainError,
    "all execution lanes of the backend are in use",
    "try again later; deleting jobs that have ended may free lanes",
    retryable=True,
)
_RESERVED = Rule(
    errors.TryAgainError,
    "the backend is reserved",
    "try again when the reservation has ended",
    retryable=True,
)
_BACKEND_CLOSED = Rule(
    errors.TryAgainError,
    "the backend takes no jobs now",
    "try again when it is online; 'direct-access backends' shows its status",
    retryable=True,
)

RULES = ApiRules(
    by_code={
        (400, "1216"): UNKNOWN_BACKEND,
        (404, "1216"): UNKNOWN_BACKEND,
        (404, "1291"): UNKNOWN_JOB,
        (409, "1231"): Rule(errors.ConflictError, "a job of this id exists already"),
        (409, "1306"): JOB_HAS_ENDED,
        (409, "1337"): JOB_HAS_NOT_ENDED,
    },
    by_name={
        (404, "backend"): UNKNOWN_BACKEND,
    },
    of_endpoint={
        SUBMIT_JOB: {
            (423, None): _RESERVED,
            (429, None): _LANES_FULL,
            (503, "1004"): _BACKEND_CLOSED,
        }
    },
)
