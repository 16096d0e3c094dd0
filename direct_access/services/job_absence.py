"""When a job has vanished: one answer that it is not known may come from a replica that lags behind."""

from __future__ import annotations

from direct_access.clock import Clock
from direct_access.errors import JobVanishedError, NotFoundError

LEAST_ANSWERS = 4
LEAST_SECS = 30.0


class Absence:
    """The answers of an API that does not know a job, since it last knew the job or the job was sent.

    :param least_answers: this many answers make it certain that there is no such job,
    :param least_secs: if this much time lies between the first and the last of them
    """

    def __init__(
        self, clock: Clock, least_answers: int = LEAST_ANSWERS, least_secs: float = LEAST_SECS
    ) -> None:
        self._clock = clock
        self._least_answers = least_answers
        self._least_secs = least_secs
        self._first: float | None = None
        self._last = 0.0
        self.answers = 0

    def count_answer(self) -> None:
        """Count one more answer."""
        self._last = self._clock.boottime()
        self._first = self._last if self._first is None else self._first
        self.answers += 1

    @property
    def certain(self) -> bool:
        """Whether there is no such job."""
        if self._first is None or self.answers < self._least_answers:
            return False
        return self._last - self._first >= self._least_secs


class Absences:
    """An :class:`Absence` for each job that one service is asked about."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of_job: dict[str, Absence] = {}

    def vanished(self, job_id: str, error: NotFoundError) -> JobVanishedError:
        """Count an answer that a known or accepted job is not known; return the error that it means.

        :returns: retryable as long as it is not certain that the job has vanished
        """
        absence = self._of_job.setdefault(job_id, Absence(self._clock))
        absence.count_answer()
        known = "no longer knows" if absence.certain else "says that it does not know"
        return JobVanishedError(
            f"the server {known} job {error.subject or job_id}",
            subject=error.subject or job_id,
            http_status=error.http_status,
            code=error.code,
            request_id=error.request_id,
            retryable=not absence.certain,
        )

    def clear(self, job_id: str) -> None:
        """Start again: the server knows the job."""
        self._of_job.pop(job_id, None)
