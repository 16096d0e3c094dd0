"""Making checks: each in a thread as soon as those before it are done, and all of them under one deadline."""

from __future__ import annotations

import queue
import shlex
import threading
from collections.abc import Sequence

from direct_access.errors import DirectAccessError, InternalError, UnavailableError
from direct_access.health.check import Check, CheckReport, Observation, Result, check_failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckFinding, CheckLevel
from direct_access.redact import redact_text
from direct_access.units import format_duration


def run_checks(context: CheckContext, checks: Sequence[Check]) -> CheckReport:
    """Make checks and return what they found, at the deadline of the context at the latest.

    A thread that does not end by then is left behind: it is a daemon.
    """
    started_at = context.clock.boottime()
    results = _Pass(context, checks).results()
    return CheckReport(
        system=context.system.name if context.system else "",
        checked_at=context.clock.wall(),
        secs=context.clock.boottime() - started_at,
        results=tuple(result for check in checks for result in results[check.name]),
    )


class _Pass:
    """One pass over some checks."""

    def __init__(self, context: CheckContext, checks: Sequence[Check]) -> None:
        self._context = context
        self._checks = checks
        self._named = {check.name for check in checks}
        self._done: dict[str, list[Result]] = {}
        self._ended: queue.SimpleQueue[tuple[Check, list[Result]]] = queue.SimpleQueue()

    def results(self) -> dict[str, list[Result]]:
        """Return the results of each check by its name."""
        waiting = list(self._checks)
        running: dict[str, Check] = {}
        while waiting or running:
            for check in [check for check in waiting if self._is_ready(check)]:
                waiting.remove(check)
                if because := self._why_skipped(check):
                    self._done[check.name] = [_skipped(check, self._context, because)]
                else:
                    running[check.name] = check
                    threading.Thread(target=self._make, args=(check,), name=check.name, daemon=True).start()
            if not running:
                continue
            try:
                check, results = self._ended.get(timeout=self._context.secs_left)
            except queue.Empty:
                self._give_up(running, waiting)
                break
            del running[check.name]
            self._done[check.name] = results
        return self._done

    def _before(self, check: Check) -> list[str]:
        names = (*check.after, *self._if_configured(check))
        return [name for name in names if name in self._named]

    def _if_configured(self, check: Check) -> tuple[str, ...]:
        return check.also_after(self._context) if self._context.system else ()

    def _is_ready(self, check: Check) -> bool:
        return all(name in self._done for name in self._before(check))

    def _why_skipped(self, check: Check) -> str | None:
        """Return the check whose failure stands before this one."""
        for name in self._before(check):
            for result in self._done[name]:
                if result.because or result.is_cause:
                    return result.because or name
        return None

    def _make(self, check: Check) -> None:
        self._ended.put((check, make(check, self._context)))

    def _give_up(self, running: dict[str, Check], waiting: list[Check]) -> None:
        for check in running.values():
            self._done[check.name] = [_late(check, self._context)]
        first = next(iter(running))
        for check in waiting:
            because = self._late_before(check, running) or first
            self._done[check.name] = [_skipped(check, self._context, because)]

    def _late_before(self, check: Check, running: dict[str, Check]) -> str | None:
        return next((name for name in self._before(check) if name in running), None)


def make(check: Check, context: CheckContext) -> list[Result]:
    """Make one check, whatever it raises."""
    started_at = context.clock.boottime()
    seen: list[Observation] = []
    try:
        seen.extend(check.look(context))
    except DirectAccessError as error:
        seen.append(check_failed_with(error))
    except Exception as error:
        bug = InternalError(f"{type(error).__name__}: {error}", advice="this is a bug of ours: report it")
        seen.append(check_failed_with(bug, CheckLevel.UNKNOWN))
    secs = context.clock.boottime() - started_at
    return [_result(check, context, each, secs) for each in seen]


def _result(check: Check, context: CheckContext, seen: Observation, secs: float) -> Result:
    finding = _finding(check, context, seen, secs)
    if finding.level is CheckLevel.OK:
        return Result(finding)
    return Result(finding, seen.error, command=check.command.format(_hop(finding.subject)))


def _hop(subject: str) -> str:
    """Return a host without its port, or a path as a shell reads it."""
    host, _, port = subject.rpartition(":")
    return shlex.quote(host if port.isdigit() and host else subject)


def _finding(check: Check, context: CheckContext, seen: Observation, secs: float) -> CheckFinding:
    advice = seen.advice or (check.advice if seen.level is not CheckLevel.OK else "")
    return CheckFinding(
        check=check.name,
        subject=redact_text(seen.subject or _subject(check, context)),
        level=seen.level,
        tried=check.tried,
        seen=redact_text(" ".join(seen.seen.split())),
        advice=redact_text(advice),
        secs=secs,
        measures=seen.measures,
    )


def _subject(check: Check, context: CheckContext) -> str:
    try:
        return check.subject(context)
    except DirectAccessError as error:
        return error.subject or "this node"


def _skipped(check: Check, context: CheckContext, because: str) -> Result:
    seen = Observation(f"skipped because {because} failed", CheckLevel.UNKNOWN, advice=f"see {because}")
    return Result(_finding(check, context, seen, 0.0), because=because)


def _late(check: Check, context: CheckContext) -> Result:
    error = UnavailableError("no answer in the time that there was for all checks", retryable=True)
    return _result(check, context, check_failed_with(error, check.late), 0.0)


def in_words(report: CheckReport) -> str:
    """Return the report in one line: the cause, or how many checks are well."""
    cause = report.cause
    if cause is None:
        return f"{len(report.results)} checks in {format_duration(report.secs)}"
    return f"{cause.finding.check}: {cause.finding.seen}"
