"""The Qiskit Runtime service of a simulator: its parts, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from direct_access.clock import Clock
from direct_access.simulator.backends.state import Backends
from direct_access.simulator.iam.tokens import TokenAuthority
from direct_access.simulator.ibm_cloud import global_catalog
from direct_access.simulator.ibm_cloud.application import (
    GLOBAL_CATALOG,
    GLOBAL_SEARCH,
    RESOURCE_CONTROLLER,
    CloudApplication,
    PlatformService,
)
from direct_access.simulator.ibm_cloud.global_search import GlobalSearch
from direct_access.simulator.ibm_cloud.resource_controller import ResourceController
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.qiskit_runtime.analytics import Facts
from direct_access.simulator.qiskit_runtime.analytics_endpoints import AnalyticsEndpoints
from direct_access.simulator.qiskit_runtime.application import Permissions, RuntimeApplication
from direct_access.simulator.qiskit_runtime.authentication import Authentication
from direct_access.simulator.qiskit_runtime.backend_endpoints import BackendEndpoints
from direct_access.simulator.qiskit_runtime.call import Route
from direct_access.simulator.qiskit_runtime.instance_endpoints import InstanceEndpoints
from direct_access.simulator.qiskit_runtime.instances import PREMIUM, Instance, Instances
from direct_access.simulator.qiskit_runtime.job_endpoints import JobEndpoints
from direct_access.simulator.qiskit_runtime.job_files import JobFiles
from direct_access.simulator.qiskit_runtime.jobs import RuntimeJobs
from direct_access.simulator.qiskit_runtime.rate_limit import SubmissionLimit
from direct_access.simulator.qiskit_runtime.session_endpoints import SessionEndpoints
from direct_access.simulator.qiskit_runtime.sessions import Sessions
from direct_access.simulator.qiskit_runtime.submitting import Submitting
from direct_access.simulator.qiskit_runtime.usage import Usage
from direct_access.simulator.qiskit_runtime.workload_endpoints import WorkloadEndpoints
from direct_access.simulator.settings import SimulatorSettings
from direct_access.simulator.timers import Timers

INSTANCE_NAME = "simulator"


class RuntimeService:
    """A region of IBM's cloud, as far as quantum computers go.

    :param directory: where jobs are kept for the next start
    :param base_url: gives the URL of the server, without a path
    :ivar instances: the service instances; one is there from the start
    :ivar permissions: what the users may not do
    """

    def __init__(
        self,
        directory: Path,
        settings: SimulatorSettings,
        clock: Clock,
        identities: tuple[TokenAuthority, Mapping[str, str]],
        backends: Backends,
        scheduler: Scheduler,
        timers: Timers,
        base_url: Callable[[], str],
    ) -> None:
        first = Instance(settings.cloud_crn, INSTANCE_NAME, PREMIUM, clock.wall())
        self.instances = Instances([first])
        self.permissions = Permissions()
        self.jobs = RuntimeJobs(scheduler, JobFiles(directory / "jobs"))
        self.sessions = Sessions(scheduler, timers, clock)
        scheduler.turns = _Turns(self.jobs, self.sessions)
        usage = Usage(self.jobs, self.sessions, clock)
        facts = Facts(self.instances, self.jobs, self.sessions, usage, clock)
        limit = SubmissionLimit(settings.cloud_jobs_per_minute, clock)
        submitting = Submitting(self.jobs, self.sessions, usage, backends, limit, settings.max_params_bytes)
        runtime = RuntimeApplication(
            Authentication(*identities, self.instances, first.region),
            self.permissions,
            {
                ("POST", "/v1/jobs"): Route(submitting.submit, "job.create"),
                **JobEndpoints(self.jobs).routes(),
                **SessionEndpoints(self.sessions, backends, clock).routes(),
                **BackendEndpoints(backends, scheduler).routes(),
                **InstanceEndpoints(self.instances, usage, backends).routes(),
                **WorkloadEndpoints(self.jobs, self.sessions, clock, base_url).routes(),
                **AnalyticsEndpoints(facts, clock).routes(),
            },
            settings.conflicts.numeric_error_codes,
        )
        accepts = identities[0].accepts
        controller = ResourceController(self.instances, first.account_id, clock)
        self.application = CloudApplication(
            {
                GLOBAL_SEARCH: PlatformService(GlobalSearch(self.instances).answer, accepts),
                GLOBAL_CATALOG: PlatformService(global_catalog.answer, accepts),
                RESOURCE_CONTROLLER: PlatformService(controller.answer, accepts),
            },
            runtime,
        )


class _Turns:
    """Sessions decide whose turn it is; a private job's params go when it ends."""

    def __init__(self, jobs: RuntimeJobs, sessions: Sessions) -> None:
        self._jobs = jobs
        self._sessions = sessions

    def may_begin(self, job: Job) -> bool:
        return self._sessions.may_begin(job)

    def has_begun(self, job: Job) -> None:
        self._sessions.has_begun(job)

    def has_ended(self, job: Job) -> None:
        self._sessions.has_ended(job)
        self._jobs.has_ended(job)
