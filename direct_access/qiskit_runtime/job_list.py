"""Lists of jobs: what is asked for, and the pages that come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import integer
from direct_access.qiskit_runtime.jobs import RuntimeJob, parse_job
from direct_access.qiskit_runtime.query import bounded, one_of, query, short
from direct_access.rest.answers import objects_of
from direct_access.rest.api import Query

LARGEST_PAGE = 200
LARGEST_OFFSET = 2_147_483_647


@dataclass(frozen=True)
class JobFilter:
    """Which jobs; None stands for any.

    :param pending: True for Queued and Running ones, False for those that have ended
    :param created_after: RFC 3339, as ``created_before``
    :param sort: ``ASC`` or ``DESC`` by creation; the server's default is ``DESC``, the newest first
    """

    pending: bool | None = None
    program: str | None = None
    backend: str | None = None
    created_after: str | None = None
    created_before: str | None = None
    sort: str | None = None
    tags: Sequence[str] = ()
    session_id: str | None = None

    def query(self, limit: int, offset: int, *, exclude_params: bool) -> Query:
        """Return the parameters for one page.

        :raises InputError: if one is outside the limits of the API
        """
        return query(
            {
                "limit": bounded("limit", limit, 1, LARGEST_PAGE),
                "offset": bounded("offset", offset, 0, LARGEST_OFFSET),
                "pending": self.pending,
                "program": short("program", self.program, 63),
                "backend": short("backend", self.backend, 100),
                "created_after": self.created_after,
                "created_before": self.created_before,
                "sort": one_of("sort", self.sort, ("ASC", "DESC")),
                "tags": self.tags,
                "session_id": self.session_id,
                "exclude_params": exclude_params,
            }
        )


@dataclass(frozen=True)
class JobPage:
    """Some of the jobs that a filter lets pass.

    :param count: how many there are in all, where the server tells
    """

    jobs: Sequence[RuntimeJob]
    limit: int
    offset: int
    count: int | None = None

    @property
    def next_offset(self) -> int | None:
        """Where the next page begins, None after the last one."""
        end = self.offset + len(self.jobs)
        more = len(self.jobs) >= self.limit if self.count is None else end < self.count
        return end if self.jobs and more else None


def parse_page(document: Mapping[str, Any], limit: int, offset: int) -> JobPage:
    """Read the answer of ``GET /v1/jobs``; where it does not tell its place, it is the one asked for."""
    told_limit, told_offset = integer(document.get("limit")), integer(document.get("offset"))
    return JobPage(
        jobs=[parse_job(entry) for entry in objects_of(document, "jobs")],
        limit=limit if told_limit is None else told_limit,
        offset=offset if told_offset is None else told_offset,
        count=integer(document.get("count")),
    )
