"""The Qiskit Runtime REST API, for systems with ``service: cloud``: its versions, an instance's backends.

Lanes, licences and a store of our own are matters of a system on the premises.
"""

from __future__ import annotations

from collections.abc import Iterator

from direct_access.errors import ConfigurationError, TryAgainError
from direct_access.health.check import Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.checks.network import host_of
from direct_access.health.finding import CheckLevel, Measure
from direct_access.qiskit_runtime.backends import RuntimeBackend

STATUSES = ("online", "paused", "offline")


def api(context: CheckContext) -> Iterator[Observation]:
    """Ask which versions of the API there are, and how long ours lives."""
    wanted = context.known_system.api_version
    offered = {each.version: each for each in context.connections.cloud().versions()}
    if offered and wanted not in offered:
        error = ConfigurationError(
            f"the service does not list the api_version {wanted}; it lists {', '.join(sorted(offered))}",
            subject=host_of(context, "api"),
            advice="set api_version of the system to one of them",
        )
        yield failed_with(error, CheckLevel.WARNING)
        return
    sunset = offered[wanted].sunset_date if offered else None
    yield Observation(f"{wanted} is offered{f' until {sunset}' if sunset else ''}")


def backends(context: CheckContext) -> Iterator[Observation]:
    """Ask for the backends of the instance."""
    for backend in context.connections.cloud().backends.all():
        yield _backend(backend)


def _backend(backend: RuntimeBackend) -> Observation:
    status = backend.status or "online"  # an older version tells names only
    measures = tuple(
        Measure("backend_status", float(status == each), {"backend": backend.name, "status": each})
        for each in STATUSES
    )
    if status == "online":
        queue = "" if backend.queue_length is None else f", {backend.queue_length} jobs wait"
        return Observation(f"online{queue}", subject=backend.name, measures=measures)
    reason = f": {backend.reason}" if backend.reason else ""
    error = TryAgainError(
        f"backend {backend.name} is {status}{reason}",
        subject=backend.name,
        advice="try again when it is online, or use another backend",
    )
    return failed_with(error, CheckLevel.WARNING, measures)
