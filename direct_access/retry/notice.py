"""Why a run waits: for the user, and as an event."""

from __future__ import annotations

from direct_access.errors import DirectAccessError
from direct_access.events import Event, Text, tell, wanted
from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class WaitNotice:
    """Why a run waits, for the user.

    :param reason: name of the policy
    :param error: what the last attempt met
    :param since: time of day (seconds since the epoch) of the first failure
    :param until: time of day at which we give up, None without bound
    :param next_try_secs: seconds to the next attempt; None when the trouble is over
    """

    reason: str
    error: DirectAccessError
    since: float
    until: float | None
    next_try_secs: float | None


def tell_retry(policy: str, error: DirectAccessError, attempt: int, delay_secs: float) -> None:
    """Tell after which failed attempt another one follows, and when."""
    if wanted(Event.RETRY):
        tell(
            Event.RETRY,
            policy=Text(policy),
            attempt=attempt,
            delay_secs=delay_secs,
            kind=Text(error.kind),
            status=error.http_status,
            request_id=Text(error.request_id) if error.request_id else None,
        )
