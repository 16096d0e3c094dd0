"""IAM, and the tokens that processes share."""

from __future__ import annotations

from collections.abc import Iterator

from direct_access.auth.token_cache import FileCache, cache_key
from direct_access.auth.token_directory import token_directory, why_not_private
from direct_access.errors import ConfigurationError
from direct_access.health.check import Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckLevel, Measure
from direct_access.units import format_duration


def iam(context: CheckContext) -> Iterator[Observation]:
    """Exchange the API key for a token, past the cache: a cached one would hide a key that was revoked."""
    started_at = context.clock.boottime()
    token = context.connections.token()
    secs = context.clock.boottime() - started_at
    yield Observation(
        f"a token for {format_duration(token.lifetime_secs)}",
        measures=(Measure("iam_latency_seconds", secs),),
    )


def token_cache(context: CheckContext) -> Iterator[Observation]:
    """Look at where processes share tokens; nothing is written."""
    directory = token_directory(context.environment)
    if not directory.exists():
        yield Observation("empty", subject=str(directory))
        return
    if fault := why_not_private(directory):
        error = ConfigurationError(
            f"processes do not share tokens, each asks IAM anew: {fault}",
            subject=str(directory),
            advice=f"remove {directory}: it is made again, for this user alone",
        )
        yield failed_with(error, CheckLevel.WARNING)
        return
    key = cache_key(context.known_system.iam_url, context.connections.api_key)
    faults: list[str] = []
    held = FileCache(directory, key, faults.append).read()
    if faults:
        advice = f"remove {directory}: it is made again"
        yield failed_with(ConfigurationError(faults[0], str(directory), advice=advice), CheckLevel.WARNING)
    elif held is None:
        yield Observation("no token of this key", subject=str(directory))
    else:
        left = held.asked_at + held.token.lifetime_secs - context.clock.boottime()
        yield Observation(f"a token for {format_duration(max(0.0, left))} more", subject=str(directory))
