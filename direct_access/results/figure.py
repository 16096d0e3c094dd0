"""Results as a picture, by matplotlib (extra ``[plot]``), which is loaded here alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import islice
from typing import Any, BinaryIO

from direct_access.errors import ConfigurationError, UsageError
from direct_access.light_dataclass import dataclass
from direct_access.printable import plain_line
from direct_access.results.counted import Counted, frequent
from direct_access.results.estimates import Estimates
from direct_access.results.model import Results
from direct_access.results.names import RowNames
from direct_access.results.selection import Selection
from direct_access.results.shown import shown_counts, shown_estimates

MOST_PANELS = 16
MOST_CURVES = 8
MOST_BARS = 64
_LONGEST_LABEL = 24
_PANEL_INCHES = (7.0, 3.6)
_NO_DATES = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


@dataclass
class _Line:
    """Points with error bars."""

    label: str
    xs: list[Any] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def add(self, x: Any, y: float, error: float) -> None:
        self.xs.append(x)
        self.ys.append(y)
        self.errors.append(error)


@dataclass(frozen=True)
class _Panel:
    """One diagram.

    :param is_bars: whether ``lines`` holds one line, over texts, that is drawn as bars
    """

    title: str
    x_label: str
    y_label: str
    lines: Sequence[_Line]
    is_bars: bool = False


def write_figure(
    file: BinaryIO, suffix: str, results: Results, names: Sequence[RowNames], selection: Selection, top: int
) -> None:
    """Write histograms, sweeps with error bars, and expectation values, one below the other.

    :param suffix: ``png``, ``svg`` or ``pdf``
    :param top: outcomes of a histogram at most
    :raises ConfigurationError: if matplotlib is not installed
    :raises UsageError: if there is nothing to draw
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigurationError(
            "a picture needs matplotlib, which is not installed here",
            advice="pip install 'slurm-direct-access[plot]', or save .csv or .npz",
        ) from error
    panels = list(islice(_panels(results, names, selection, top), MOST_PANELS))
    if not panels:
        raise UsageError("these results hold neither counts nor expectation values: there is nothing to draw")
    width, height = _PANEL_INCHES
    figure = Figure(figsize=(width, height * len(panels)), layout="constrained")
    for axes, panel in zip(figure.subplots(len(panels), squeeze=False)[:, 0], panels, strict=True):
        _draw(axes, panel)
    figure.savefig(file, format=suffix, dpi=150, metadata=_NO_DATES.get(suffix))


def _draw(axes: Any, panel: _Panel) -> None:
    axes.set_title(_text(panel.title), loc="left", fontsize="medium")
    axes.set_xlabel(_text(panel.x_label))
    axes.set_ylabel(_text(panel.y_label))
    for line in panel.lines:
        if panel.is_bars:
            axes.bar(range(len(line.xs)), line.ys, yerr=line.errors, capsize=3, color="C0", alpha=0.8)
            axes.set_xticks(range(len(line.xs)), [_text(str(x)) for x in line.xs])
            if max(map(len, map(str, line.xs)), default=0) * len(line.xs) > _LONGEST_LABEL * 2:
                axes.tick_params(axis="x", labelrotation=90)
        else:
            axes.errorbar(
                line.xs, line.ys, line.errors, marker="o", ms=3, lw=1, capsize=2, label=_text(line.label)
            )
    if not panel.is_bars and any(line.label for line in panel.lines):
        axes.legend(fontsize="small")
    axes.axhline(0, color="0.6", lw=0.6)


def _text(text: str) -> str:
    """Return a text as matplotlib shows it: a dollar begins a formula there."""
    return plain_line(text, 80).replace("$", r"\$")


def _panels(results: Results, names: Sequence[RowNames], selection: Selection, top: int) -> Iterator[_Panel]:
    for number, (pub, its_names) in enumerate(zip(results.pubs, names, strict=True)):
        head = f"PUB {number}" if len(names) > 1 else ""
        for each in shown_counts(pub, selection, results.most_outcomes):
            title = "  ".join(filter(None, [head, each.title, its_names.constant]))
            alone = math.prod(each.shape) == 1
            yield _histogram(title, each, top) if alone else _sweep(title, each, its_names)
        if estimates := shown_estimates(pub, selection):
            title = "  ".join(filter(None, [head, its_names.observable, its_names.constant]))
            yield _estimated(title, estimates, its_names)


def _histogram(title: str, counted: Counted, top: int) -> _Panel:
    counts = next(counted.sets())
    line = _Line("")
    for outcome in sorted(frequent(iter([counts]), min(top, MOST_BARS))[0]):
        line.add(_short(counted.bitstring(outcome)), *_part(counts[outcome], counted.shots))
    return _Panel(title, "outcome", "part of the shots", [line], is_bars=True)


def _sweep(title: str, counted: Counted, names: RowNames) -> _Panel:
    outcomes = sorted(frequent(counted.sets(), MOST_CURVES)[0])
    lines = [_Line(_short(counted.bitstring(outcome))) for outcome in outcomes]
    x_label, xs = _positions(names)
    for x, counts in zip(xs, counted.sets(), strict=True):
        for line, outcome in zip(lines, outcomes, strict=True):
            line.add(x, *_part(counts[outcome], counted.shots))
    return _Panel(title, x_label, "part of the shots", lines)


def _estimated(title: str, estimates: Estimates, names: RowNames) -> _Panel:
    """Return curves for a sweep, with one for each observable; else a bar for each row."""
    axis = names.sweep_axis
    rows = math.prod(names.shape)
    lines: dict[Any, _Line] = {}
    x_label, xs = _positions(names)
    bars = axis is None and rows * len(estimates.heads) <= MOST_BARS
    for x, (index, row) in zip(xs, estimates.rows(), strict=True):
        rest = () if axis is None else index[:axis] + index[axis + 1 :]
        label = str(names.observables.at(index)) if names.observables and axis is not None else ""
        for head, estimate in zip(estimates.heads, row, strict=True):
            key = None if bars else (rest, head)
            line = lines.setdefault(key, _Line(_short(head or label)))
            name = _short(" ".join(filter(None, [names.row(index), head]))) if bars else x
            line.add(name, estimate.value, estimate.errors[0] if estimate.errors else 0.0)
    shown = list(lines.values())[:MOST_CURVES]
    return _Panel(title, "" if bars else x_label, "expectation value", shown, is_bars=bars)


def _positions(names: RowNames) -> tuple[str, list[Any]]:
    """Return where the rows stand: at the values of the one parameter that varies, else by number."""
    if len(names.varying) == 1:
        name = names.varying[0]
        return name, [float(names.parameters[name].at(index)) for index in names.indices()]
    return "row", list(range(math.prod(names.shape)))


def _part(times: int, shots: int) -> tuple[float, float]:
    """Return a part of the shots with the standard error of a binomial distribution."""
    part = times / shots if shots else math.nan
    return part, math.sqrt(part * (1 - part) / shots) if shots else math.nan


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[:10]}…{text[-10:]}"
