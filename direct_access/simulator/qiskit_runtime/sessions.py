"""The sessions, and whose turn they make it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from typing import Any

from direct_access.clock import Clock
from direct_access.simulator.jobs.ending import CANCELLED, WAS_CANCELLED, Ending
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.refusals import UnknownJob
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.qiskit_runtime.call import Caller
from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, SESSION_CLOSED, ApiError
from direct_access.simulator.qiskit_runtime.jobs import new_id
from direct_access.simulator.qiskit_runtime.session import (
    ACTIVE,
    CLOSED,
    DEFAULT_MAX_TTL_SECS,
    INTERACTIVE_TTL_SECS,
    UNUSED_TTL_SECS,
    Session,
)
from direct_access.simulator.timers import Timers


class Sessions:
    """Sessions by id. They are not kept for the next start.

    No method calls the scheduler while it holds the lock: the scheduler calls back.
    """

    def __init__(self, scheduler: Scheduler, timers: Timers, clock: Clock) -> None:
        self._scheduler = scheduler
        self._timers = timers
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._of_job: dict[str, Session] = {}
        self._lock = threading.Lock()

    def create(self, caller: Caller, asked: Mapping[str, Any], backend: str | None) -> Session:
        """Open a session.

        :param asked: the body of the request
        """
        max_ttl = int(asked.get("max_ttl") or DEFAULT_MAX_TTL_SECS)
        active_ttl = min(int(asked.get("active_ttl") or max_ttl), max_ttl)
        interactive_ttl = min(int(asked.get("interactive_ttl") or INTERACTIVE_TTL_SECS), active_ttl)
        session = Session(
            id=new_id(),
            instance=caller.instance.crn,
            user=caller.user,
            mode=asked["mode"],
            max_ttl=max_ttl,
            interactive_ttl=interactive_ttl,
            active_ttl=active_ttl,
            backend=backend,
            created=self._clock.wall(),
        )
        with self._lock:
            self._sessions[session.id] = session
        self._timers.after(UNUSED_TTL_SECS, self.advance)
        return session

    def get(self, caller: Caller, session_id: str) -> Session:
        """Return a session as it is now.

        :raises ApiError: 404 if there is none, or it is somebody else's
        """
        self.advance()
        session = self._sessions.get(session_id)
        if session is None or (session.user, session.instance) != (caller.user, caller.instance.crn):
            raise ApiError(404, SESSION_CLOSED, f"Session {session_id[:36]} not found.", "Check the id.")
        return session

    def all(self) -> list[Session]:
        """Return all sessions as they are now, oldest first."""
        self.advance()
        with self._lock:
            return list(self._sessions.values())

    def of_job(self, job_id: str) -> Session | None:
        """Return the session of a job, None where it has none."""
        return self._of_job.get(job_id)

    def expect(self, session: Session, job_id: str, backend: str) -> None:
        """Take a job that is about to be accepted into a session.

        :raises ApiError: 400, if the session is closed or has another backend
        """
        with self._lock:
            if not session.accepting_jobs:
                message = f"Session {session.id} is {session.state} and accepts no jobs."
                raise ApiError(400, SESSION_CLOSED, message, "Create another session.")
            if session.backend not in (None, backend):
                message = f"Session {session.id} is on {session.backend}."
                raise ApiError(400, INVALID_BODY, message, "Send the job to the session's backend.")
            session.backend = backend
            session.waiting.add(job_id)
            self._of_job[job_id] = session

    def forget(self, job_id: str) -> None:
        """Take back :meth:`expect`: the job was not accepted."""
        with self._lock:
            if session := self._of_job.pop(job_id, None):
                session.waiting.discard(job_id)

    def set_accepting(self, session: Session, accepting: bool) -> None:
        """Let a session accept jobs, or no more.

        :raises ApiError: 400, if it is closed
        """
        with self._lock:
            if session.state == CLOSED and accepting:
                message = f"Session {session.id} is closed."
                raise ApiError(400, SESSION_CLOSED, message, "Create another session.")
            session.accepting_jobs = accepting
        self.advance()

    def close(self, session: Session) -> None:
        """Close a session: its queued jobs are cancelled, its running ones go on."""
        with self._lock:
            session.close(self._clock.wall(), "it was closed by its user")
        self.advance()

    def advance(self) -> None:
        """Do what time has done to the sessions."""
        now = self._clock.wall()
        with self._lock:
            for session in self._sessions.values():
                session.advance(now)
            orphans = [id_ for s in self._sessions.values() if s.state == CLOSED for id_ in s.waiting]
        for job_id in orphans:
            self._cancel(job_id)
        self._scheduler.begin_waiting()

    def may_begin(self, job: Job) -> bool:
        """Return whether its session is not closed, and no other one has the backend to itself."""
        own = self._of_job.get(job.id)
        now = self._clock.wall()
        with self._lock:
            for session in self._sessions.values():
                session.advance(now)
            if own and own.state == CLOSED:
                return False
            return not any(
                session.is_dedicated and session.state == ACTIVE and session is not own
                for session in self._sessions.values()
                if session.backend == job.request.backend
            )

    def has_begun(self, job: Job) -> None:
        """A job has got a lane."""
        if session := self._of_job.get(job.id):
            with self._lock:
                first = session.started_at is None
                if not job.ending:
                    session.job_begins(job, self._clock.wall())
            if first:
                self._timers.after(session.max_ttl, self.advance)

    def has_ended(self, job: Job) -> None:
        """A job has its final status."""
        if session := self._of_job.get(job.id):
            with self._lock:
                session.waiting.discard(job.id)
                session.advance(self._clock.wall())
            self._timers.after(session.interactive_ttl, self.advance)

    def _cancel(self, job_id: str) -> None:
        ending = Ending(CANCELLED, WAS_CANCELLED, "Job was cancelled: its session is closed.")
        with contextlib.suppress(UnknownJob):  # it is about to be accepted; whoever looks next cancels it
            self._scheduler.end_queued(job_id, ending)
