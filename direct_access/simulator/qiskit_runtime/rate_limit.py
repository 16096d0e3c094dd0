"""How often a user may submit."""

from __future__ import annotations

import threading
from collections import defaultdict, deque

from direct_access.clock import Clock
from direct_access.simulator.qiskit_runtime.errors import TOO_MANY_REQUESTS, ApiError

WINDOW_SECS = 60.0


class SubmissionLimit:
    """Counts the submissions of each user in the last minute.

    :param per_minute: how many are accepted, None for any number
    """

    def __init__(self, per_minute: int | None, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._accepted: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def count(self, user: str) -> None:
        """Count a submission.

        :raises ApiError: 429, if it is one too many
        """
        if self._per_minute is None:
            return
        now = self._clock.boottime()
        with self._lock:
            accepted = self._accepted[user]
            while accepted and accepted[0] <= now - WINDOW_SECS:
                accepted.popleft()
            if len(accepted) >= self._per_minute:
                message = f"More than {self._per_minute} jobs were submitted within a minute."
                raise ApiError(429, TOO_MANY_REQUESTS, message, "Wait before you submit the next job.")
            accepted.append(now)
