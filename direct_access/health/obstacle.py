"""What stands between a user and a result: the first cause, in the order from this node outwards."""

from __future__ import annotations

from collections.abc import Mapping

from direct_access.health.check import Report, Result
from direct_access.health.finding import Level
from direct_access.health.surroundings import Surroundings
from direct_access.slurm.grant import granted_backends

_OF_ONE_BACKEND = ("backends", "lanes")


def first_obstacle(report: Report, backend: str | None) -> Result | None:
    """Return the first result that no job gets past.

    :param backend: a warning about this one is an obstacle, too: it takes no job now
    """
    return next((result for result in report.results if _stops_a_job(result, backend)), None)


def _stops_a_job(result: Result, backend: str | None) -> bool:
    finding = result.finding
    if result.because is not None or result.error is None:
        return False
    if finding.level is Level.CRITICAL:
        return True
    is_about_it = finding.check in _OF_ONE_BACKEND and finding.subject == backend
    return is_about_it and finding.level is Level.WARNING


def backend_to_try(surroundings: Surroundings, report: Report, environment: Mapping[str, str]) -> str | None:
    """Return the backend for a test job: the one chosen, granted by Slurm, the default, else any."""
    if surroundings.settings is None or surroundings.system is None:
        return None
    known = [f.subject for f in report.findings if f.check == "backends" and f.measures]
    candidates = (
        surroundings.settings.backend,
        *granted_backends(environment)[:1],
        surroundings.system.default_backend,
        *known,
    )
    return next((name for name in candidates if name), None)
