"""The clock of this node against the servers', by the ``Date`` of an answer (RFC 9110, 6.6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from direct_access.errors import ConfigurationError, DirectAccessError
from direct_access.health.check import Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.checks.network import host_of
from direct_access.health.finding import CheckLevel, Measure
from direct_access.transport.server_date import http_date_secs
from direct_access.units import format_duration


def clock(context: CheckContext) -> Iterator[Observation]:
    """Compare the clocks; IAM is the judge between two that differ.

    That the API does not answer is for the check of the API to tell, and says nothing of clocks.
    """
    host = host_of(context, "api")
    ahead = _ahead_secs(context, "api")
    if ahead is None:
        yield Observation("the server does not tell its time")
        return
    measures = (Measure("clock_skew_seconds", ahead, {"host": host}),)
    difference = f"{format_duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'}"
    bounds = context.bounds
    if abs(ahead) <= bounds.clock_warning_secs:
        yield Observation(f"{difference} the server's", subject=host, measures=measures)
        return
    level = CheckLevel.CRITICAL if abs(ahead) > bounds.clock_critical_secs else CheckLevel.WARNING
    if _is_the_servers_fault(context):
        message = f"the clock of {host} is wrong: this node, which IAM agrees with, is {difference} it"
        error = ConfigurationError(message, host, advice="have the operator of the API set its clock")
    else:
        message = f"this node's clock is {difference} the clock of {host}"
        error = ConfigurationError(message, host, advice="set this node's clock")
    yield failed_with(error, level, measures)


def _is_the_servers_fault(context: CheckContext) -> bool:
    ahead = _ahead_secs(context, "iam")
    return ahead is not None and abs(ahead) <= context.bounds.clock_warning_secs


def _ahead_secs(context: CheckContext, endpoint: str) -> float | None:
    """Return by how much this node's clock is ahead, None where the server tells nothing."""
    try:
        response = context.connections.http.request("HEAD", context.url(endpoint) or "")
    except DirectAccessError:
        return None
    server = http_date_secs(response.headers.get("Date", ""))
    return None if server is None else context.clock.wall() - server
