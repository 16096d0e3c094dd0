"""What a server's clock says, from its ``Date`` header (RFC 9110, 6.6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

from direct_access.clock import Clock, rfc3339
from direct_access.units import format_duration

TOLERANCE_SECS = 60.0
_LONGEST_DATE = 64


def http_date_secs(text: str) -> float | None:
    """Return the seconds since the epoch of a date in a header (RFC 9110, 5.6.7), None if it is none."""
    if len(text) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc).timestamp()  # so that we can print it again
    except (ArithmeticError, LookupError, TypeError, ValueError):  # the parser, given an invalid date
        return None


def wrong_clock(headers: Mapping[str, str], clock: Clock) -> str | None:
    """Return what is wrong with this node's clock, None where it agrees with the server's within a minute.

    Servers refuse what a wrong clock produces (a signature, a certificate check) without naming the clock.
    """
    server = http_date_secs(headers.get("Date", ""))
    if server is None or abs(clock.wall() - server) <= TOLERANCE_SECS:
        return None
    ahead = clock.wall() - server
    difference = f"{format_duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'}"
    return f"this node's clock ({rfc3339(clock.wall())}) is {difference} the server's ({rfc3339(server)})"
