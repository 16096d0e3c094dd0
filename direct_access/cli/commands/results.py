"""``direct-access results``."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from direct_access.cli.options import format_option

if TYPE_CHECKING:
    from direct_access.results import Selection


_ROWS = re.compile(r"[1-9][0-9]{0,8}")


def _number_or_all(_context: click.Context, option: click.Parameter, text: str) -> int | None:
    if text == "all":
        return None
    if not _ROWS.fullmatch(text):
        raise click.UsageError(
            f"{option.opts[0]}: {text!r} is not a valid number of rows; allowed: 1 or more, all"
        )
    return int(text)


@click.command("results")
@click.argument("run", metavar="RUN|FILE", type=click.Path(path_type=Path))
@click.option(
    "--rows",
    metavar="N|all",
    default="16",
    show_default=True,
    callback=_number_or_all,
    help="How many rows of a sweep to show.",
)
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(1),
    default=16,
    show_default=True,
    help="How many outcomes to show: the most frequent ones.",
)
@click.option("--marginal", metavar="BITS", help="Count these bits only: 0,2 or 0-3; c:0,2 of register c.")
@click.option(
    "--expectation",
    "expectations",
    metavar="Z0Z1",
    multiple=True,
    help="Show this expectation value instead of counts; c:Z0Z1 of register c. May be given again.",
)
@click.option("--plot", is_flag=True, help="Draw bars and curves, also where nobody sees them.")
@click.option(
    "--save",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to a file instead: .csv, .npz, or a picture .png, .svg, .pdf (extra [plot]).",
)
@format_option
def command(
    run: Path,
    rows: int | None,
    top: int,
    marginal: str | None,
    expectations: tuple[str, ...],
    plot: bool,
    file: Path | None,
    output_format: str,
) -> None:
    """Decode and print the results of a run directory, or of a results file. Needs no network."""
    from direct_access.cli.results_text import fitted_layout, put_results, save_results

    selection = _selection(marginal, expectations)
    if file is not None:
        save_results(run, file, selection, top)
        return
    if output_format == "json" and (plot or not selection.is_everything):
        raise click.UsageError("--marginal, --expectation and --plot are for text; JSON has all counts")
    fitted = fitted_layout()
    layout = replace(fitted, rows=rows, top=top, bars=plot or fitted.bars, curves=plot)
    put_results(run, output_format, layout, selection)


def _selection(marginal: str | None, expectations: tuple[str, ...]) -> Selection:
    from direct_access.results import selection

    try:
        bits = selection.parse_marginal(marginal) if marginal is not None else None
        return selection.Selection(bits, [selection.parse_expectation(text) for text in expectations])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
