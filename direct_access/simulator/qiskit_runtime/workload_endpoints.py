"""The list of workloads, page by page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from direct_access.clock import Clock
from direct_access.simulator.http import Response
from direct_access.simulator.qiskit_runtime.call import Call, Route, Routes
from direct_access.simulator.qiskit_runtime.cursor import Cursor
from direct_access.simulator.qiskit_runtime.jobs import RuntimeJobs
from direct_access.simulator.qiskit_runtime.query import Query, refused
from direct_access.simulator.qiskit_runtime.sessions import Sessions
from direct_access.simulator.qiskit_runtime.workload import MODES, STATUSES, Workload
from direct_access.simulator.replies import json_response

MAX_LIMIT = 50
DEFAULT_LIMIT = 10


class WorkloadEndpoints:
    """Answers requests for workloads.

    :param base_url: gives the URL before the path, for links to other pages
    """

    def __init__(
        self, jobs: RuntimeJobs, sessions: Sessions, clock: Clock, base_url: Callable[[], str]
    ) -> None:
        self._jobs = jobs
        self._sessions = sessions
        self._clock = clock
        self._base_url = base_url

    def routes(self) -> Routes:
        """Return who answers what."""
        return {("GET", "/v1/workloads"): Route(self._list, "workload.list", numeric_errors=True)}

    def _list(self, call: Call) -> Response:
        query = call.query
        limit = query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT)
        found = list(filter(_filter(query), self._all(call)))
        descending = query.one_of("sort", ("createdAt", "-createdAt")) == "-createdAt"
        found.sort(key=_key, reverse=descending)
        first = self._first(found, query, limit, descending)
        page = found[first : first + limit]
        document = {
            "workloads": [workload.document() for workload in page],
            "total_count": len(found),
            "limit": limit,
        }
        if first > 0 and page:
            document["previous"] = {"href": self._link(call, "previous", page[0])}
        if first + limit < len(found):
            document["next"] = {"href": self._link(call, "next", page[-1])}
        return json_response(200, document)

    def _all(self, call: Call) -> list[Workload]:
        """Return the workloads of the caller's instance."""
        crn, now = call.caller.instance.crn, self._clock.wall()
        sessions = [session for session in self._sessions.all() if session.instance == crn]
        jobs = [job for job in self._jobs.all() if job.submission.instance == crn]
        found = [Workload.of_session(session, now) for session in sessions]
        found += [Workload.of_job(job) for job in jobs if self._sessions.of_job(job.submission.id) is None]
        only_own = call.query.one_of("user", ("me",)) == "me"
        return [workload for workload in found if not only_own or workload.user == call.caller.user]

    def _first(self, found: list[Workload], query: Query, limit: int, descending: bool) -> int:
        """Return the index at which the page begins."""
        now = self._clock.wall()
        if text := query.text("next"):
            key = Cursor.from_text(text, now).key
            return sum(_key(each) >= key if descending else _key(each) <= key for each in found)
        if text := query.text("previous"):
            key = Cursor.from_text(text, now).key
            before = sum(_key(each) > key if descending else _key(each) < key for each in found)
            return max(0, before - limit)
        return 0

    def _link(self, call: Call, direction: str, beside: Workload) -> str:
        kept = [pair for pair in parse_qsl(call.request.query) if pair[0] not in ("next", "previous")]
        cursor = Cursor(_key(beside)).to_text(self._clock.wall())
        return f"{self._base_url()}{call.request.path}?{urlencode([*kept, (direction, cursor)])}"


def _key(workload: Workload) -> tuple[float, str]:
    return workload.created, workload.id


def _filter(query: Query) -> Callable[[Workload], bool]:
    """Return what tells whether a workload is one of those that the query asks for."""
    backend, mode = query.text("backend"), query.one_of("mode", MODES)
    statuses, tags, search = query.all("status"), set(query.all("tags")), query.text("search") or ""
    after, before = query.time("created_after"), query.time("created_before")
    for status in statuses:
        if status not in STATUSES:
            raise refused("status", status, ", ".join(STATUSES))

    def matches(workload: Workload) -> bool:
        return (
            backend in (None, "", workload.backend)
            and mode in (None, workload.mode)
            and (not statuses or workload.status in statuses)
            and (search in workload.id or any(search in tag for tag in workload.tags))
            and tags <= set(workload.tags)
            and (after is None or workload.created >= after)
            and (before is None or workload.created <= before)
        )

    return matches
