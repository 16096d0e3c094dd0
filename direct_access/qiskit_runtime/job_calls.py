"""Calls about jobs and their tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from direct_access.qiskit_runtime import endpoints
from direct_access.qiskit_runtime.api_versions import WITHOUT_TRANSPILED_CIRCUITS
from direct_access.qiskit_runtime.body_stream import BodyStream
from direct_access.qiskit_runtime.error_table import TRANSPILED_CIRCUITS_DROPPED
from direct_access.qiskit_runtime.job_list import LARGEST_PAGE, JobFilter, JobPage, parse_page
from direct_access.qiskit_runtime.job_request import JobRequest, check_tags
from direct_access.qiskit_runtime.jobs import (
    JobMetrics,
    RuntimeJob,
    SubmittedJob,
    parse_job,
    parse_submitted,
)
from direct_access.qiskit_runtime.query import query, short
from direct_access.qiskit_runtime.submission_rate import SubmissionRate
from direct_access.rest.answers import answer_about, json_object, list_of, outside_contract
from direct_access.rest.api import RestApi
from direct_access.rest.endpoint import Endpoint
from direct_access.retry.policies import REQUEST, SUBMISSION_RATE
from direct_access.retry.repeat import repeat
from direct_access.transport.http import USER_AGENT, HttpResponse

EVERY_JOB = JobFilter()
ACCEPT_SECS = 300.0
"""How long the service may take to accept a job: whoever asks again too early may have it executed twice."""


class JobCalls:
    """Jobs of one instance."""

    def __init__(self, api: RestApi, api_version: str, rate: SubmissionRate | None) -> None:
        self._api = api
        self._api_version = api_version
        self._rate = rate

    def run(self, request: JobRequest, parent_job_id: str | None = None) -> SubmittedJob:
        """Send a job, once, as soon as the service takes one more from this user.

        After an UnavailableError the job may exist all the same. The server chooses the id, and knows no key
        by which it would find that it has the job already: a tag that no other job has finds it again.

        :param parent_job_id: ``Parent-Job-Id``
        :raises TryAgainError: too many jobs within a minute, or the usage limit is reached: no job exists
        :raises InputError: if the job is wrong
        :raises ConflictError: if its session is closed
        """
        body = request.encoded()
        headers = {"X-Qx-Client-Application": USER_AGENT}
        if parent_job_id:
            headers["Parent-Job-Id"] = parent_job_id
        with self._place():
            answer = self._api.once(
                endpoints.RUN_JOB,
                subject=request.backend,
                document=body,
                headers=headers,
                read_timeout_secs=ACCEPT_SECS,
            )
        return parse_submitted(json_object(answer))

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Wait until the service takes one more job from this user."""
        if self._rate is None:
            yield
            return
        taken = repeat(SUBMISSION_RATE, self._api.patience, self._rate.take)
        try:
            yield
        finally:
            self._rate.answered(taken)

    def page(
        self,
        which: JobFilter = EVERY_JOB,
        *,
        limit: int = LARGEST_PAGE,
        offset: int = 0,
        exclude_params: bool = True,
        once: bool = False,
    ) -> JobPage:
        """Return one page of the jobs that a filter lets pass.

        :param once: ask a single time, also while the server is in trouble
        :raises InputError: if a value is outside the limits of the API
        """
        parameters = which.query(limit, offset, exclude_params=exclude_params)
        if once:
            document = json_object(self._api.once(endpoints.JOBS, query=parameters))
        else:
            document = self._api.read(endpoints.JOBS, query=parameters)
        return parse_page(document, limit, offset)

    def all(self, which: JobFilter = EVERY_JOB, *, page_size: int = LARGEST_PAGE) -> Iterator[RuntimeJob]:
        """Yield every job that a filter lets pass, each once, though pages shift while jobs come and go."""
        seen: set[str] = set()
        offset: int | None = 0
        while offset is not None:
            page = self.page(which, limit=page_size, offset=offset)
            for job in page.jobs:
                if job.id not in seen:
                    seen.add(job.id)
                    yield job
            following = page.next_offset
            offset = following if following is not None and following > offset else None

    def job(self, job_id: str, *, exclude_params: bool = True, once: bool = False) -> RuntimeJob:
        """Return one job.

        :param exclude_params: leave out its params, which the server would send by default
        :param once: ask a single time, also while the server is in trouble
        :raises NotFoundError: if the server does not know it
        """
        parameters = query({"exclude_params": exclude_params})
        if once:
            once_told = json_object(self._api.once(endpoints.JOB, job_id, query=parameters))
            return parse_job(answer_about(job_id, once_told))
        return parse_job(answer_about(job_id, self._api.read(endpoints.JOB, job_id, parameters)))

    def delete(self, job_id: str) -> None:
        """Delete a job that has ended, with its results.

        :raises NotFoundError: if the server does not know it
        :raises ConflictError: if it has not ended
        """
        self._api.repeated(endpoints.DELETE_JOB, job_id)

    def cancel(self, job_id: str) -> None:
        """Cancel a job.

        :raises NotFoundError: if the server does not know it
        :raises ConflictError: if it has ended
        """
        self._api.repeated(endpoints.CANCEL_JOB, job_id)

    def logs(self, job_id: str) -> BodyStream:
        """Return the log of a job, plain text.

        :raises NotFoundError: if it has none (yet)
        """
        return BodyStream(self._stream(endpoints.LOGS, job_id))

    def metrics(self, job_id: str) -> JobMetrics:
        """Return what a job took."""
        return JobMetrics(self._api.read(endpoints.METRICS, job_id))

    def results(self, job_id: str) -> BodyStream | None:
        """Return the results of a job as they arrive, None while there are none.

        The results of a private job are deleted by reading them.

        :raises NotFoundError: if the job is not known, or its results are gone
        """
        return self._unless_empty(endpoints.RESULTS, job_id)

    def replace_tags(self, job_id: str, tags: Sequence[str]) -> None:
        """Replace the tags of a job; none at all removes them.

        :raises InputError: if they are too many or too long
        """
        check_tags(tags)
        self._api.repeated(endpoints.REPLACE_TAGS, job_id, document={"tags": list(tags)})

    def tags(self, search: str) -> Sequence[str]:
        """Return the tags of jobs that contain a text of 3 to 100 characters.

        :raises InputError: if it is shorter or longer
        """
        parameters = query({"type": "job", "search": short("search", search, 100, least=3)})
        document = self._api.read(endpoints.TAGS, query=parameters)
        return [tag for tag in list_of(document, "tags") if isinstance(tag, str)]

    def interim_results(self, job_id: str) -> BodyStream | None:
        """Return what a job has so far, None while that is nothing.

        :raises InputError: if the service no longer gives it out
        """
        return self._unless_empty(endpoints.INTERIM_RESULTS, job_id)

    def transpiled_circuits(self, job_id: str) -> Mapping[str, Any]:
        """Return the circuits that were executed.

        :raises InputError: if the service no longer gives them out; from API version 2026-02-01 on it is
            known without a request
        """
        if self._api_version >= WITHOUT_TRANSPILED_CIRCUITS:
            gone = TRANSPILED_CIRCUITS_DROPPED
            raise gone.error(gone.message, subject=job_id, advice=gone.advice)
        return self._api.read(endpoints.TRANSPILED_CIRCUITS, job_id)

    def _unless_empty(self, endpoint: Endpoint, job_id: str) -> BodyStream | None:
        response = self._stream(endpoint, job_id)
        if response.status != 204:
            return BodyStream(response)
        response.close()
        return None

    def _stream(self, endpoint: Endpoint, job_id: str) -> HttpResponse:
        """Return an answer whose body has not been read.

        :raises ProtocolError: if it is a web page, which a proxy wrote and not the API
        """
        response = repeat(REQUEST, self._api.patience, lambda: self._api.once(endpoint, job_id, stream=True))
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise outside_contract(response)
        return response
