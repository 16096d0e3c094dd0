"""What the instances have used."""

from __future__ import annotations

from direct_access.clock import Clock
from direct_access.simulator.qiskit_runtime.job import RuntimeJob
from direct_access.simulator.qiskit_runtime.jobs import RuntimeJobs
from direct_access.simulator.qiskit_runtime.session import Session
from direct_access.simulator.qiskit_runtime.sessions import Sessions


class Usage:
    """Seconds for which backends were busy, or kept for somebody.

    A job outside of dedicated sessions counts its execution, a dedicated session the time that it was active.
    """

    def __init__(self, jobs: RuntimeJobs, sessions: Sessions, clock: Clock) -> None:
        self._jobs = jobs
        self._sessions = sessions
        self._clock = clock

    def of_instance(self, crn: str) -> float:
        """Return the usage of an instance since the start, in seconds."""
        jobs = [job for job in self._jobs.ever() if job.submission.instance == crn]
        sessions = [session for session in self._sessions.all() if session.instance == crn]
        alone = sum(job.usage_secs for job in jobs if not self.is_in_dedicated_session(job))
        kept = sum(self.of_session(session) for session in sessions if session.is_dedicated)
        return round(alone + kept, 3)

    def of_session(self, session: Session) -> float:
        """Return the usage of a session up to now, in seconds."""
        return session.elapsed_secs(self._clock.wall())

    def is_in_dedicated_session(self, job: RuntimeJob) -> bool:
        """Return whether a job's execution is part of a dedicated session's usage."""
        session = self._sessions.of_job(job.submission.id)
        return session is not None and session.is_dedicated
