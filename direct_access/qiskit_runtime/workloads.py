"""Workloads: jobs, sessions and batches in one list, paged by cursors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from direct_access.errors import InputError
from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import boolean, integer, number, text, texts
from direct_access.qiskit_runtime import endpoints
from direct_access.qiskit_runtime.query import bounded, one_of, query
from direct_access.qiskit_runtime.usage import Usage, parse_usage
from direct_access.rest.answers import cursor_in, objects_of
from direct_access.rest.api import RestApi

SORTS = ("createdAt", "-createdAt")
STATUSES = ("completed", "canceled", "failed", "pending", "in_progress")
"""As this endpoint spells them: canceled with one l."""
MODES = ("job", "session", "batch")
LARGEST_PAGE = 50


@dataclass(frozen=True)
class Workload:
    """A job, a session or a batch.

    :param mode: ``job``, ``session`` or ``batch``
    :param accepting_jobs: None for a job
    """

    id: str | None
    mode: str | None
    status: str | None
    backend: str | None
    instance: str | None
    user_id: str | None
    created: str | None
    ended: str | None
    accepting_jobs: bool | None
    status_reason: str | None
    tags: tuple[str, ...]
    usage: Usage | None
    estimated_running_time_seconds: float | None
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkloadFilter:
    """Which workloads; None stands for any.

    :param mine: those of the caller alone
    :param sort: ``createdAt``, the oldest first, which is the server's default, or ``-createdAt``
    :param created_after: RFC 3339, as ``created_before``
    """

    mine: bool = False
    sort: str | None = None
    backend: str | None = None
    search: str | None = None
    status: Sequence[str] = ()
    mode: str | None = None
    created_after: str | None = None
    created_before: str | None = None
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class WorkloadPage:
    """Some of the workloads that a filter lets pass.

    :param previous: cursor of the page before this one, None for the first; ``next`` likewise
    """

    workloads: Sequence[Workload]
    total_count: int | None
    previous: str | None
    next: str | None


def parse_workload(document: Mapping[str, Any]) -> Workload:
    """Read an entry of ``workloads``."""
    seconds = number(document.get("usage_seconds"))
    return Workload(
        id=text(document.get("id")),
        mode=text(document.get("mode")),
        status=text(document.get("status")),
        backend=text(document.get("backend")),
        instance=text(document.get("instance")),
        user_id=text(document.get("user_id")),
        created=text(document.get("created")),
        ended=text(document.get("ended")),
        accepting_jobs=boolean(document.get("accepting_jobs")),
        status_reason=text(document.get("status_reason")),
        tags=texts(document.get("tags")),
        usage=parse_usage(document.get("usage")) or (None if seconds is None else Usage(seconds)),
        estimated_running_time_seconds=number(document.get("estimated_running_time_seconds")),
        document=dict(document),
    )


class WorkloadCalls:
    """Workloads of one instance."""

    def __init__(self, api: RestApi) -> None:
        self._api = api

    def page(
        self,
        which: WorkloadFilter | None = None,
        *,
        limit: int = 10,
        previous: str | None = None,
        next: str | None = None,  # noqa: A002  the API's word
    ) -> WorkloadPage:
        """Return one page; without a cursor the first.

        :param previous: a cursor of a page, as ``next``
        :raises InputError: if a value is outside the limits of the API, or the cursor has expired
        """
        which = which or WorkloadFilter()
        for status in which.status:
            one_of("status", status, STATUSES)
        parameters = query(
            {
                "user": "me" if which.mine else None,
                "sort": one_of("sort", which.sort, SORTS),
                "limit": bounded("limit", limit, 1, LARGEST_PAGE),
                "previous": previous,
                "next": next,
                "backend": which.backend,
                "search": which.search,
                "status": which.status,
                "mode": one_of("mode", which.mode, MODES),
                "created_after": which.created_after,
                "created_before": which.created_before,
                "tags": which.tags,
            }
        )
        try:
            document = self._api.read(endpoints.WORKLOADS, query=parameters)
        except InputError as error:
            if previous or next:
                error.advice = "the cursor may have expired: begin again at the first page"
            raise
        return WorkloadPage(
            workloads=[parse_workload(entry) for entry in objects_of(document, "workloads")],
            total_count=integer(document.get("total_count")),
            previous=_cursor(document, "previous"),
            next=_cursor(document, "next"),
        )

    def all(
        self, which: WorkloadFilter | None = None, *, page_size: int = LARGEST_PAGE
    ) -> Iterator[Workload]:
        """Yield every workload that a filter lets pass."""
        page = self.page(which, limit=page_size)
        yield from page.workloads
        while page.next is not None and page.workloads:
            page = self.page(which, limit=page_size, next=page.next)
            yield from page.workloads


def _cursor(document: Mapping[str, Any], name: str) -> str | None:
    """Return a cursor, which the server hides in the query of an address."""
    link = document.get(name)
    return cursor_in(link.get("href"), name) if isinstance(link, Mapping) else None
