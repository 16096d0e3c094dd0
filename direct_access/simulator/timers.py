"""Things to do later, on the simulator's clock.

What is due is decided by the clock alone; a thread only sees to it that nobody has to ask. With a manual
clock :meth:`Timers.run_due` is called by whoever looks (every API request does), so tests never sleep.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable

from direct_access.clock import Clock

LONGEST_WAIT_SECS = 3600.0


class Timer:
    """One thing to do later, unless it is cancelled before."""

    def __init__(self, due: float, action: Callable[[], None]) -> None:
        self.due = due
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Never do it."""
        self.cancelled = True


class Timers:
    """Actions in the order in which they are due. They are called in any thread and must not block."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)

    def start(self) -> None:
        """Begin to call what is due."""
        self._thread.start()

    def stop(self) -> None:
        """Call nothing any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Call the action so many seconds from now."""
        timer = Timer(self._clock.boottime() + seconds, action)
        with self._changed:
            heapq.heappush(self._heap, (timer.due, next(self._order), timer))
            self._changed.notify()
        return timer

    def run_due(self) -> None:
        """Call everything that is due."""
        while self._heap and (timer := self._next_due()):
            if not timer.cancelled:
                timer.action()

    def _next_due(self) -> Timer | None:
        with self._changed:
            if self._heap and self._heap[0][0] <= self._clock.boottime():
                return heapq.heappop(self._heap)[2]
        return None

    def _run(self) -> None:
        while not self._stopped:
            self.run_due()
            with self._changed:
                if not self._stopped and (wait_secs := self._wait_secs()) > 0:
                    self._changed.wait(wait_secs)

    def _wait_secs(self) -> float:
        if not self._heap:
            return LONGEST_WAIT_SECS
        return min(self._heap[0][0] - self._clock.boottime(), LONGEST_WAIT_SECS)
