"""A clock that is wrong, as those of real machines are."""

from __future__ import annotations

import threading

from direct_access.clock import Clock


class SkewedClock:
    """Another clock whose time of day is ahead by some seconds, or behind if negative."""

    def __init__(self, clock: Clock, ahead_secs: float) -> None:
        self._clock = clock
        self.ahead_secs = ahead_secs

    def wall(self) -> float:
        return self._clock.wall() + self.ahead_secs

    def boottime(self) -> float:
        return self._clock.boottime()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return self._clock.wait(event, seconds)
