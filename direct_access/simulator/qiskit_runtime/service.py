"""The Qiskit Runtime service of a simulator: its parts, put together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from direct_access.clock import Clock
from direct_access.simulator.backends.state import Backends
from direct_access.simulator.iam.tokens import TokenAuthority
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.qiskit_runtime.application import Permissions, RuntimeApplication
from direct_access.simulator.qiskit_runtime.authentication import Authentication
from direct_access.simulator.qiskit_runtime.backend_endpoints import BackendEndpoints
from direct_access.simulator.qiskit_runtime.call import Route
from direct_access.simulator.qiskit_runtime.instances import PREMIUM, Instance, Instances
from direct_access.simulator.qiskit_runtime.job_endpoints import JobEndpoints
from direct_access.simulator.qiskit_runtime.job_files import JobFiles
from direct_access.simulator.qiskit_runtime.jobs import RuntimeJobs
from direct_access.simulator.qiskit_runtime.rate_limit import SubmissionLimit
from direct_access.simulator.qiskit_runtime.submitting import Submitting
from direct_access.simulator.settings import SimulatorSettings

INSTANCE_NAME = "simulator"


class RuntimeService:
    """A region of IBM's cloud, as far as quantum computers go.

    :param directory: where jobs are kept for the next start
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
    ) -> None:
        first = Instance(settings.cloud_crn, INSTANCE_NAME, PREMIUM, clock.wall())
        self.instances = Instances([first])
        self.permissions = Permissions()
        self.jobs = RuntimeJobs(scheduler, JobFiles(directory / "jobs"))
        limit = SubmissionLimit(settings.cloud_jobs_per_minute, clock)
        submitting = Submitting(self.jobs, backends, limit, settings.max_params_bytes)
        self.application = RuntimeApplication(
            Authentication(*identities, self.instances, first.region),
            self.permissions,
            {
                ("POST", "/v1/jobs"): Route(submitting.submit, "job.create"),
                **JobEndpoints(self.jobs).routes(),
                **BackendEndpoints(backends, scheduler).routes(),
            },
        )
