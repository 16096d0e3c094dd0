"""Accepts jobs where lanes and reservations allow it, and runs them."""

from __future__ import annotations

from collections.abc import Callable

from direct_access.simulator.backends.state import Backend, Backends, UnknownBackend
from direct_access.simulator.conflicts import Conflicts
from direct_access.simulator.jobs.ending import CANCELLED, FAILED, FAILED_TO_RUN, WAS_CANCELLED, Ending
from direct_access.simulator.jobs.job import RUNNING, Job, JobRequest
from direct_access.simulator.jobs.refusals import BackendReserved, BackendUnavailable, LanesFull, Refusal
from direct_access.simulator.jobs.run import JobRun, Machinery
from direct_access.simulator.jobs.scenario import OutcomeRules, Scenario
from direct_access.simulator.jobs.waiting import NobodyInTheWay, Turns, WaitingJobs


class Scheduler:
    """The jobs of the simulator.

    :param usual: how jobs are played that no outcome rule is for
    :param conflicts: what it does where servers differ
    :ivar turns: decides whose turn it is among the jobs that wait for a lane
    """

    def __init__(
        self,
        backends: Backends,
        machinery: Machinery,
        rules: OutcomeRules,
        usual: Scenario,
        conflicts: Conflicts,
    ) -> None:
        self.usual = usual
        self._backends = backends
        self._machinery = machinery
        self._table = machinery.table
        self._rules = rules
        self._conflicts = conflicts
        self._runs: dict[int, JobRun] = {}
        self.turns: Turns = NobodyInTheWay()
        self._waiting = WaitingJobs(self._begin)
        self._table.on_end = self._has_ended

    @property
    def accepted(self) -> int:
        """How many jobs were accepted since the start, deleted ones included."""
        return self._table.accepted

    def submit(self, request: JobRequest) -> Job:
        """Accept a job; from then on it is Running.

        :raises UnknownBackend: there is no such backend
        :raises Refusal: the backend is not online, reserved, or its lanes are full; the id is taken
        """
        backend = self._backends.get(request.backend)
        job = self._table.add(request, self._admission(backend))
        job.scenario = self._rules.scenario(request.id, self.usual)
        self._table.save(job)
        self._play(job, backend, job.scenario)
        return job

    def enqueue(self, request: JobRequest) -> Job:
        """Accept a job that is Queued until it gets a lane.

        :raises UnknownBackend: there is no such backend
        :raises Refusal: the backend is offline; the id is taken
        """
        backend = self._backends.get(request.backend)
        if backend.status == "offline":
            raise BackendUnavailable(backend.model.name, backend.status)
        job = self._table.enqueue(request)
        job.scenario = self._rules.scenario(request.id, self.usual)
        self._table.save(job)
        self._waiting.add(job)
        return job

    def look(self) -> None:
        """Do what is due by now, and let jobs begin for which there is a lane."""
        self._machinery.timers.run_due()
        self._waiting.begin_all()

    def resume(self) -> None:
        """Play the jobs again that had not ended when the simulator stopped or was killed."""
        for job in self._table.all():
            if job.ending:
                continue
            try:
                backend = self._backends.get(job.request.backend)
            except UnknownBackend as error:
                self._table.end(job, Ending(FAILED, FAILED_TO_RUN, str(error)))
                continue
            if job.queued:
                self._waiting.add(job)
            else:
                self._play(job, backend, job.scenario or self.usual)

    def close(self) -> None:
        """Let no job end any more; :meth:`resume` of the next start takes up those that are Running."""
        self._table.close()

    def jobs(self, owner: str | None = None) -> list[Job]:
        """Return the jobs, of this owner or of everybody, oldest first."""
        self.look()
        return self._table.all(owner)

    def job(self, job_id: str, owner: str | None = None) -> Job:
        """Return one job.

        :raises UnknownJob: if there is none, or it is somebody else's
        """
        self.look()
        return self._table.get(job_id, owner)

    def lanes_used(self, backend: str) -> int:
        """Return how many lanes of a backend are taken by jobs."""
        return sum(self._holds_lane(job) for job in self.jobs() if job.request.backend == backend)

    def begin_waiting(self) -> None:
        """Let jobs begin that wait for a lane, if there is one."""
        self._waiting.begin_all()

    def end_queued(self, job_id: str, ending: Ending) -> bool:
        """Give a job this end if it waits for a lane; return whether it did.

        :raises UnknownJob: if there is none
        """
        return self._table.end_queued(self._table.get(job_id), ending)

    def release(self, job_id: str) -> None:
        """Let a job begin that waits for it.

        :raises UnknownJob: if there is none
        """
        if run := self._runs.get(self.job(job_id).number):
            run.begin()

    def cancel(self, job_id: str, owner: str | None = None) -> None:
        """Cancel a running job; nothing of it is executed any more afterwards.

        :raises UnknownJob: if there is none, or it is somebody else's
        :raises JobIsFinal: if its status is final
        """
        self.end(job_id, Ending(CANCELLED, WAS_CANCELLED, "Job was cancelled by its user."), owner)

    def end(self, job_id: str, ending: Ending, owner: str | None = None) -> None:
        """Give a running job this end, whatever it was doing; raises as :meth:`cancel` does."""
        job = self.job(job_id, owner)
        self._table.end_running(job, ending)
        if run := self._runs.pop(job.number, None):
            run.stop()

    def delete(self, job_id: str, owner: str | None = None) -> None:
        """Forget a job.

        :raises UnknownJob: if there is none, or it is somebody else's
        :raises JobIsRunning: if its status is not final
        """
        job = self.job(job_id, owner)
        self._table.remove(job)
        self._runs.pop(job.number, None)

    def _play(self, job: Job, backend: Backend, scenario: Scenario) -> None:
        run = self._runs[job.number] = JobRun(job, backend.model, scenario, self._machinery)
        if not scenario.pace.manual:
            backend.when_working(run.begin)

    def _begin(self, job: Job) -> bool:
        """Let a waiting job begin, if it is its turn and there is a lane; return whether it waits no more."""
        if job.ending:
            return True
        if not self.turns.may_begin(job):
            return False
        backend = self._backends.get(job.request.backend)
        try:
            begun = self._table.begin(job, self._admission(backend))
        except Refusal:
            return False
        if begun:
            self.turns.has_begun(job)
            self._play(job, backend, job.scenario or self.usual)
        return begun

    def _has_ended(self, job: Job) -> None:
        self.turns.has_ended(job)
        self._waiting.begin_all()

    def _admission(self, backend: Backend) -> Callable[[list[Job]], None]:
        def admit(others: list[Job]) -> None:
            held = self._conflicts.paused_accepts and backend.status == "paused"
            if backend.status != "online" and not held:
                raise BackendUnavailable(backend.model.name, backend.status)
            if backend.reserved:
                raise BackendReserved(backend.model.name)
            if sum(map(self._holds_lane, others)) >= backend.lanes:
                raise LanesFull(backend.model.name, backend.lanes)

        return admit

    def _holds_lane(self, job: Job) -> bool:
        return self._conflicts.undeleted_jobs_hold_lanes or job.status == RUNNING
