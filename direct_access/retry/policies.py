"""What we try again, and for how long; ``docs/retries.md`` is made from this table.

The statuses are those which IBM's own clients repeat, POST included (qiskit-ibm-runtime, ibm-cloud-sdk-core).
"""

from __future__ import annotations

from direct_access.errors import (
    AccessError,
    ConfigurationError,
    ConflictError,
    DirectAccessError,
    JobVanishedError,
    NotFoundError,
    StoreError,
    TryAgainError,
    UnavailableError,
)
from direct_access.retry.policy import RetryPolicy

NO_ANSWER: frozenset[int | None] = frozenset({None})
SERVER_ERRORS: frozenset[int | None] = frozenset({500, 502, 503, 504, 520, 521, 522, 524})

CONNECTION = RetryPolicy(
    "connection",
    (UnavailableError,),
    NO_ANSWER,
    first_secs=0.5,
    total_secs=600,
    why="no answer from the API or IAM: DNS, TCP, TLS, a timeout, a broken connection",
)
SERVER = RetryPolicy(
    "server error",
    (UnavailableError,),
    SERVER_ERRORS,
    max_secs=60,
    total_secs=600,
    most_asked_secs=300,
    why="the API, IAM or what stands before them is in trouble",
)
ANOTHER_SERVER = RetryPolicy(
    "another server",
    (ConfigurationError,),
    frozenset({404}),
    max_secs=10,
    total_secs=60,
    why="an answer about a job or an object without a code of the API or the store: a gateway's, say, while "
    "what stands behind it is started anew",
)
REQUEST_TIMEOUT = RetryPolicy(
    "request timeout",
    (UnavailableError,),
    frozenset({408}),
    attempts=5,
    why="the server did not receive the request in time",
)
IAM = RetryPolicy(
    "IAM",
    (UnavailableError,),
    frozenset({429}),
    max_secs=60,
    total_secs=600,
    most_asked_secs=300,
    why="too many requests",
)

REQUEST = (CONNECTION, SERVER, ANOTHER_SERVER, REQUEST_TIMEOUT, IAM)
"""For every request to the API or to IAM: what can happen without anything being wrong on our side."""

TOKEN_REFUSED = RetryPolicy(
    "token refused",
    (AccessError,),
    frozenset({401}),
    first_secs=0,
    attempts=2,
    why="sent again at once with a fresh token; a second refusal is meant",
)
"""Used by :mod:`direct_access.transport.http`, below errors and waits."""

LANES_FULL = RetryPolicy(
    "lanes full",
    (TryAgainError,),
    frozenset({429}),
    factor=1.15,
    max_secs=15,
    why="submitting with `on_busy: wait`; no job exists yet. Each delay is 15 % longer than the last, "
    "so that those who come later do not overtake those who wait",
)
RESERVED = RetryPolicy(
    "backend reserved",
    (TryAgainError,),
    frozenset({423}),
    first_secs=5,
    max_secs=300,
    most_asked_secs=300,
    why="submitting with `on_busy: wait`; no job exists yet",
)
CLOSED = RetryPolicy(
    "backend offline or paused",
    (TryAgainError,),
    frozenset({400, 503}),
    first_secs=5,
    max_secs=60,
    total_secs=86_400,
    most_asked_secs=300,
    why="submitting with `on_busy: wait`; no job exists yet",
)

BUSY = (LANES_FULL, RESERVED, CLOSED)
"""For starting a job, where waiting is allowed: no job exists yet, and later the same request will work."""

SUBMISSION_RATE = RetryPolicy(
    "submission rate",
    (TryAgainError,),
    frozenset({429}),
    first_secs=0.1,
    max_secs=5,
    most_asked_secs=300,
    why="the Qiskit Runtime service takes 5 jobs a minute from a user: the next one waits for room",
)
IN_DOUBT = RetryPolicy(
    "submission in doubt",
    (NotFoundError,),
    max_secs=10,
    total_secs=60,
    why="the answer to a job of the Qiskit Runtime service was lost: it is looked for by its tag before "
    "another one is sent",
)
WHETHER_ACCEPTED = RetryPolicy(
    "job not visible",
    (NotFoundError, UnavailableError),
    max_secs=10,
    total_secs=60,
    why="a job was sent, and it is not certain that it arrived: the server is asked whether it has it, and "
    "what answers may lag behind",
)

STILL_ENDING = RetryPolicy(
    "job still ending",
    (ConflictError,),
    first_secs=0.25,
    max_secs=1,
    total_secs=4,
    why="a job that was cancelled may end a little later; only then the Qiskit Runtime service deletes it",
)

STORE = RetryPolicy(
    "object store",
    (UnavailableError, StoreError),
    total_secs=900,
    why="longer than for the API, since the time on the quantum system may be spent already",
)

STORAGE = (STORE, ANOTHER_SERVER)
"""For every request to the object store."""

POLL = RetryPolicy(
    "no answer about the job",
    (DirectAccessError,),
    max_secs=60,
    why="while waiting for a job, which keeps running without us: nothing is gained by giving up",
)
UNKNOWN_JOB = RetryPolicy(
    "job unknown",
    (JobVanishedError,),
    max_secs=5,
    why="the API says that it does not know a job which it knew or accepted: that counts once it has said so "
    "several times over half a minute, since what answers may lag behind",
)

NOT_YET_THERE = RetryPolicy(
    "results not there yet",
    (NotFoundError,),
    first_secs=0.1,
    max_secs=5,
    total_secs=30,
    why="a job may be told Completed before its results can be read",
)
NO_LOG_YET = RetryPolicy(
    "log not there yet",
    (NotFoundError,),
    first_secs=0.1,
    max_secs=5,
    total_secs=10,
    why="a job need not leave a log",
)

RESUME = RetryPolicy(
    "download broken off",
    (UnavailableError, StoreError),
    first_secs=0.25,
    max_secs=5,
    attempts=9,
    why="goes on at the byte where it broke off, each part of a large object for itself; reaching the store "
    "again is the store's own row",
)
WRONG_BYTES = RetryPolicy(
    "results wrong",
    (StoreError,),
    first_secs=0,
    attempts=3,
    why="fetched again from the first byte, then kept aside",
)

ALL = (
    *REQUEST,
    TOKEN_REFUSED,
    *BUSY,
    SUBMISSION_RATE,
    IN_DOUBT,
    WHETHER_ACCEPTED,
    STILL_ENDING,
    STORE,
    POLL,
    UNKNOWN_JOB,
    NOT_YET_THERE,
    NO_LOG_YET,
    RESUME,
    WRONG_BYTES,
)
"""Every policy there is."""
