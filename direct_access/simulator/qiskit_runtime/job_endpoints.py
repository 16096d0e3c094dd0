"""Jobs and tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from direct_access.simulator.http import Response
from direct_access.simulator.qiskit_runtime.call import Call, Route, Routes
from direct_access.simulator.qiskit_runtime.description import check
from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, JOB_NOT_FOUND, ApiError
from direct_access.simulator.qiskit_runtime.job import RuntimeJob
from direct_access.simulator.qiskit_runtime.jobs import RuntimeJobs
from direct_access.simulator.qiskit_runtime.query import Query
from direct_access.simulator.qiskit_runtime.submitting import read_body
from direct_access.simulator.qiskit_runtime.versions import WITH_JSON_RESULTS, WITHOUT_TRANSPILED_CIRCUITS
from direct_access.simulator.replies import JSON, json_response, no_content

TEXT = "text/plain; charset=utf-8"
MAX_LIMIT = 200
MAX_OFFSET = 2_147_483_647
MAX_BODY_BYTES = 1 << 20
MIN_SEARCH_CHARS = 3


class JobEndpoints:
    """Answers requests about jobs that were accepted."""

    def __init__(self, jobs: RuntimeJobs) -> None:
        self._jobs = jobs

    def routes(self) -> Routes:
        """Return who answers what."""
        job = "/v1/jobs/{id}"
        return {
            ("GET", "/v1/jobs"): Route(self._list, "job.read"),
            ("GET", job): Route(self._get, "job.read"),
            ("DELETE", job): Route(self._delete, "job.delete"),
            ("POST", f"{job}/cancel"): Route(self._cancel, "job.cancel"),
            ("GET", f"{job}/logs"): Route(self._logs, "job.read"),
            ("GET", f"{job}/metrics"): Route(self._metrics, "job.read"),
            ("GET", f"{job}/results"): Route(self._results, "job.read"),
            ("GET", f"{job}/interim_results"): Route(self._retired, "job.read"),
            ("GET", f"{job}/transpiled_circuits"): Route(self._retired, "job.read"),
            ("PUT", f"{job}/tags"): Route(self._set_tags, "job.update"),
            ("GET", "/v1/tags"): Route(self._search_tags, "job.read"),
        }

    def _list(self, call: Call) -> Response:
        query = call.query
        limit = query.number("limit", 1, MAX_LIMIT, MAX_LIMIT)
        offset = query.number("offset", 0, MAX_OFFSET, 0)
        found = list(filter(_filter(query), self._jobs.of_caller(call.caller)))
        if (query.one_of("sort", ("ASC", "DESC")) or "DESC") == "DESC":
            found.reverse()
        exclude_params = query.flag("exclude_params") is not False
        page = [self._document(job, call, exclude_params) for job in found[offset : offset + limit]]
        return json_response(200, {"jobs": page, "count": len(found), "limit": limit, "offset": offset})

    def _get(self, call: Call) -> Response:
        exclude_params = call.query.flag("exclude_params") is True
        return json_response(200, self._document(self._job(call), call, exclude_params))

    def _document(self, job: RuntimeJob, call: Call, exclude_params: bool) -> dict[str, Any]:
        document = job.document(call.version)
        if not exclude_params and not job.submission.private:
            document["params"] = self._jobs.files.params(job.submission.id)
        return document

    def _delete(self, call: Call) -> Response:
        self._jobs.delete(call.caller, call.parameters["id"])
        return no_content()

    def _cancel(self, call: Call) -> Response:
        self._jobs.cancel(call.caller, call.parameters["id"])
        return no_content()

    def _logs(self, call: Call) -> Response:
        job = self._job(call)
        text = self._jobs.files.log(job.submission.id)
        if text is None:
            message = f"Job {job.submission.id} has no logs yet."
            raise ApiError(404, JOB_NOT_FOUND, message, "Ask again when the job has ended.")
        return Response(200, text, [("Content-Type", TEXT)])

    def _metrics(self, call: Call) -> Response:
        return json_response(200, self._job(call).metrics(call.version))

    def _results(self, call: Call) -> Response:
        body = self._jobs.results(call.caller, call.parameters["id"])
        content_type = TEXT if call.version < WITH_JSON_RESULTS else JSON
        return Response(200, body, [("Content-Type", content_type)]) if body else no_content()

    def _retired(self, call: Call) -> Response:
        """Answer that there is nothing: interim results and transpiled circuits are a thing of the past."""
        self._job(call)
        if call.version < WITHOUT_TRANSPILED_CIRCUITS:
            return no_content()
        raise ApiError(
            404, INVALID_BODY, f"{call.request.path} was removed in {WITHOUT_TRANSPILED_CIRCUITS}."
        )

    def _set_tags(self, call: Call) -> Response:
        body = read_body(call.request, MAX_BODY_BYTES)
        check("Tags", body)
        self._jobs.set_tags(call.caller, call.parameters["id"], body["tags"])
        return no_content()

    def _search_tags(self, call: Call) -> Response:
        call.query.one_of("type", ("job",))
        search = call.query.text("search") or ""
        if not call.query.text("type") or len(search) < MIN_SEARCH_CHARS:
            message = f"type=job and search, of {MIN_SEARCH_CHARS} characters or more, are needed."
            raise ApiError(400, INVALID_BODY, message, "Give both parameters.")
        tags = {
            tag for job in self._jobs.of_caller(call.caller) for tag in job.submission.tags if search in tag
        }
        return json_response(200, {"tags": sorted(tags)})

    def _job(self, call: Call) -> RuntimeJob:
        return self._jobs.get(call.caller, call.parameters["id"])


def _filter(query: Query) -> Callable[[RuntimeJob], bool]:
    """Return what tells whether a job is one of those that the query asks for."""
    wanted = {name: query.text(name) for name in ("program", "backend", "session_id")}
    pending, tags = query.flag("pending"), set(query.all("tags"))
    after, before = query.time("created_after"), query.time("created_before")

    def matches(found: RuntimeJob) -> bool:
        asked, job = found.submission, found.job
        own = {"program": asked.program_id, "backend": asked.backend, "session_id": asked.session_id}
        return (
            all(not value or value == own[name] for name, value in wanted.items())
            and tags <= set(asked.tags)
            and (pending is None or pending is (job.ending is None))
            and (after is None or job.created >= after)
            and (before is None or job.created <= before)
        )

    return matches
