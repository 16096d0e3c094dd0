"""The clock of this node against the servers', by the ``Date`` of an answer (RFC 9110, 6.6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from direct_access.errors import ConfigurationError, DirectAccessError
from direct_access.health.check import Seen, trouble
from direct_access.health.checks.network import host_of
from direct_access.health.finding import Level, Measure
from direct_access.health.surroundings import Surroundings
from direct_access.transport.server_date import http_date_secs
from direct_access.units import format_duration


def clock(surroundings: Surroundings) -> Iterator[Seen]:
    """Compare the clocks; IAM is the judge between two that differ.

    That the API does not answer is for the check of the API to tell, and says nothing of clocks.
    """
    host = host_of(surroundings, "api")
    ahead = _ahead_secs(surroundings, "api")
    if ahead is None:
        yield Seen("the server does not tell its time")
        return
    measures = (Measure("clock_skew_seconds", ahead, {"host": host}),)
    difference = f"{format_duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'}"
    bounds = surroundings.bounds
    if abs(ahead) <= bounds.clock_warning_secs:
        yield Seen(f"{difference} the server's", subject=host, measures=measures)
        return
    level = Level.CRITICAL if abs(ahead) > bounds.clock_critical_secs else Level.WARNING
    if _is_the_servers_fault(surroundings):
        message = f"the clock of {host} is wrong: this node, which IAM agrees with, is {difference} it"
        error = ConfigurationError(message, host, advice="have the operator of the API set its clock")
    else:
        message = f"this node's clock is {difference} the clock of {host}"
        error = ConfigurationError(message, host, advice="set this node's clock")
    yield trouble(error, level, measures)


def _is_the_servers_fault(surroundings: Surroundings) -> bool:
    ahead = _ahead_secs(surroundings, "iam")
    return ahead is not None and abs(ahead) <= surroundings.bounds.clock_warning_secs


def _ahead_secs(surroundings: Surroundings, endpoint: str) -> float | None:
    """Return by how much this node's clock is ahead, None where the server tells nothing."""
    try:
        response = surroundings.connections.http.request("HEAD", surroundings.url(endpoint) or "")
    except DirectAccessError:
        return None
    server = http_date_secs(response.headers.get("Date", ""))
    return None if server is None else surroundings.clock.wall() - server
