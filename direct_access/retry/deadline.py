"""The deadline of everything that is tried again, and the time limit of one request with all its parts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from direct_access.clock import Clock

Deadline = Callable[[], float | None]
"""Returns the boot time (:meth:`direct_access.clock.Clock.boottime`) after which nothing is tried again, None
without bound. It is asked each time, since it may move: Slurm's time limit can be extended."""

GRACE_SECS = 2.0
"""A request that is under way at the deadline may still end, and a waiting run may ask once more."""
SHORTEST_SECS = 0.001  # to a socket, a timeout of 0 means not to wait at all

_this_thread = threading.local()


def no_deadline() -> float | None:
    """Return None: the :data:`Deadline` of a caller that may wait without bound."""
    return None


def fixed_deadline(boottime: float | None) -> Deadline:
    """Return a deadline that does not move."""
    return lambda: boottime


class OutOfTime(TimeoutError):
    """The deadline has passed."""


class TimeLimit:
    """Until when one request may take.

    :param deadline: asked each time, since it may move
    :param grace_secs: how much later a request may end
    """

    def __init__(self, clock: Clock, deadline: Deadline, grace_secs: float = GRACE_SECS) -> None:
        self._clock = clock
        self._deadline = deadline
        self._grace_secs = grace_secs

    def left_secs(self) -> float | None:
        """Return the seconds that are left, 0 or less when the time is over, None without bound."""
        until = self._deadline()
        return None if until is None else until + self._grace_secs - self._clock.boottime()

    def shortened(self, secs: float | None) -> float | None:
        """Return how long one step of a request may take, at most the given time.

        :raises OutOfTime: if no time is left
        """
        left = self.left_secs()
        if left is None:
            return secs
        if left <= 0:
            raise OutOfTime("the time is over")
        return max(SHORTEST_SECS, left if secs is None else min(secs, left))


def limit_under_way() -> TimeLimit | None:
    """Return the limit of the request that this thread makes."""
    return getattr(_this_thread, "limit", None)


@contextmanager
def limited(limit: TimeLimit) -> Iterator[None]:
    """Have the requests of this thread obey a limit; what is inside :func:`last_requests` has one already."""
    if getattr(_this_thread, "is_last", False):
        yield
        return
    outer, _this_thread.limit = limit_under_way(), limit
    try:
        yield
    finally:
        _this_thread.limit = outer


@contextmanager
def last_requests(clock: Clock, secs: float) -> Iterator[None]:
    """Give the requests of this thread so much time, although the deadline may have passed: to tidy up."""
    outer = limit_under_way()
    _this_thread.limit = TimeLimit(clock, fixed_deadline(clock.boottime() + secs), grace_secs=0.0)
    _this_thread.is_last = True
    try:
        yield
    finally:
        _this_thread.limit, _this_thread.is_last = outer, False
