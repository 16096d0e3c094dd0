"""Start a job exactly once, although answers get lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from direct_access.errors import (
    ConflictError,
    DirectAccessError,
    NotFoundError,
    TryAgainError,
    WaitEndedError,
)
from direct_access.model.jobs import JobState
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.retry import policies
from direct_access.retry.repeat import Interrupted, Patience, repeat
from direct_access.services.job_absence import Absence
from direct_access.services.lost_answer import is_not_the_api, may_have_arrived, says_that_it_failed

DUPLICATE_ID = "1231"

MAY_EXIST = ": the job may exist"
"""The end of the message where the API may have accepted the job."""


class Submission:
    """One job that is being submitted. We chose its id, so that we can ask the server whether it has it.

    A job of this id is adopted if it is ours. While it is unknown whether an attempt arrived, the server is
    asked before the next attempt: its answer to that would not say so, since all lanes may be full, perhaps
    by our own job. One answer that the job is not known proves nothing: the replica that answers a GET may
    lag behind the one that took the POST.

    :param request: makes the body anew for every attempt, with URLs signed anew
    :param differences: how a job of the server differs from ours
    :param given_id: the user chose the id, so that another job may have it
    :param sent_before: whether an earlier process may have sent it, so that a refusal does not mean that
        there is no job
    """

    def __init__(
        self,
        client: QuantumSystemClient,
        job_id: str,
        request: Callable[[], Mapping[str, Any]],
        differences: Callable[[JobState], Sequence[str]],
        *,
        given_id: bool = False,
        sent_before: bool = False,
    ) -> None:
        self._client = client
        self._job_id = job_id
        self._request = request
        self._differences = differences
        self._given_id = given_id
        self._sent_before = sent_before
        self._absence: Absence | None = None
        self._exists = False

    @property
    def _in_doubt(self) -> bool:
        return self._exists or (self._absence is not None and not self._absence.certain)

    def run(self, patience: Patience) -> None:
        """Start the job; see :meth:`direct_access.services.protocol.JobService.submit`."""
        self._absence = Absence(patience.clock) if self._sent_before else None
        try:
            repeat(policies.REQUEST, patience, lambda: self._attempt(patience))
        except Interrupted as interrupted:
            cause = interrupted.__cause__
            if self._in_doubt and (self._sent_before or isinstance(cause, DirectAccessError)):
                self._leave_in_doubt(cause)
            raise
        except DirectAccessError as error:
            if not self._in_doubt:
                raise
            if not self._becomes_visible(patience, error):
                raise

    def _attempt(self, patience: Patience) -> None:
        self._client.authorize()
        if self._absence and not self._absence.answers and self._is_there():
            return
        if patience.stop.is_set():  # perhaps since IAM was asked, which may take long
            raise Interrupted
        try:
            self._client.submit_job(self._request())
        except DirectAccessError as error:
            if not self._is_there_after(error, patience):
                raise

    def _is_there_after(self, error: DirectAccessError, patience: Patience) -> bool:
        """Return whether the server has the job although it answered so."""
        doubted_before = self._in_doubt
        if isinstance(error, ConflictError):
            self._exists = not self._given_id or doubted_before
            self._absence = self._absence or Absence(patience.clock, 1, 0.0)
        elif isinstance(error, TryAgainError):  # an earlier process may have sent it
            self._absence = self._absence or Absence(patience.clock, 1, 0.0)
        elif may_have_arrived(error):
            believed = says_that_it_failed(error) and not doubted_before
            self._absence = Absence(patience.clock, 1, 0.0) if believed else Absence(patience.clock)
        elif not doubted_before:
            return False
        try:
            return self._is_there()
        except DirectAccessError as other:
            if doubted_before or not (is_not_the_api(error) and is_not_the_api(other)):
                raise
            self._absence = None  # whoever answers at this address, it is not the API
            if not error.message.endswith(MAY_EXIST):
                error.message += MAY_EXIST
            return False

    def _is_there(self) -> bool:
        try:
            state = self._client.job(self._job_id, once=True)
        except NotFoundError:
            if self._absence:
                self._absence.count_answer()
            return False
        self._absence, self._exists = None, False
        if differences := self._differences(state):
            raise ConflictError(
                f"job {self._job_id} exists already and is another one: {'; '.join(differences)}",
                subject=self._job_id,
                code=DUPLICATE_ID,
                advice="choose another id, or let us choose one",
            )
        return True

    def _becomes_visible(self, patience: Patience, error: DirectAccessError) -> bool:
        """Ask until the server shows the job, or has said for long enough that it has none.

        :raises WaitEndedError: if it does neither
        """

        def look() -> bool:
            if self._is_there():
                return True
            if self._in_doubt:
                raise NotFoundError(error.message, subject=self._job_id, retryable=True)
            return False

        try:
            return repeat(policies.WHETHER_ACCEPTED, patience, look)
        except DirectAccessError:
            if not self._in_doubt:
                raise
            self._leave_in_doubt(error)
        except Interrupted:
            self._leave_in_doubt(error)

    def _leave_in_doubt(self, error: BaseException | None) -> NoReturn:
        known = (
            f"the server says that job {self._job_id} exists, but does not show it"
            if self._exists
            else f"the answer to submitting job {self._job_id} was lost, and the server tells no more"
        )
        last = error if isinstance(error, DirectAccessError) else None
        raise WaitEndedError(
            f"{known}: the job may exist{f' ({last.message})' if last else ''}",
            subject=self._job_id,
            http_status=last.http_status if last else None,
            request_id=last.request_id if last else None,
        ) from error
