"""Expectation values with their standard errors, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from direct_access.light_dataclass import dataclass
from direct_access.results.layout import decimals, number
from direct_access.results.model import PubResult, Values, indices
from direct_access.results.names import RowNames

_ERRORS = ("stds", "ensemble_standard_error")

Index = tuple[int, ...]


@dataclass(frozen=True)
class Estimate:
    """An expectation value and its standard errors, as many as are known."""

    value: float
    errors: tuple[float, ...]


@dataclass(frozen=True)
class Estimates:
    """Expectation values, row by row.

    :param heads: what is estimated, column by column; one of no text where the names of the rows say it
    :param rows: yields the index of each row and its columns. May be called again
    :param places: decimals; None: as many as it takes
    :param width: of a formatted estimate
    """

    heads: Sequence[str]
    rows: Callable[[], Iterable[tuple[Index, Sequence[Estimate]]]]
    places: int | None
    width: int


def formatted(estimate: Estimate, places: int | None) -> str:
    """Return ``0.9991 ± 0.0077``, and a second error in brackets."""
    texts = [number(float(each), places) for each in (estimate.value, *estimate.errors)]
    if texts[0].startswith("-") and not texts[0].strip("-0."):
        texts[0] = texts[0][1:]  # no minus zero
    return " ± ".join(texts[:2]) + "".join(f" ({error})" for error in texts[2:])


def measured(pub: PubResult) -> Estimates:
    """Return the estimator's expectation values; of two errors that are equal everywhere the first alone."""
    values = pub.values["evs"]
    errors = [pub.values[name] for name in _different_errors(pub)]
    places = decimals(errors[0].flat) if errors else None

    def rows() -> Iterator[tuple[Index, list[Estimate]]]:
        columns = zip(values.flat, *(each.flat for each in errors), strict=True)
        for index, (value, *its_errors) in zip(indices(values.shape), columns, strict=True):
            yield index, [Estimate(value, tuple(its_errors))]

    width = max((len(formatted(estimate, places)) for _, (estimate,) in rows()), default=0)
    return Estimates([""], rows, places, width)


def title(pub: PubResult) -> str:
    """Return what :func:`measured` shows."""
    shown = _different_errors(pub)
    return " ± ".join(["expectation values", *shown[:1]]) + "".join(f" ({name})" for name in shown[1:])


def error_names(pub: PubResult) -> list[str]:
    """Return the names of the errors that belong to the expectation values."""
    return [name for name in _ERRORS if _same_shape(pub.values.get(name), pub.values["evs"])]


def _different_errors(pub: PubResult) -> list[str]:
    """Return those of :func:`error_names` that are worth showing: not the second, where both are equal."""
    known = error_names(pub)
    equal = len(known) == 2 and _equal(*(pub.values[name] for name in known))
    return known[:1] if equal else known


def pivoted(estimates: Estimates, names: RowNames, columns: int) -> tuple[Estimates, RowNames]:
    """Return a sweep of several observables with a column for each of them, if there is room for that."""
    axis = names.sweep_axis
    if axis is None or len(estimates.heads) != 1 or names.observables is None:
        return estimates, names
    along = names.along(axis)
    steps = names.shape[axis]
    firsts = [index for index in names.indices() if index[axis] == 0]
    heads = [str(names.observables.at(index)) for index in firsts]
    label = max((len(along.row(index)) for index in along.indices()), default=0)
    width = max([estimates.width, *map(len, heads)])
    if len(heads) < 2 or label + len(heads) * (width + 2) > columns:
        return estimates, names

    def rows() -> Iterator[tuple[Index, list[Estimate]]]:
        every = dict(estimates.rows())
        for step in range(steps):
            there = ((*first[:axis], step, *first[axis + 1 :]) for first in firsts)
            yield (step,), [every[index][0] for index in there]

    return Estimates(heads, rows, estimates.places, estimates.width), along


def _same_shape(values: Values | None, other: Values) -> bool:
    return values is not None and values.shape == other.shape


def _equal(one: Values, other: Values) -> bool:
    return all(a == b or (a != a and b != b) for a, b in zip(one.flat, other.flat, strict=True))


def columns_of(estimates: Estimates) -> Iterator[tuple[str, Estimates]]:
    """Yield each column as estimates of its own, with its head."""
    for number_of_column, head in enumerate(estimates.heads):

        def rows(column: int = number_of_column) -> Iterator[tuple[Index, Sequence[Estimate]]]:
            return ((index, [row[column]]) for index, row in estimates.rows())

        yield head, Estimates([""], rows, estimates.places, estimates.width)
