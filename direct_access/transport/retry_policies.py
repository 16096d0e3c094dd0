"""What we try again, and for how long.

The statuses are those which IBM's own clients repeat, POST included (qiskit-ibm-runtime, ibm-cloud-sdk-core).
A 401 is not among them: it is answered once, by a fresh token, in :mod:`direct_access.transport.http`.
"""

from __future__ import annotations

from direct_access.errors import StoreError, TryAgainError, UnavailableError
from direct_access.transport.retry import RetryPolicy

NO_ANSWER: frozenset[int | None] = frozenset({None})
SERVER_ERRORS: frozenset[int | None] = frozenset({500, 502, 503, 504, 520, 521, 522, 524})

CONNECTION = RetryPolicy("connection", (UnavailableError,), NO_ANSWER, first_secs=0.5, total_secs=600)
SERVER = RetryPolicy("server error", (UnavailableError,), SERVER_ERRORS, max_secs=60, total_secs=600)
REQUEST_TIMEOUT = RetryPolicy("request timeout", (UnavailableError,), frozenset({408}), attempts=5)
IAM = RetryPolicy("IAM", (UnavailableError,), frozenset({429}), max_secs=60, total_secs=600)

REQUEST = (CONNECTION, SERVER, REQUEST_TIMEOUT, IAM)
"""For every request to the API or to IAM: what can happen without anything being wrong on our side."""

STORE = RetryPolicy("object store", (UnavailableError, StoreError), total_secs=300)

LANES_FULL = RetryPolicy("lanes full", (TryAgainError,), frozenset({429}), max_secs=60)
RESERVED = RetryPolicy("backend reserved", (TryAgainError,), frozenset({423}), first_secs=5, max_secs=300)

BUSY = (LANES_FULL, RESERVED)
"""For starting a job, by whoever may wait: no job exists yet, and later the same request will work."""
