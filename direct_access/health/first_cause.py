"""What stands between a user and a result: the first cause, in the order from this node outwards."""

from __future__ import annotations

from collections.abc import Mapping

from direct_access.health.check import CheckReport, Result
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckLevel
from direct_access.slurm.grant import granted_backends

_OF_ONE_BACKEND = ("backends", "lanes")


def first_cause(report: CheckReport, backend: str | None) -> Result | None:
    """Return the first result that no job gets past.

    :param backend: a warning about this one is a cause, too: it takes no job now
    """
    return next((result for result in report.results if _stops_a_job(result, backend)), None)


def _stops_a_job(result: Result, backend: str | None) -> bool:
    finding = result.finding
    if result.because is not None or result.error is None:
        return False
    if finding.level is CheckLevel.CRITICAL:
        return True
    is_about_it = finding.check in _OF_ONE_BACKEND and finding.subject == backend
    return is_about_it and finding.level is CheckLevel.WARNING


def backend_to_try(context: CheckContext, report: CheckReport, environment: Mapping[str, str]) -> str | None:
    """Return the backend for a test job: the one chosen, granted by Slurm, the default, else any."""
    if context.settings is None or context.system is None:
        return None
    known = [f.subject for f in report.findings if f.check == "backends" and f.measures]
    candidates = (
        context.settings.backend,
        *granted_backends(environment)[:1],
        context.system.default_backend,
        *known,
    )
    return next((name for name in candidates if name), None)
