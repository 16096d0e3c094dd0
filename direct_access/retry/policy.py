"""Which errors are worth another attempt, as data."""

from __future__ import annotations

from direct_access.errors import DirectAccessError
from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """Which errors are worth another attempt, and how many.

    :param what: classes of errors; only those that say ``retryable`` count
    :param statuses: HTTP statuses, None for an exchange without an answer; empty for any
    :param first_secs: first delay, multiplied by ``factor`` each time, up to ``max_secs``; ±10 % of jitter
    :param attempts: attempts in all, None without bound
    :param total_secs: seconds from the first failure to the last attempt, None without bound
    :param most_asked_secs: longest ``Retry-After`` that is kept to
    :param why: what it is for, for people
    """

    name: str
    what: tuple[type[DirectAccessError], ...]
    statuses: frozenset[int | None] = frozenset()
    first_secs: float = 1.0
    factor: float = 2.0
    max_secs: float = 30.0
    attempts: int | None = None
    total_secs: float | None = None
    most_asked_secs: float = 60.0
    why: str = ""

    def covers(self, error: DirectAccessError) -> bool:
        """Return whether another attempt makes sense after this error."""
        known = not self.statuses or error.http_status in self.statuses
        return error.retryable and isinstance(error, self.what) and known

    def delay_secs(self, attempt: int) -> float:
        """Return the delay after the given failed attempt, counted from 1, without jitter."""
        return float(min(self.max_secs, self.first_secs * self.factor ** min(attempt - 1, 64)))

    def asked_secs(self, error: DirectAccessError) -> float:
        """Return the delay that the server asks for, as far as we keep to it; 0 without ``Retry-After``."""
        return min(error.retry_after_secs or 0.0, self.most_asked_secs)
