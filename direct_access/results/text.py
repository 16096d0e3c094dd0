"""Results as tables for people: outcomes by frequency, numbers by index, complex shots by their mean."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import nsmallest
from itertools import islice
from typing import Any, TypeVar

from direct_access.results.model import PubResult, Results, Values, indices

DEFAULT_ROWS = 16
BAR_WIDTH = 40

Outcome = TypeVar("Outcome")


def as_text(results: Results, *, bars: bool = False, rows: int = DEFAULT_ROWS, joint: bool = True) -> str:
    """Return results as tables: outcomes by frequency, values by index.

    :param bars: draw frequencies too, for a terminal
    :param rows: outcomes of one table, tables of one register, and values that are shown at most
    :param joint: count outcomes of several registers together too
    :raises StoreError: if samples are damaged
    """
    lines = []
    most = results.most_outcomes if joint else 0
    for number, pub in enumerate(results.pubs):
        lines += [f"PUB {number}", *(f"  {line}" for line in _pub(pub, bars, rows, most))]
    return "\n".join(map(_printable, lines or ["no PUBs"]))


def _pub(pub: PubResult, bars: bool, rows: int, most: int) -> Iterator[str]:
    for name, register in pub.registers.items():
        title = f"{name} ({_number_of(register.num_bits, 'bit')}, {_number_of(register.shots, 'shot')})"
        yield from _counts(title, register.shape, register.counts(), register.bitstring, bars, rows)
    if most and len(pub.registers) > 1:
        shape = next(iter(pub.registers.values())).shape
        title = f"{' '.join(pub.registers)} together"
        yield from _counts(title, shape, pub.joint_counts(most), pub.joint_bitstrings, bars, rows)
    yield from _values(pub, rows)
    for name, value in pub.other.items():
        yield f"{name}: {value}"


def _counts(
    title: str,
    shape: Sequence[int],
    sets: Iterator[Counter[Outcome]],
    bitstring: Callable[[Outcome], str],
    bars: bool,
    rows: int,
) -> Iterator[str]:
    for index, counts in islice(zip(indices(shape), sets, strict=True), rows):
        yield f"{title}{_at(index)}"
        yield from (f"  {line}" for line in _histogram(counts, bitstring, bars, rows))
    if math.prod(shape) > rows:
        yield f"… and {math.prod(shape) - rows} more sets of parameter values"


def _histogram(
    counts: Counter[Outcome], bitstring: Callable[[Outcome], str], bars: bool, rows: int
) -> Iterator[str]:
    shots = counts.total()
    ranked = nsmallest(rows, counts.items(), key=lambda item: (-item[1], bitstring(item[0])))
    width = len(str(ranked[0][1])) if ranked else 0
    for outcome, times in ranked:
        bar = "#" * round(BAR_WIDTH * times / ranked[0][1]) if bars else ""
        yield f"{bitstring(outcome) or '(no bits)'}  {times:{width}}  {times / shots:6.1%}  {bar}".rstrip()
    if len(counts) > len(ranked):
        others = shots - sum(times for _, times in ranked)
        yield f"… and {len(counts) - len(ranked)} more outcomes, {others / shots:.1%} of the shots"


def _values(pub: PubResult, rows: int) -> Iterator[str]:
    by_shape: dict[tuple[int, ...], dict[str, Values]] = {}
    for name, values in pub.values.items():
        if pub.is_kerneled(values):
            yield from _kerneled(name, values, rows)
        else:
            by_shape.setdefault(values.shape, {})[name] = values
    for shape, columns in by_shape.items():
        yield from _table(shape, columns, rows)


def _table(shape: tuple[int, ...], columns: dict[str, Values], rows: int) -> Iterator[str]:
    indexed = islice(zip(indices(shape), *(values.flat for values in columns.values()), strict=True), rows)
    cells = [[_at(index).strip(), *map(_number, numbers)] for index, *numbers in indexed]
    cells.insert(0, ["", *columns])
    yield from (line if shape else line.strip() for line in _aligned(cells))
    if math.prod(shape) > rows:
        yield f"… and {math.prod(shape) - rows} more"


def _kerneled(name: str, values: Values, rows: int) -> Iterator[str]:
    """Yield for each set of parameter values a table of its bits."""
    *shape, shots, bits = values.shape
    title = f"{name} ({_number_of(bits, 'bit')}, {_number_of(shots, 'shot')}, complex)"
    for number, index in enumerate(islice(indices(shape), rows)):
        first = number * shots * bits
        yield f"{title}{_at(index)}"
        cells = [["bit", "mean", "standard deviation"]]
        for bit in range(min(bits, rows)):
            mean, deviation = _statistics(values.flat[first + bit : first + shots * bits : bits])
            cells.append([str(bit), _number(mean), _number(deviation)])
        yield from (f"  {line}" for line in _aligned(cells))
        if bits > rows:
            yield f"  … and {bits - rows} more bits"
    if math.prod(shape) > rows:
        yield f"… and {math.prod(shape) - rows} more sets of parameter values"


def _statistics(points: Sequence[complex]) -> tuple[complex, float]:
    """Return the mean, and the standard deviation: the root of the mean squared distance from the mean."""
    mean = sum(points) / len(points)
    distances = (point - mean for point in points)
    squares = (each.real * each.real + each.imag * each.imag for each in distances)  # abs() may overflow
    return mean, math.sqrt(sum(squares) / len(points))


def _aligned(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _printable(line: str) -> str:
    """Return a line without control characters: names come from the service, and terminals obey those."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line
    )


def _number_of(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, (float, complex)) else str(value)


def _at(index: tuple[int, ...]) -> str:
    return f" {list(index)}" if index else ""
