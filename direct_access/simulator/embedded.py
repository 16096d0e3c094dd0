"""The whole simulator in this process: four servers on loopback that are started and stopped together."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from direct_access.clock import Clock, SystemClock
from direct_access.simulator.addresses import Addresses
from direct_access.simulator.admin import AdminApplication, WithAdmin
from direct_access.simulator.api.application import ApiApplication
from direct_access.simulator.api.authentication import Authentication
from direct_access.simulator.api.errors import error_of_status
from direct_access.simulator.backends.catalog import standard_backends
from direct_access.simulator.backends.state import Backends
from direct_access.simulator.client_configuration import write_client_configuration
from direct_access.simulator.faults.rules import Fault, FaultRules
from direct_access.simulator.faults.store_errors import store_error_of_status
from direct_access.simulator.http import Application
from direct_access.simulator.iam.application import IamApplication, iam_error_of_status
from direct_access.simulator.iam.tokens import TokenAuthority
from direct_access.simulator.jobs.execution_queue import ExecutionQueue, Executor
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.objects import BucketStore, EmbeddedBuckets, JobObjects, RemoteBuckets
from direct_access.simulator.jobs.records import JobRecords
from direct_access.simulator.jobs.run import Machinery
from direct_access.simulator.jobs.scenario import OutcomeRule, OutcomeRules, Scenario
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.jobs.table import JobTable
from direct_access.simulator.jobs.transfer import HttpTransfer
from direct_access.simulator.qiskit_runtime.errors import error_of_status as cloud_error_of_status
from direct_access.simulator.qiskit_runtime.service import RuntimeService
from direct_access.simulator.request_log import RequestLog
from direct_access.simulator.secret_files import kept_secret
from direct_access.simulator.servers import Servers
from direct_access.simulator.settings import SimulatorSettings
from direct_access.simulator.skewed_clock import SkewedClock
from direct_access.simulator.status_page import StatusPage, WithStatusPage
from direct_access.simulator.status_tables import status_tables
from direct_access.simulator.store import ObjectStore
from direct_access.simulator.timers import Timers
from direct_access.simulator.tls import trust

SUBJECT = "IBMid-SIMULATOR"
SERVICE_SUBJECT = "iam-ServiceId-quantum-system"
TRANSFER_THREADS = 16


class Simulator(Addresses):
    """An on-prem quantum system. Use it once: :meth:`start`, :meth:`stop`, or as a context manager.

    :param directory: where keys, objects and jobs are kept for the next simulator on it; made if it does not
        exist
    :param clock: a manual clock makes time stand still until a test moves it
    :param executor: executes circuits; the default starts worker processes
    :ivar faults: what will go wrong with answers
    :ivar outcomes: how the next jobs will end
    :ivar requests: what was asked so far
    :ivar tokens: the tokens of IAM; they can be revoked
    :ivar backends: the backends; they can be paused and reserved
    :ivar jobs: the jobs; they can be released and ended
    :ivar store: the object store
    :ivar cloud: the Qiskit Runtime service: its instances, and what its users may not do
    :ivar api_keys: API key to identity; one that is taken out is revoked
    :ivar access_keys: secret by id of the store's keys; one that is taken out is revoked
    """

    def __init__(
        self,
        directory: Path,
        settings: SimulatorSettings | None = None,
        *,
        clock: Clock | None = None,
        executor: Executor | None = None,
        faults: Iterable[Fault] = (),
        outcomes: Iterable[OutcomeRule] = (),
    ) -> None:
        self.settings = settings = settings or SimulatorSettings()
        self.directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.clock = SkewedClock(clock or SystemClock(), settings.clock_skew_secs)
        self.faults = FaultRules(faults)
        self.outcomes = OutcomeRules(outcomes)
        self.requests = RequestLog()
        self.api_key = settings.api_key or kept_secret(directory / "api_key")
        self.api_keys = {self.api_key: SUBJECT}
        self.access_key_id = settings.access_key_id
        self.secret_access_key = kept_secret(directory / "secret_access_key")
        self.tokens = TokenAuthority(directory / "iam_key.pem", self.clock, settings.token_lifetime_secs)
        self.backends = Backends({**standard_backends(), **settings.own_backends}, settings.lanes, self.clock)
        self.access_keys = {self.access_key_id: self.secret_access_key}
        self.store = ObjectStore(directory / "store", self.access_keys, self.tokens.accepts, self.clock)
        self.store.create_bucket(settings.bucket)
        self._transfer = HttpTransfer(lambda: self.store_url, settings.stores, trust(settings.tls))
        self._timers = Timers(self.clock)
        self._pool = ThreadPoolExecutor(TRANSFER_THREADS, thread_name_prefix="job")
        self._queue = ExecutionQueue(executor or _worker_processes(settings), settings.workers)
        shutil.rmtree(directory / "jobs", ignore_errors=True)  # of a simulator that was killed
        self.jobs = self._scheduler(directory / "jobs")
        identities = (self.tokens, self.api_keys)
        self._servers = Servers(settings, self.clock, self.faults, self.requests)
        self.cloud = RuntimeService(
            directory / "cloud",
            settings,
            self.clock,
            identities,
            self.backends,
            self.jobs,
            self._timers,
            lambda: self._servers.url("cloud"),
        )

    def start(self) -> Simulator:
        """Listen on all addresses, and get the execution worker ready in the background."""
        try:
            iam = IamApplication(self.tokens, self.api_keys, self.clock)
            self._servers.start("iam", iam, iam_error_of_status)
            self.tokens.issuer = f"{self.iam_url}/identity"
            self._servers.start("store", self.store, store_error_of_status)
            self._servers.start("cloud", self.cloud.application, cloud_error_of_status)
            self._servers.start("api", self._api(), error_of_status, self._with_controls)
        except OSError:
            self.stop()
            raise
        if self.settings.execute:
            self._queue.start()
        self._timers.start()
        self.jobs.resume()
        return self

    def stop(self) -> None:
        """Hang up on every client, kill what is being executed; the next start takes it up again."""
        self.jobs.close()
        self._servers.stop()
        self._timers.stop()
        self._queue.close()
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def write_client_configuration(self, directory: Path, storage_type: str = "s3_compatible") -> Path:
        """Write a configuration of our client into a directory and return its path."""
        return write_client_configuration(self.access, directory, storage_type)

    def wait_for(self, job_id: str, timeout_secs: float = 60.0) -> Job:
        """Wait, in real time, until a job has ended.

        :raises TimeoutError: if it does not
        """
        job = self.jobs.job(job_id)
        if not job.ended.wait(timeout_secs):
            raise TimeoutError(f"job {job_id} is still {job.status}")
        return job

    def _api(self) -> ApiApplication:
        crn = self.service_crn if self.settings.check_service_crn else None
        authentication = Authentication(self.tokens, crn)
        return ApiApplication(
            authentication,
            self.backends,
            self.jobs,
            self._transfer.check,
            self.settings.max_body_bytes,
            self.settings.conflicts,
        )

    def _admin(self) -> AdminApplication:
        return AdminApplication(
            self.faults, self.outcomes, self.requests, self.jobs, self.backends, self.tokens
        )

    def _with_controls(self, api: Application) -> Application:
        parts = (self.backends, self.jobs, self.faults, self.outcomes, self.requests)
        page = StatusPage(lambda: status_tables(*parts, self._servers.urls()), self.clock)
        return WithStatusPage(WithAdmin(api, self._admin()), page)

    def _scheduler(self, directory: Path) -> Scheduler:
        machinery = Machinery(
            clock=self.clock,
            timers=self._timers,
            pool=self._pool,
            table=JobTable(self.clock, JobRecords(self.directory / "records")),
            objects=JobObjects(self._transfer, self._buckets()),
            queue=self._queue,
            directory=directory,
            seed=self.settings.seed,
            accept_any_circuit=self.settings.accept_any_circuit,
            strict_width=self.settings.conflicts.strict_width,
        )
        usual = Scenario(self.settings.pace, self.settings.execute)
        return Scheduler(self.backends, machinery, self.outcomes, usual, self.settings.conflicts)

    def _buckets(self) -> BucketStore:
        if self.settings.cos_endpoint is None:
            return EmbeddedBuckets(self.store)
        return RemoteBuckets(
            self.settings.cos_endpoint,
            self._transfer,
            lambda: self.tokens.issue(SERVICE_SUBJECT).access_token,
        )


def _worker_processes(settings: SimulatorSettings) -> Executor:
    from direct_access.simulator.execution import Executor as WorkerProcesses

    return WorkerProcesses(settings.workers)
