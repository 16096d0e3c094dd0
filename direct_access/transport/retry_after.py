"""After what time a server asks us to try again."""

from __future__ import annotations

from collections.abc import Mapping

from direct_access.clock import Clock
from direct_access.transport.server_date import http_date_secs

DAY_SECS = 86_400.0


def retry_after_secs(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return what ``Retry-After`` says in seconds (RFC 9110, 10.2.3), None without a usable one.

    At most a day, so that an absurd value does no harm. A date is compared
    with the server's own ``Date`` where it sends one, so that our clock may be wrong.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text[:20]), DAY_SECS)
    moment = http_date_secs(text)
    if moment is None:
        return None
    now = http_date_secs(headers.get("Date", ""))
    return min(max(0.0, moment - (clock.wall() if now is None else now)), DAY_SECS)
