"""A report for people: a table of all that was seen, then each cause with what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from direct_access.cli.tables import table
from direct_access.health.check import CheckReport, Result
from direct_access.health.check_context import ENDPOINTS
from direct_access.health.finding import CheckLevel
from direct_access.printable import plain
from direct_access.units import format_duration

HEADER = ("LEVEL", "CHECK", "SUBJECT", "TIME", "SEEN")


def as_text(report: CheckReport, *, quiet: bool = False) -> str:
    """Return the report as text.

    :param quiet: leave out what is well
    """
    made = [result for result in report.results if result.because is None]
    rows = [row(result) for result in made if not quiet or result.finding.level is not CheckLevel.OK]
    lines = [table(HEADER, rows)] if rows else []
    lines += _skipped(report)
    lines += lines_by_check(result for result in made if result.finding.level is not CheckLevel.OK)
    if not lines:
        lines = [f"{len(made)} checks, all well"]
    return plain("\n".join(lines))


def lines_by_check(results: Iterable[Result]) -> Iterator[str]:
    """Yield what is wrong; what one check says of several subjects stands together."""
    for _, group in groupby(results, lambda result: result.finding.check):
        first, *others = group
        yield ""
        for other in others:
            yield f"{other.finding.level.name} {other.finding.check}: {other.finding.seen}"
        yield from cause_lines(first)


def row(result: Result) -> tuple[str, ...]:
    """Return a result as a row of the table."""
    finding = result.finding
    return (
        finding.level.name,
        finding.check,
        finding.subject,
        format_duration(finding.secs),
        finding.seen,
    )


def cause_lines(result: Result) -> list[str]:
    """Return what is wrong, what was tried, how to mend it, and what to type next."""
    finding = result.finding
    lines = [f"{finding.level.name} {finding.check}: {finding.seen}", f"  tried: {finding.tried}"]
    if result.error is not None and result.error.request_id:
        lines.append(f"  request id: {result.error.request_id}")
    if finding.advice:
        lines.append(f"  fix: {finding.advice}")
    return [*lines, f"  next: {result.command}"] if result.command else lines


def _skipped(report: CheckReport) -> Iterator[str]:
    """Yield one line for each cause, with what could not be looked at because of it."""
    behind: dict[str, list[str]] = {}
    for result in report.results:
        if result.because is not None:
            behind.setdefault(result.because, []).append(result.finding.check)
    for because, names in behind.items():
        yield f"skipped because {because} failed: {', '.join(_shortened(names))}"


def _shortened(names: list[str]) -> Iterable[str]:
    """Return names, with one for the checks of a layer where that of every server is among them."""
    layers = Counter(name.partition(".")[0] for name in names)
    servers = len(ENDPOINTS)
    return dict.fromkeys(
        layer if layers[layer := name.partition(".")[0]] == servers else name for name in names
    )
