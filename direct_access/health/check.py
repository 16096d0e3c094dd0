"""What a check is, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from direct_access.errors import DirectAccessError
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckFinding, CheckLevel, Measure
from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class Observation:
    """What a check saw of one subject.

    :param seen: one line
    :param subject: instead of the check's own
    :param error: what it would mean for a job, where the level is not OK
    """

    seen: str
    level: CheckLevel = CheckLevel.OK
    subject: str | None = None
    advice: str = ""
    measures: tuple[Measure, ...] = ()
    error: DirectAccessError | None = None


def failed_with(
    error: DirectAccessError, level: CheckLevel, measures: tuple[Measure, ...] = ()
) -> Observation:
    """Return what is seen where something is wrong: the error, in its own words."""
    return Observation(error.message, level, error.subject, error.advice or "", measures, error)


def check_failed_with(error: DirectAccessError, level: CheckLevel = CheckLevel.CRITICAL) -> Observation:
    """Return the same about what the check looks at: it has one name, whatever the error calls it."""
    return Observation(error.message, level, None, error.advice or "", (), error)


Look = Callable[[CheckContext], Iterable[Observation]]


def _nobody(_context: CheckContext) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    :param name: such as ``tls.api``; the part before the dot is the same for every server
    :param look: yields what it sees; what it raises as DirectAccessError is CRITICAL
    :param tried: what it does, for people
    :param advice: what to do where the error itself does not say
    :param after: checks without which this one says nothing; if one fails, this one is skipped
    :param also_after: further ones that depend on the configuration
    :param subject: what it looks at, where what it sees does not say
    :param late: its level if it does not end in time
    :param command: what shows more, or does it; ``{}`` stands for the host or path that is looked at
    """

    name: str
    look: Look
    tried: str
    advice: str
    after: tuple[str, ...] = ()
    also_after: Callable[[CheckContext], tuple[str, ...]] = _nobody
    subject: Callable[[CheckContext], str] = lambda _context: "this node"
    late: CheckLevel = CheckLevel.CRITICAL
    command: str = "direct-access config show --origin"

    def is_one_of(self, names: Iterable[str]) -> bool:
        """Whether it is named, by its whole name or by the part before the dot."""
        return not {self.name, self.name.partition(".")[0]}.isdisjoint(names)


@dataclass(frozen=True)
class Result:
    """A finding with what only this process needs.

    :param error: what it means for a job
    :param because: the check that failed, where this one was skipped
    :param command: what to type next, where something is wrong
    """

    finding: CheckFinding
    error: DirectAccessError | None = None
    because: str | None = None
    command: str = ""

    @property
    def is_cause(self) -> bool:
        """Whether something is broken here, and not only behind it."""
        return self.because is None and self.finding.level in (CheckLevel.CRITICAL, CheckLevel.UNKNOWN)


@dataclass(frozen=True)
class CheckReport:
    """What all checks found, in the order of the registry.

    :param system: the system of the configuration, empty where there is none
    :param checked_at: when they ended, seconds since the epoch
    :param secs: how long they took together
    """

    system: str
    checked_at: float
    secs: float
    results: tuple[Result, ...]

    @property
    def findings(self) -> tuple[CheckFinding, ...]:
        """All findings, those of skipped checks included."""
        return tuple(result.finding for result in self.results)

    @property
    def level(self) -> CheckLevel:
        """The worst level: CRITICAL, WARNING, UNKNOWN, OK; instead of what was skipped its cause counts."""
        found = {result.finding.level for result in self.results if result.because is None}
        order = (CheckLevel.CRITICAL, CheckLevel.WARNING, CheckLevel.UNKNOWN)
        return next((level for level in order if level in found), CheckLevel.OK)

    @property
    def cause(self) -> Result | None:
        """The first finding of the worst level, None if all is well."""
        if self.level is CheckLevel.OK:
            return None
        return next(r for r in self.results if r.because is None and r.finding.level is self.level)
