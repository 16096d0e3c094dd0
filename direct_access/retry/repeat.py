"""Trying again.

A :class:`.RetryPolicy` says which errors it covers and how long it goes on (:mod:`.policies` has ours);
a :class:`Patience` says how long the caller may wait in all, and who is notified. :func:`repeat` uses both.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TypeVar

from direct_access.clock import Clock
from direct_access.errors import DirectAccessError
from direct_access.light_dataclass import dataclass
from direct_access.retry.attempt import attempt_numbered
from direct_access.retry.deadline import Deadline, no_deadline
from direct_access.retry.notice import WaitNotice, tell_retry
from direct_access.retry.policy import RetryPolicy

T = TypeVar("T")

JITTER = 0.1
TELL_AGAIN_SECS = 30.0
"""The second line about a failure follows the first after this time, each further one after twice as long."""


class Interrupted(Exception):
    """``stop`` of the :class:`Patience` was set: no further attempt was made.

    Not one of :mod:`direct_access.errors`, since it says nothing about what failed: the code that set the
    event knows why and decides what follows. ``__cause__`` is the error of the last attempt.
    """


def _ignore(_notice: WaitNotice) -> None: ...


@dataclass(frozen=True)
class Patience:
    """How long a caller may wait, and who is notified of waits.

    :param stop: set it to end every wait at once
    :param deadline: after it nothing is tried again
    :param notify: called when a failure begins, at growing intervals while it lasts, and when it is over
    :param random: numbers from 0 to 1, for the jitter
    """

    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)
    deadline: Deadline = no_deadline
    notify: Callable[[WaitNotice], None] = _ignore
    random: Callable[[], float] = random.random


@dataclass
class _Trouble:
    """What one policy has covered so far."""

    policy: RetryPolicy
    since: float
    error: DirectAccessError
    attempts: int = 0
    told_at: float | None = None

    def until(self, deadline: float | None) -> float | None:
        own = None if self.policy.total_secs is None else self.since + self.policy.total_secs
        return min((bound for bound in (own, deadline) if bound is not None), default=None)

    def is_news(self, now: float) -> bool:
        """Whether it is time for another line: as long again has passed as until the last one."""
        if self.told_at is None:
            return True
        return now - self.told_at >= max(TELL_AGAIN_SECS, self.told_at - self.since)


def repeat(policies: RetryPolicy | Sequence[RetryPolicy], patience: Patience, attempt: Callable[[], T]) -> T:
    """Return what ``attempt`` returns, called again as long as a policy covers the error it raises.

    The delay is the policy's, or the server's ``Retry-After`` where that is longer, up to a bound of the
    policy's. The last attempt is made when patience ends, whatever the server asks for.

    :param policies: the first one that covers an error counts
    :raises DirectAccessError: the last error, once no policy covers it or patience has ended
    :raises Interrupted: ``patience.stop`` was set during a wait
    """
    table = (policies,) if isinstance(policies, RetryPolicy) else tuple(policies)
    troubles: dict[RetryPolicy, _Trouble] = {}
    try:
        while True:
            try:
                with attempt_numbered(1 + sum(trouble.attempts for trouble in troubles.values())):
                    result = attempt()
            except DirectAccessError as error:
                policy = next((policy for policy in table if policy.covers(error)), None)
                if policy is None or not _wait_after(error, policy, troubles, patience):
                    raise
            else:
                _tell_that_all_is_over(troubles, patience)
                return result
    finally:
        troubles.clear()  # an error refers to this frame, and so does every connection that it met


def _wait_after(
    error: DirectAccessError, policy: RetryPolicy, troubles: dict[RetryPolicy, _Trouble], patience: Patience
) -> bool:
    """Wait for the next attempt; return False at once if there is none."""
    trouble = troubles.setdefault(policy, _Trouble(policy, patience.clock.boottime(), error))
    trouble.error = error
    trouble.attempts += 1
    delay = _delay_secs(trouble, patience, error)
    if delay is None:
        return False
    tell_retry(trouble.policy.name, trouble.error, trouble.attempts, delay)
    now = patience.clock.boottime()
    if trouble.is_news(now):
        trouble.told_at = now
        _tell(trouble, patience, delay)
    if patience.clock.wait(patience.stop, delay):
        raise Interrupted from error
    return True


def _tell_that_all_is_over(troubles: dict[RetryPolicy, _Trouble], patience: Patience) -> None:
    for trouble in troubles.values():
        _tell(trouble, patience, None)


def _delay_secs(trouble: _Trouble, patience: Patience, error: DirectAccessError) -> float | None:
    """Return the seconds to the next attempt, None if there is none."""
    policy = trouble.policy
    if policy.attempts is not None and trouble.attempts >= policy.attempts:
        return None
    jitter = 1 + JITTER * (2 * patience.random() - 1)
    delay = max(policy.delay_secs(trouble.attempts) * jitter, policy.asked_secs(error))
    until = trouble.until(patience.deadline())
    if until is None:
        return delay
    left = until - patience.clock.boottime()
    return None if left <= 0 else min(delay, left)


def _tell(trouble: _Trouble, patience: Patience, next_try_secs: float | None) -> None:
    now, wall = patience.clock.boottime(), patience.clock.wall()
    until = trouble.until(patience.deadline())
    patience.notify(
        WaitNotice(
            reason=trouble.policy.name,
            error=trouble.error,
            since=wall - (now - trouble.since),
            until=None if until is None else wall + (until - now),
            next_try_secs=next_try_secs,
        )
    )
