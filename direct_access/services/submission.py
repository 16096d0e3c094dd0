"""Start a job exactly once, although answers get lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from direct_access.errors import (
    ConflictError,
    DirectAccessError,
    NotFoundError,
    TryAgainError,
    UnavailableError,
    WaitEndedError,
)
from direct_access.model.jobs import JobState
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.services.lost_answer import may_have_arrived
from direct_access.transport import retry_policies
from direct_access.transport.retry import Interrupted, Patience, repeat

DUPLICATE_ID = "1231"


class Submission:
    """One job on its way. We chose its id, so that the server can always be asked whether it has the job.

    A job that is there is adopted if it is this one. While it is unknown whether an attempt arrived, the
    server is asked before the next: with its lanes full, perhaps by our own job, it would not tell.

    :param request: makes the body anew for every attempt, with URLs signed anew
    :param differences: in what a job of the server differs from ours
    """

    def __init__(
        self,
        client: QuantumSystemClient,
        job_id: str,
        request: Callable[[], Mapping[str, Any]],
        differences: Callable[[JobState], Sequence[str]],
    ) -> None:
        self._client = client
        self._job_id = job_id
        self._request = request
        self._differences = differences
        self._in_doubt = False
        self._known_absent = False

    def run(self, patience: Patience) -> None:
        """Start the job; see :meth:`direct_access.services.protocol.JobService.submit`."""
        try:
            repeat(retry_policies.REQUEST, patience, lambda: self._attempt(patience.stop))
        except DirectAccessError as error:
            if not self._in_doubt:
                raise
            raise WaitEndedError(
                f"the answer to submitting job {self._job_id} was lost, and the server tells no more: "
                f"the job may exist ({error.message})",
                subject=self._job_id,
                http_status=error.http_status,
                request_id=error.request_id,
            ) from error

    def _attempt(self, stop: threading.Event) -> None:
        self._client.authorize()
        if self._in_doubt and self._is_there():
            return
        if stop.is_set():  # perhaps since IAM was asked, which may take long
            raise Interrupted
        try:
            self._client.submit_job(self._request())
        except ConflictError as error:
            if error.code not in (DUPLICATE_ID, None) or not self._is_there():
                raise
        except TryAgainError:
            if self._known_absent or not self._is_there():
                raise
        except UnavailableError as error:
            self._in_doubt = self._in_doubt or may_have_arrived(error)
            if not self._in_doubt or not self._is_there():
                raise

    def _is_there(self) -> bool:
        self._in_doubt = True  # unless the server tells, whatever it says instead
        try:
            state = self._client.job(self._job_id, once=True)
        except NotFoundError:
            self._in_doubt = False
            self._known_absent = True
            return False
        self._in_doubt = False
        if differences := self._differences(state):
            raise ConflictError(
                f"job {self._job_id} exists already and is another one: {'; '.join(differences)}",
                subject=self._job_id,
                code=DUPLICATE_ID,
                advice="choose another id, or let us choose one",
            )
        return True
