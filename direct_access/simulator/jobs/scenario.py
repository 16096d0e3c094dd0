"""How a job is played: its pace, and outcomes that are decided beforehand."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from direct_access.simulator.documents import keyword_arguments
from direct_access.simulator.jobs.ending import CANCELLED, COMPLETED, FAILED, Ending

RESULTS = ("complete", "missing", "late", "truncated", "not_json", "empty")


@dataclass(frozen=True)
class Pace:
    """How execution time on the system becomes time on the simulator's clock.

    :param scale: seconds of the clock for a second of execution; 0: a job ends once it is executed
    :param execution_secs: execution time of every job, whatever it does; None: what the circuits would take
    :param manual: a job waits after its acceptance until somebody releases it
    """

    scale: float = 0.0
    execution_secs: float | None = None
    manual: bool = False

    @classmethod
    def immediate(cls) -> Pace:
        """A job ends as soon as it has been executed."""
        return cls()

    @classmethod
    def real_time(cls, scale: float = 1.0) -> Pace:
        """A job takes the time that the circuits would take on hardware, times ``scale``."""
        return cls(scale=scale)

    @classmethod
    def fixed(cls, seconds: float) -> Pace:
        """Every job takes so many seconds."""
        return cls(scale=1.0, execution_secs=seconds)

    @classmethod
    def by_hand(cls) -> Pace:
        """A job waits until it is released, then ends as soon as it has been executed."""
        return cls(manual=True)


@dataclass(frozen=True)
class Scenario:
    """How one job is played.

    :param execute: whether its circuits are executed; if not, the results are invented
    :param ending: how it ends instead of as executed; nothing is executed then
    :param results: ``complete``, ``missing`` (never written), ``late`` (written ``results_delay_secs`` after
        the job is Completed), ``truncated``, ``not_json`` or ``empty``
    :param results_bytes: size of invented results
    """

    pace: Pace
    execute: bool = True
    ending: Ending | None = None
    results: str = "complete"
    results_delay_secs: float = 0.0
    results_bytes: int | None = None


@dataclass
class OutcomeRule:
    """Decides how jobs end, for one job or for the next that are accepted. Fields not given change nothing.

    :param job_id: only this job; None for any
    :param times: for how many jobs, None for all
    :param status: Completed, Failed or Cancelled instead of what execution gives
    :param execute: False: invent results instead of executing circuits
    :param execution_secs: execution time of the job in seconds of the simulator's clock
    :param results: as in :class:`Scenario`
    :param results_bytes: size of invented results; implies ``execute: false``
    """

    job_id: str | None = None
    times: int | None = 1
    status: str | None = None
    reason_code: int | None = None
    reason_message: str | None = None
    reason_solution: str | None = None
    execute: bool | None = None
    execution_secs: float | None = None
    manual: bool | None = None
    results: str = "complete"
    results_delay_secs: float = 0.0
    results_bytes: int | None = None

    def __post_init__(self) -> None:
        if self.results not in RESULTS:
            raise ValueError(f"results {self.results!r}; allowed: {', '.join(RESULTS)}")
        if self.status not in (None, COMPLETED, FAILED, CANCELLED):
            raise ValueError(f"status {self.status!r}; allowed: {COMPLETED}, {FAILED}, {CANCELLED}")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times {self.times}; allowed: 1 or more, null for all")

    @classmethod
    def from_document(cls, document: Any) -> OutcomeRule:
        """Return the rule that this JSON object describes.

        :raises ValueError: unknown keys or values
        """
        return cls(**keyword_arguments(cls, document))

    def to_document(self) -> dict[str, Any]:
        """Return this rule as a JSON object."""
        return asdict(self)

    def applied_to(self, usual: Scenario) -> Scenario:
        """Return the scenario of a job that the rule is for."""
        forced = self.status is not None and self.status != COMPLETED
        ending = None
        if forced and self.status:
            ending = Ending(self.status, self.reason_code, self.reason_message, self.reason_solution)
        execute = usual.execute if self.execute is None else self.execute
        return Scenario(
            pace=self._pace(usual.pace),
            execute=execute and ending is None and self.results_bytes is None,
            ending=ending,
            results=self.results,
            results_delay_secs=self.results_delay_secs,
            results_bytes=self.results_bytes,
        )

    def _pace(self, usual: Pace) -> Pace:
        pace = usual if self.execution_secs is None else Pace.fixed(self.execution_secs)
        manual = usual.manual if self.manual is None else self.manual
        return Pace(pace.scale, pace.execution_secs, manual)


class OutcomeRules:
    """The rules that are still to come; the first that fits a job decides."""

    def __init__(self, rules: Iterable[OutcomeRule] = ()) -> None:
        self._rules = list(rules)
        self._lock = threading.Lock()

    def add(self, rule: OutcomeRule) -> None:
        """Append a rule."""
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._rules.clear()

    def pending(self) -> list[OutcomeRule]:
        """Return the rules that are not used up."""
        with self._lock:
            return list(self._rules)

    def scenario(self, job_id: str, usual: Scenario) -> Scenario:
        """Return how this job is played, and count the rule that says so."""
        with self._lock:
            for rule in self._rules:
                if rule.job_id in (None, job_id):
                    if rule.times is not None:
                        rule.times -= 1
                        if rule.times <= 0:
                            self._rules.remove(rule)
                    return rule.applied_to(usual)
        return usual
