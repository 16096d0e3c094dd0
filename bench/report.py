"""The page of figures."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.measuring import Cost

MB = 1_000_000


@dataclass(frozen=True)
class Target:
    """What was to be reached, and what was.

    :param aim: what should hold
    :param found: what was measured
    """

    aim: str
    found: str
    met: bool


@dataclass(frozen=True)
class Section:
    """One comparison.

    :param text: what was done, in a paragraph or two
    :param rows: of the table, as many cells each as there are columns
    """

    title: str
    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    targets: Sequence[Target] = field(default=())


COST_COLUMNS = ("", "wall, median (lowest to highest)", "CPU", "peak memory", "requests")


def cost_row(name: str, costs: Sequence[Cost]) -> list[str]:
    """Return a row of :data:`COST_COLUMNS`; memory is the highest of all."""
    requests = {cost.requests for cost in costs if cost.requests is not None}
    return [
        name,
        seconds_with_spread([cost.wall_secs for cost in costs]),
        seconds(statistics.median(cost.cpu_secs for cost in costs)),
        f"{max(cost.rss_bytes for cost in costs) / MB:.0f} MB",
        " or ".join(str(count) for count in sorted(requests)),
    ]


def seconds(value: float) -> str:
    """Return a time for a table: ms below 10 s, in three digits."""
    return f"{value * 1000:.0f} ms" if value < 10 else f"{value:.1f} s"


def seconds_with_spread(values: Sequence[float]) -> str:
    """Return median and extremes."""
    return f"{seconds(statistics.median(values))} ({seconds(min(values))} to {seconds(max(values))})"


def megabytes(size_bytes: int) -> str:
    """Return a size as people say it."""
    return f"{size_bytes / 1000 / MB:g} GB" if size_bytes >= 1000 * MB else f"{size_bytes / MB:g} MB"


def page(introduction: str, sections: Iterable[Section]) -> str:
    """Return the whole page in Markdown."""
    sections = list(sections)
    parts = [introduction]
    if targets := _target_rows(sections):
        parts += ["## Targets", _table(("target", "measured", "met"), targets)]
    for section in sections:
        parts += [f"## {section.title}", section.text, _table(section.columns, section.rows)]
    return "\n\n".join(parts) + "\n"


def _target_rows(sections: Iterable[Section]) -> list[list[str]]:
    return [
        [target.aim, target.found, "yes" if target.met else "**no**"]
        for section in sections
        for target in section.targets
    ]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
