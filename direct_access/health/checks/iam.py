"""IAM, and the tokens that processes share."""

from __future__ import annotations

from collections.abc import Iterator

from direct_access.auth.token_cache import FileCache, cache_key
from direct_access.auth.token_directory import token_directory, why_not_private
from direct_access.errors import ConfigurationError
from direct_access.health.check import Seen, trouble
from direct_access.health.finding import Level, Measure
from direct_access.health.surroundings import Surroundings
from direct_access.units import format_duration


def iam(surroundings: Surroundings) -> Iterator[Seen]:
    """Exchange the API key for a token, past the cache: a cached one would hide a key that was revoked."""
    started_at = surroundings.clock.boottime()
    token = surroundings.connections.token()
    secs = surroundings.clock.boottime() - started_at
    yield Seen(
        f"a token for {format_duration(token.lifetime_secs)}",
        measures=(Measure("iam_latency_seconds", secs),),
    )


def token_cache(surroundings: Surroundings) -> Iterator[Seen]:
    """Look at where processes share tokens; nothing is written."""
    directory = token_directory(surroundings.environment)
    if not directory.exists():
        yield Seen("empty", subject=str(directory))
        return
    if fault := why_not_private(directory):
        error = ConfigurationError(
            f"processes do not share tokens, each asks IAM anew: {fault}",
            subject=str(directory),
            advice=f"remove {directory}: it is made again, for this user alone",
        )
        yield trouble(error, Level.WARNING)
        return
    key = cache_key(surroundings.known_system.iam_url, surroundings.connections.api_key)
    faults: list[str] = []
    held = FileCache(directory, key, faults.append).read()
    if faults:
        advice = f"remove {directory}: it is made again"
        yield trouble(ConfigurationError(faults[0], str(directory), advice=advice), Level.WARNING)
    elif held is None:
        yield Seen("no token of this key", subject=str(directory))
    else:
        left = held.asked_at + held.token.lifetime_secs - surroundings.clock.boottime()
        yield Seen(f"a token for {format_duration(max(0.0, left))} more", subject=str(directory))
