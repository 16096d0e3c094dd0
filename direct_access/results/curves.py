"""Curves of a sweep: their points gathered into as many columns as there is room for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import field

from direct_access.light_dataclass import dataclass
from direct_access.results.layout import Layout, cut, folded, number, sparkline

MOST_CURVES = 8
_LONGEST_CURVE = 60
_HEIGHT = 12
_MARKS = "ox+*#%@="


@dataclass
class Curve:
    """One curve, point after point, in constant memory.

    :param length: how many points there will be
    :param columns: how many are kept apart; neighbours beyond are averaged
    """

    name: str
    length: int
    columns: int
    _sums: dict[int, float] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _seen: int = 0
    low: float = math.inf
    high: float = -math.inf

    def add(self, height: float) -> None:
        """Take the next point."""
        column = self._seen * min(self.columns, self.length) // self.length
        self._seen += 1
        if not math.isfinite(height):
            return
        self._sums[column] = self._sums.get(column, 0.0) + height
        self._numbers[column] = self._numbers.get(column, 0) + 1
        self.low, self.high = min(self.low, height), max(self.high, height)

    @property
    def heights(self) -> list[float]:
        """The mean of the points of each column; NaN where there is none."""
        columns = range(min(self.columns, self.length))
        return [self._sums[n] / self._numbers[n] if n in self._sums else math.nan for n in columns]


def curve_columns(layout: Layout) -> int:
    """Return how many points of a curve are kept apart."""
    return max(8, min(_LONGEST_CURVE, layout.columns - 12))


def drawn(curves: Sequence[Curve], over: str, layout: Layout) -> Iterator[str]:
    """Yield sparklines, and with ``layout.curves`` a diagram.

    :param over: what the sweep goes over
    """
    shown = [curve for curve in curves[:MOST_CURVES] if math.isfinite(curve.low)]
    if not shown:
        return
    yield ""
    yield from folded(f"over {over}", layout.width)
    if layout.curves:
        yield from _diagram(shown, layout)
        return
    ranges = [f"{number(curve.low, 3)} to {number(curve.high, 3)}" for curve in shown]
    longest = max(len(sparkline(curve.heights)) for curve in shown)
    room = layout.columns - longest - 4 - max(map(len, ranges))
    names = [cut(curve.name, max(4, room)) for curve in shown]
    width = max(map(len, names))
    for name, curve, values in zip(names, shown, ranges, strict=True):
        line = f"{name:{width}}  {sparkline(curve.heights)}"
        yield from [f"{line}  {values}"] if len(line) + 2 + len(values) <= layout.columns else [line]


def _diagram(curves: Sequence[Curve], layout: Layout) -> Iterator[str]:
    low = min(curve.low for curve in curves)
    high = max(curve.high for curve in curves)
    scale = (_HEIGHT - 1) / (high - low) if high > low else 0.0
    columns = len(curves[0].heights)
    step = max(1, min(curve_columns(layout) // columns, 8))
    grid = [[" "] * (columns * step) for _ in range(_HEIGHT)]
    for mark, curve in zip(_MARKS, curves, strict=False):
        for column, height in enumerate(curve.heights):
            if math.isfinite(height):
                grid[round((high - height) * scale)][column * step] = mark
    labels = {0: number(high, 3), _HEIGHT - 1: number(low, 3)}
    margin = max(map(len, labels.values()))
    for row, cells in enumerate(grid):
        yield f"{labels.get(row, ''):>{margin}} │{''.join(cells)}".rstrip()
    yield f"{'':{margin}} └{'─' * (columns * step)}"
    for mark, curve in zip(_MARKS, curves, strict=False):
        yield f"{'':{margin}}  {mark} {cut(curve.name, max(4, layout.columns - margin - 4))}"
