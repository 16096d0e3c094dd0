"""Numbers as tables: expectation values with their errors, complex shots by their mean, others by index."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from direct_access.results.counted import number_of
from direct_access.results.curves import MOST_CURVES, Curve, curve_columns, drawn
from direct_access.results.estimates import (
    Estimate,
    Estimates,
    Index,
    columns_of,
    error_names,
    formatted,
    pivoted,
)
from direct_access.results.layout import Layout, aligned, cut, folded, number
from direct_access.results.model import PubResult, Values, indices
from direct_access.results.names import RowNames, at

_LEAST_NAME = 8
_SHORTEST_HALF = 3
_LONGEST_HALF = 12
_MOST_DRAWN = 1.25
"""Noise takes expectation values beyond 1, mitigation farther; weighted observables can be anything."""


def estimates_lines(estimates: Estimates, names: RowNames, layout: Layout) -> Iterator[str]:
    """Yield a table with a line for each row, and the curves of a sweep; columns without room one by one."""
    estimates, names = pivoted(estimates, names, layout.columns)
    width = max(estimates.width, *map(len, estimates.heads))
    room = layout.columns - len(estimates.heads) * (width + 2)
    if len(estimates.heads) > 1 and room < _LEAST_NAME:
        for head, column in columns_of(estimates):
            yield from folded(head, layout.width)
            yield from (f"  {line}".rstrip() for line in estimates_lines(column, names, layout.inside(2)))
        return
    curves = _Curves(estimates.heads, names, layout)
    yield from _rows(estimates, names, layout, curves)
    yield from drawn(curves.all, names.sweep_ends(), layout)


def _rows(estimates: Estimates, names: RowNames, layout: Layout, curves: _Curves) -> Iterator[str]:
    total = math.prod(names.shape)
    most = total if layout.rows is None else min(total, layout.rows)
    widths = [max(estimates.width, len(head)) for head in estimates.heads]
    room = layout.columns - sum(widths) - 2 * len(widths)
    longest = max((len(names.row(index)) for index in islice(names.indices(), most)), default=0)
    widths.insert(0, min(longest, max(_LEAST_NAME, room)))
    right = range(1, len(widths))
    if any(estimates.heads):
        yield from aligned([["", *estimates.heads]], widths, right=right)
    half = _half(estimates, room - widths[0] - 2) if layout.bars else 0
    for shown, (index, row) in enumerate(estimates.rows()):
        if shown < most:
            cells = [formatted(estimate, estimates.places) for estimate in row]
            (line,) = aligned([[cut(names.row(index), widths[0]), *cells]], widths, right=right)
            line = line if widths[0] else line.strip()
            yield f"{line}  {_drawn(row[0].value, half)}".rstrip() if half else line
        curves.add(index, row)
    if total > most:
        yield from folded(f"… and {number_of(total - most, 'more row')} (--rows all)", layout.width)


def _half(estimates: Estimates, room: int) -> int:
    """Return how long a bar from 0 to 1 may be, 0 where values are larger or there is no room."""
    if len(estimates.heads) != 1 or room < 2 * _SHORTEST_HALF + 1:
        return 0
    if not all(abs(row[0].value) <= _MOST_DRAWN for _, row in estimates.rows()):
        return 0
    return min(_LONGEST_HALF, (room - 1) // 2)


def _drawn(value: float, half: int) -> str:
    length = round(min(abs(value), 1.0) * half) if math.isfinite(value) else 0
    left = "█" * length if value < 0 else ""
    return f"{left:>{half}}│{'█' * length if value > 0 else ''}"


class _Curves:
    """One curve for each column and each observable of a sweep."""

    def __init__(self, heads: Sequence[str], names: RowNames, layout: Layout) -> None:
        self._heads = heads
        self._names = names
        self._columns = curve_columns(layout)
        self._curves: dict[Any, Curve] = {}
        axis = names.sweep_axis
        number_of_curves = 0 if axis is None else len(heads) * math.prod(names.shape) // names.shape[axis]
        self._axis = axis if number_of_curves <= MOST_CURVES else None

    def add(self, index: Index, row: Sequence[Estimate]) -> None:
        if self._axis is None:
            return
        rest = index[: self._axis] + index[self._axis + 1 :]
        for head, estimate in zip(self._heads, row, strict=True):
            curve = self._curves.get((rest, head)) or self._begin(rest, head, index)
            curve.add(estimate.value)

    def _begin(self, rest: Index, head: str, index: Index) -> Curve:
        assert self._axis is not None
        label = self._names.observables.at(index) if self._names.observables else at(rest)
        curve = Curve(" ".join(filter(None, [label, head])), self._names.shape[self._axis], self._columns)
        return self._curves.setdefault((rest, head), curve)

    @property
    def all(self) -> list[Curve]:
        return list(self._curves.values())


def other_lines(pub: PubResult, names: RowNames, layout: Layout) -> Iterator[str]:
    """Yield the tables of all numbers but the expectation values and their errors."""
    by_shape: dict[Index, dict[str, Values]] = {}
    told = {"evs", *error_names(pub)} if "evs" in pub.values else set()
    for name, values in pub.values.items():
        if name in told:
            continue
        if pub.is_kerneled(values):
            yield from _kerneled(name, values, names, layout)
        else:
            by_shape.setdefault(values.shape, {})[name] = values
    for shape, columns in by_shape.items():
        yield from _table(shape, columns, names, layout)


def _table(shape: Index, columns: dict[str, Values], names: RowNames, layout: Layout) -> Iterator[str]:
    most = math.prod(shape) if layout.rows is None else layout.rows
    named = names.row if shape == names.shape else at

    def cells() -> Iterator[list[str]]:
        yield ["", *columns]
        numbers = zip(indices(shape), *(values.flat for values in columns.values()), strict=True)
        for index, *row in islice(numbers, most):
            yield [named(index), *map(number, row)]

    for line in _fitted(cells, layout):
        yield line if shape else line.strip()
    if math.prod(shape) > most:
        yield f"… and {number_of(math.prod(shape) - most, 'more row')} (--rows all)"


def _fitted(cells: Callable[[], Iterator[list[str]]], layout: Layout) -> Iterator[str]:
    """Yield rows as columns as wide as their longest text; they are made twice, and not kept."""
    widths: list[int] = []
    for row in cells():
        widths = [max(pair) for pair in zip(widths or [0] * len(row), map(len, row), strict=True)]
    for line in aligned(cells(), widths):
        yield from folded(line, layout.width)


def _kerneled(name: str, values: Values, names: RowNames, layout: Layout) -> Iterator[str]:
    """Yield for each set of parameter values a table of its bits."""
    *shape, shots, bits = values.shape
    title = f"{name} ({number_of(bits, 'bit')}, {number_of(shots, 'shot')}, complex)"
    total = math.prod(shape)
    rows = total if layout.rows is None else layout.rows
    shown = bits if layout.rows is None else min(bits, layout.rows)
    for row, index in enumerate(islice(indices(shape), rows)):
        first = row * shots * bits
        yield from folded(" ".join(filter(None, [title, names.row(index)])), layout.width)
        bits_lines = _bits(values.flat[first : first + shots * bits], bits, shown)
        yield from (f"  {line}" for line in _fitted(bits_lines, layout.inside(2)))
        if bits > shown:
            yield f"  … and {number_of(bits - shown, 'more bit')}"
    if total > rows:
        yield f"… and {number_of(total - rows, 'more row')} (--rows all)"


def _bits(points: Sequence[complex], bits: int, shown: int) -> Callable[[], Iterator[list[str]]]:
    def cells() -> Iterator[list[str]]:
        yield ["bit", "mean", "standard deviation"]
        for bit in range(shown):
            yield [str(bit), *map(number, _statistics(points[bit::bits]))]

    return cells


def _statistics(points: Sequence[complex]) -> tuple[complex, float]:
    """Return the mean, and the standard deviation: the root of the mean squared distance from the mean."""
    mean = sum(points) / len(points)
    distances = (point - mean for point in points)
    squares = (each.real * each.real + each.imag * each.imag for each in distances)  # abs() may overflow
    return mean, math.sqrt(sum(squares) / len(points))
