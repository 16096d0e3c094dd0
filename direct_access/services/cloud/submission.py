"""Start a job in the cloud exactly once, although answers get lost and the server knows no id of ours."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from direct_access.errors import (
    ConflictError,
    DirectAccessError,
    NotFoundError,
    WaitEndedError,
)
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.job_list import JobFilter
from direct_access.qiskit_runtime.job_request import JobRequest
from direct_access.retry.policies import IN_DOUBT, REQUEST
from direct_access.retry.repeat import Interrupted, Patience, repeat
from direct_access.services.lost_answer import may_have_arrived

MOST_DOUBLES = 10


class CloudSubmission:
    """One job that is being submitted.

    While it is unknown whether an attempt arrived, the job is looked for by its tag, for longer than a server
    takes to accept one, before another is sent. If there are two all the same, the later ones are cancelled.

    :param tag: no other job has it
    :param request: makes the job anew for every attempt
    :param sent_before: whether an earlier process may have sent it
    """

    def __init__(
        self, client: QiskitRuntimeClient, tag: str, request: Callable[[], JobRequest], *, sent_before: bool
    ) -> None:
        self._client = client
        self._tag = tag
        self._request = request
        self._in_doubt = sent_before
        self._was_in_doubt = sent_before

    def run(self, patience: Patience) -> str:
        """Start the job; return its id. See :meth:`direct_access.services.protocol.JobService.submit`."""
        try:
            job_id = repeat(REQUEST, patience, lambda: self._attempt(patience))
            if not self._was_in_doubt:
                return job_id
            self._in_doubt = True  # a job exists: no error from here on may say that there is none
            return self._only_one(job_id)
        except DirectAccessError as error:
            if not self._in_doubt:
                raise
            raise self._may_exist(error) from error
        except Interrupted as interrupted:
            if not self._in_doubt or not isinstance(interrupted.__cause__, DirectAccessError):
                raise
            raise self._may_exist(interrupted.__cause__) from interrupted

    def _may_exist(self, error: DirectAccessError) -> WaitEndedError:
        return WaitEndedError(
            "the answer to submitting the job was lost, and the server tells no more: the job may exist "
            f"with the tag {self._tag} ({error.message})",
            subject=self._tag,
            http_status=error.http_status,
            request_id=error.request_id,
        )

    def _attempt(self, patience: Patience) -> str:
        self._client.authorize()
        if self._in_doubt and (found := self._looked_for(patience)) is not None:
            return found
        request = self._request()
        if patience.stop.is_set():  # perhaps since IAM was asked, which may take long
            raise Interrupted
        try:
            return self._client.jobs.run(request).id
        except DirectAccessError as error:
            if may_have_arrived(error):
                self._in_doubt = self._was_in_doubt = True
            raise

    def _looked_for(self, patience: Patience) -> str | None:
        """Return the job once it shows, None if it has not shown for long enough.

        :raises NotFoundError: if there is not the time to look for so long: it stays in doubt
        """
        since = patience.clock.boottime()
        try:
            found = repeat(IN_DOUBT, patience, lambda: find_by_tag(self._client, self._tag, once=True))
        except NotFoundError:
            if patience.clock.boottime() - since < (IN_DOUBT.total_secs or 0.0):
                raise
            self._in_doubt = False
            return None
        self._in_doubt = False
        return found

    def _only_one(self, job_id: str) -> str:
        """Return the oldest job of this tag, with all others cancelled."""
        ids = _ids_by_tag(self._client, self._tag) or [job_id]
        for double in ids[1:]:
            with contextlib.suppress(ConflictError, NotFoundError):  # it has ended, or is gone
                self._client.jobs.cancel(double)
        return ids[0]


def find_by_tag(client: QiskitRuntimeClient, tag: str, *, once: bool = False) -> str:
    """Return the id of the oldest job that has a tag.

    :param once: ask a single time, also while the server is in trouble
    :raises NotFoundError: if there is none; retryable, since one that was just sent may not show yet
    """
    if ids := _ids_by_tag(client, tag, once=once):
        return ids[0]
    raise NotFoundError(f"the server knows no job with the tag {tag}", subject=tag, retryable=True)


def _ids_by_tag(client: QiskitRuntimeClient, tag: str, *, once: bool = False) -> list[str]:
    page = client.jobs.page(JobFilter(tags=[tag], sort="ASC"), limit=MOST_DOUBLES, once=once)
    return [job.id for job in page.jobs if tag in job.tags]
