"""The API of the quantum system: its version, its backends, their lanes and their calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from direct_access.clock import parse_rfc3339
from direct_access.errors import (
    ConfigurationError,
    DirectAccessError,
    InputError,
    ProtocolError,
    TryAgainError,
)
from direct_access.health.check import Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.checks.network import host_of
from direct_access.health.finding import CheckLevel, Measure
from direct_access.light_dataclass import dataclass
from direct_access.model.backends import Backend
from direct_access.model.jobs import JobState, JobStatus
from direct_access.services.on_prem.match_job import handle_of
from direct_access.units import format_duration

STATUSES = ("online", "paused", "offline")
MOST_MARKS = 32
"""Of how many jobs it is asked whether they were left on purpose; a request each."""


def api(context: CheckContext) -> Iterator[Observation]:
    """Ask for the version of the API, and for those that it offers."""
    client, wanted = context.connections.client, context.known_system.api_version
    host = host_of(context, "api")
    version, offered = client.version(), client.versions()
    if offered and wanted not in offered:
        error = ConfigurationError(
            f"{host} does not list the api_version {wanted}; it lists {', '.join(offered)}",
            subject=host,
            advice="set api_version of the system to one of them",
        )
        yield failed_with(error, CheckLevel.WARNING)
        return
    yield Observation(f"version {version}; {wanted} is asked for", subject=host)


def backends(context: CheckContext) -> Iterator[Observation]:
    """Ask for the status of each backend."""
    found = context.connections.client.backends()
    for backend in found:
        yield _backend(backend)
    wanted = context.known_system.default_backend
    if wanted and wanted not in {backend.name for backend in found}:
        names = ", ".join(backend.name for backend in found) or "none"
        raise ConfigurationError(
            f"the system has no backend {wanted}, which is the default one; it has {names}",
            subject=wanted,
            advice="set default_backend of the system",
        )


def _backend(backend: Backend) -> Observation:
    labels = {"backend": backend.name}
    measures = [
        Measure("backend_status", float(backend.status == status), {**labels, "status": status})
        for status in STATUSES
    ]
    measures.append(Measure("backend_reserved", float(bool(backend.locked)), labels))
    said = f": {backend.message}" if backend.message else ""
    if backend.status != "online":
        error = TryAgainError(
            f"backend {backend.name} is {backend.status}{said}",
            subject=backend.name,
            advice="try again when it is online, or use another backend",
        )
        return failed_with(error, CheckLevel.WARNING, tuple(measures))
    if backend.locked:
        error = TryAgainError(
            f"backend {backend.name} is reserved{said}",
            subject=backend.name,
            advice="jobs outside the reservation wait until it has ended; use another backend meanwhile",
        )
        return failed_with(error, CheckLevel.WARNING, tuple(measures))
    return Observation(f"online{said}", subject=backend.name, measures=tuple(measures))


def lanes(context: CheckContext) -> Iterator[Observation]:
    """Count the lanes of each backend that jobs of this account hold; others' jobs the API does not show."""
    client = context.connections.client
    jobs = client.jobs()
    counts = Counter(job.status.value for job in jobs)
    statuses = [status.value for status in JobStatus if status is not JobStatus.QUEUED]
    numbers = tuple(Measure("jobs", float(counts[status]), {"status": status}) for status in statuses)
    for backend in client.backends():
        try:
            total = client.lanes(backend.name).hpc_workload_manager
        except (InputError, ConfigurationError, ProtocolError):
            total = None  # an older server
        own = [job for job in jobs if job.backend == backend.name]
        running = [job for job in own if not job.status.is_final]
        detached = _left_on_purpose(context, running)
        counted = _Lanes(backend.name, total, len(running), detached, len(own) - len(running))
        yield _seen(counted, numbers)
        numbers = ()


@dataclass(frozen=True)
class _Lanes:
    """The lanes of a backend, as far as this account sees them.

    :param total: None where the server does not tell
    :param detached: how many of those in use are held by jobs that were left on purpose
    :param ended: jobs that have ended and still exist, which some servers count too
    """

    backend: str
    total: int | None
    used: int
    detached: int
    ended: int

    @property
    def besides(self) -> str:
        """In words, what holds lanes without running for anybody."""
        parts = [f", {self.detached} of them by jobs that were left on purpose"] if self.detached else []
        parts += [f"; {self.ended} jobs have ended and are not deleted"] if self.ended else []
        return "".join(parts)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The numbers, as far as they are known."""
        values = {"lanes_used": self.used, "lanes_detached": self.detached}
        if self.total is not None:
            values |= {"lanes": self.total, "lanes_free": max(0, self.total - self.used)}
        return tuple(Measure(name, float(value), {"backend": self.backend}) for name, value in values.items())


def _seen(lanes: _Lanes, numbers: tuple[Measure, ...]) -> Observation:
    measures = (*numbers, *lanes.measures)
    if lanes.total is None:
        words = f"{lanes.used} in use, the server does not tell of how many{lanes.besides}"
        return Observation(words, subject=lanes.backend, measures=measures)
    if lanes.used < lanes.total:
        words = f"{lanes.used} of {lanes.total} in use{lanes.besides}"
        return Observation(words, subject=lanes.backend, measures=measures)
    error = TryAgainError(
        f"all {lanes.total} lanes of {lanes.backend} are in use{lanes.besides}",
        subject=lanes.backend,
        advice="new jobs wait; 'direct-access list' shows who holds them, "
        "'direct-access collect --all' frees those of jobs that have ended",
    )
    return failed_with(error, CheckLevel.WARNING, measures)


def _left_on_purpose(context: CheckContext, jobs: Sequence[JobState]) -> int:
    """Return how many jobs have a mark; 0 where the store cannot be asked, which its own check tells."""
    system, service = context.known_system, context.connections.service
    count = 0
    try:
        for job in jobs[:MOST_MARKS]:
            handle = handle_of(job, system)
            count += "results" in handle.objects and service.detached_until(handle.to_json()) is not None
    except DirectAccessError:
        return count
    return count


def calibration(context: CheckContext) -> Iterator[Observation]:
    """Look at when each backend was last calibrated."""
    client, longest = context.connections.client, context.bounds.calibration_warning_secs
    for backend in client.backends():
        date = client.properties(backend.name).last_update_date
        try:
            calibrated_at = parse_rfc3339(date or "")
        except ValueError:
            yield Observation("the server does not tell", subject=backend.name)
            continue
        age = max(0.0, context.clock.wall() - calibrated_at)
        measures = (Measure("calibration_timestamp_seconds", calibrated_at, {"backend": backend.name}),)
        if age <= longest:
            yield Observation(f"{format_duration(age)} ago", subject=backend.name, measures=measures)
            continue
        error = TryAgainError(
            f"backend {backend.name} was last calibrated {format_duration(age)} ago",
            subject=backend.name,
            advice="ask the operator of the quantum system; results may be worse than usual",
        )
        yield failed_with(error, CheckLevel.WARNING, measures)
