"""Sessions by name: created when the first job needs one, shared, closed when the last run ends."""

from __future__ import annotations

import contextlib

from direct_access.errors import ConflictError, NotFoundError
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.job_list import JobFilter
from direct_access.retry.policies import REQUEST
from direct_access.retry.repeat import Patience, repeat
from direct_access.services.cloud.handle import NamedSession
from direct_access.services.cloud.session_names import SessionNames

DEFAULT_MODE = "batch"


class NamedSessions:
    """The sessions of one user and instance."""

    def __init__(self, client: QiskitRuntimeClient, names: SessionNames, patience: Patience) -> None:
        self._client = client
        self._names = names
        self._patience = patience

    def open(self, named: NamedSession, backend: str) -> str:
        """Return the id of the session of this name, a new one if there is none that takes jobs.

        One that a lost answer leaves behind costs nothing: without a job it never becomes active.
        """
        name = named["name"]
        known = self._names.find(name)
        if known is not None:
            if self._takes_jobs(known):
                return known
            self._names.remove(name, known)
        mode, max_ttl = named.get("mode", DEFAULT_MODE), named.get("max_ttl")
        sessions = self._client.sessions
        created = repeat(
            REQUEST, self._patience, lambda: sessions.create(mode, backend=backend, max_ttl=max_ttl)
        )
        winner = self._names.add(name, created.id)
        if winner != created.id:
            sessions.close(created.id)
        return winner

    def forget(self, named: NamedSession) -> None:
        """Forget the session of this name, since it takes no more jobs."""
        if (known := self._names.find(named["name"])) is not None:
            self._names.remove(named["name"], known)

    def end(self, named: NamedSession, own_job: str | None) -> None:
        """Close a session at the end of a run, unless the job file says no, or other jobs of it wait or run.

        It takes no more jobs then and closes since its queue is empty; a job that another run sends at this
        moment is refused, and gets another session, but is never thrown out of the queue.

        :param own_job: the run's, which may still be on its way to its end
        """
        known = named.get("id") or self._names.find(named["name"])
        if known is None or not named.get("close", True):
            return
        pending = self._client.jobs.page(JobFilter(pending=True, session_id=known), limit=2)
        if any(job.id != own_job for job in pending.jobs):
            return
        with contextlib.suppress(NotFoundError, ConflictError):
            self._client.sessions.accept_jobs(known, False)
        self._names.remove(named["name"], known)

    def _takes_jobs(self, session_id: str) -> bool:
        try:
            return self._client.sessions.session(session_id).takes_jobs
        except NotFoundError:
            return False
