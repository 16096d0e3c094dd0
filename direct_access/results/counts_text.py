"""Counts as tables: one set of parameter values by frequency, a sweep with a column for each outcome."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.results.counted import Counted, frequent, number_of
from direct_access.results.curves import MOST_CURVES, Curve, curve_columns, drawn
from direct_access.results.layout import Layout, aligned, bar, cut, folded
from direct_access.results.names import RowNames

FEW_COLUMNS = 4
OVERVIEW_SHOTS = 1 << 24
"""Up to so many shots a sweep is read whole for a table of its first rows; a larger one only for all rows."""


def counts_lines(counted: Counted, names: RowNames, layout: Layout) -> Iterator[str]:
    """Yield the lines of what was counted."""
    rows = math.prod(counted.shape)
    title = counted.title if rows == 1 else f"{counted.title}, {number_of(rows, 'row')}"
    yield from folded(title, layout.width)
    if rows == 1:
        counts = next(counted.sets())
        ranked = sorted(counts, key=lambda outcome: (-counts[outcome], counted.bitstring(outcome)))
        yield from _indented(_histogram(counted, counts, ranked[: layout.top], layout.inside(2)))
    elif rows:
        yield from _indented(_Sweep.of(counted, names, layout.inside(2)).lines())


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}".rstrip() for line in lines)


def _histogram(
    counted: Counted, counts: Counter[Any], outcomes: Sequence[Any], layout: Layout
) -> Iterator[str]:
    """Yield a line for each of the outcomes, in their order."""
    highest = max((counts[outcome] for outcome in outcomes), default=0)
    digits = len(str(highest))
    for outcome in outcomes:
        times = counts[outcome]
        bits = counted.bitstring(outcome) or "(no bits)"
        figures = f"{times:{digits}}  {_part(times, counted.shots):6.1%}"
        room = layout.columns - len(bits) - len(figures) - 4
        if layout.width is not None and room < -2:
            yield from folded(bits, layout.width)
            bits = ""
        drawing = bar(_part(times, highest), min(40, room)) if layout.bars and room > 0 else ""
        yield f"{bits}  {figures}  {drawing}".rstrip()
    others = counts.keys() - set(outcomes)
    if others:
        times = sum(counts[outcome] for outcome in others)
        rest = (
            f"… and {number_of(len(others), 'more outcome')}, {_part(times, counted.shots):.1%} of the shots"
        )
        yield from folded(rest, layout.width)


def _part(times: int, shots: int) -> float:
    return times / shots if shots else 0.0


@dataclass(frozen=True)
class _Sweep:
    """The table of a sweep.

    :param outcomes: those that are shown, in one order for all rows
    :param others: whether there are more
    :param whole: whether all rows are looked at, also those that are not shown
    """

    counted: Counted
    names: RowNames
    layout: Layout
    outcomes: Sequence[Any]
    others: bool
    whole: bool

    @classmethod
    def of(cls, counted: Counted, names: RowNames, layout: Layout) -> _Sweep:
        rows = math.prod(counted.shape)
        whole = layout.rows is None or rows * counted.shots <= OVERVIEW_SHOTS
        sets = counted.sets() if whole else islice(counted.sets(), layout.rows)
        outcomes, others = frequent(sets, layout.top)
        return cls(counted, names, layout, outcomes, others, whole)

    @property
    def _rows(self) -> int:
        rows = math.prod(self.counted.shape)
        return rows if self.layout.rows is None else min(rows, self.layout.rows)

    def lines(self) -> Iterator[str]:
        label = max(
            (len(self.names.row(index)) for index in islice(self.names.indices(), self._rows)), default=0
        )
        label = min(label, max(8, self.layout.columns // 2))
        cell = max(
            len(self.counted.bitstring(self.outcomes[0])) if self.outcomes else 0,
            len(str(self.counted.shots)),
        )
        fits = (self.layout.columns - label - (8 if self.others else 0)) // (cell + 2)
        if not self.others and fits < len(self.outcomes):
            fits = (self.layout.columns - label - 8) // (cell + 2)
        if fits < min(FEW_COLUMNS, len(self.outcomes)):
            yield from self._blocks(sorted(self.outcomes))
        else:
            yield from self._table(sorted(self.outcomes[:fits]), label, cell)

    def _more(self) -> Iterator[str]:
        left = math.prod(self.counted.shape) - self._rows
        if left:
            yield from folded(f"… and {number_of(left, 'more row')} (--rows all)", self.layout.width)

    def _blocks(self, outcomes: Sequence[Any]) -> Iterator[str]:
        """Yield for each row its name and a line for each outcome."""
        for index, counts in islice(self._sets(), self._rows):
            yield from folded(self.names.row(index), self.layout.width)
            yield from _indented(_histogram(self.counted, counts, outcomes, self.layout.inside(2)))
        yield from self._more()

    def _table(self, outcomes: Sequence[Any], label: int, cell: int) -> Iterator[str]:
        """Yield a line for each row, and how the outcomes go up and down."""
        others = ["others"] if self.others or len(outcomes) < len(self.outcomes) else []
        heads = [self.counted.bitstring(outcome) or "(no bits)" for outcome in outcomes]
        widths = [label, *(max(cell, len(head)) for head in heads), *map(len, others)]
        right = range(1, len(widths))
        yield from aligned([["", *heads, *others]], widths, right=right)
        curves = self._curves(outcomes, heads)
        for number, (index, counts) in enumerate(islice(self._sets(), None if self.whole else self._rows)):
            times = [counts[outcome] for outcome in outcomes]
            if number < self._rows:
                rest = [str(counts.total() - sum(times))] * len(others)
                name = cut(self.names.row(index), label)
                yield from aligned([[name, *map(str, times), *rest]], widths, right=right)
            for curve, count in zip(curves, times, strict=False):
                curve.add(_part(count, self.counted.shots))
        yield from self._more()
        yield from drawn(curves, self.names.sweep_ends(), self.layout)

    def _curves(self, outcomes: Sequence[Any], heads: Sequence[str]) -> list[Curve]:
        axis = self.names.sweep_axis
        if axis is None or not self.whole or len(outcomes) > MOST_CURVES:
            return []
        columns = curve_columns(self.layout)
        return [Curve(head, self.names.shape[axis], columns) for head in heads]

    def _sets(self) -> Iterator[tuple[tuple[int, ...], Counter[Any]]]:
        return zip(self.names.indices(), self.counted.sets(), strict=True)
