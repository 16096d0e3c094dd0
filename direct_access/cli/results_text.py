"""The results of a run: on standard output, or in a file."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from direct_access import run_files
from direct_access.cli.streams import put, say, stdout_can_show, stdout_is_terminal
from direct_access.errors import InputError, OutputError
from direct_access.printable import plain, plain_line
from direct_access.runner.context import PARAMS, RESULTS

if TYPE_CHECKING:
    from direct_access.results import Layout, Selection

LINES_AT_ONCE = 1000


def put_results(
    run: Path, output_format: str, layout: Layout | None = None, selection: Selection | None = None
) -> None:
    """Decode and print the results of a run directory, or of a results file.

    :param layout: of text; None: as fits the terminal
    :param selection: for text; None: everything
    :raises InputError: if there are none
    :raises OutputError: if the run directory is not ours alone
    """
    from direct_access.results import Selection, as_json, decode, names_of, text_lines

    path = results_file(run)
    decoded = decode(path)
    if output_format == "json":
        put(json.dumps(as_json(decoded), indent=1))
        return
    names = names_of(decoded, path.with_name(PARAMS))
    _put_lines(text_lines(decoded, names, layout or fitted_layout(), selection or Selection()))


def save_results(run: Path, file: Path, selection: Selection, top: int) -> None:
    """Write the results of a run directory, or of a results file, to a file of the format of its suffix.

    :param top: outcomes of a picture at most
    :raises InputError: if there are none
    :raises UsageError: if the suffix means no format, or the results do not have what is selected
    :raises ConfigurationError: if matplotlib is needed and not installed
    """
    from direct_access.results import decode, names_of
    from direct_access.results.saving import file_format, save

    file_format(file)
    path = results_file(run)
    decoded = decode(path)
    save(file, decoded, names_of(decoded, path.with_name(PARAMS)), selection, top)
    say(f"direct-access: saved {plain_line(str(file))}")


def results_file(run: Path) -> Path:
    """Return the results file of a run directory, or the one that is named.

    :raises InputError: if there is none
    :raises OutputError: if the run directory is not ours alone
    """
    path = _results_in(run) if run.is_dir() else run
    if not path.exists():
        raise _no_results(run)
    return path


def fitted_layout() -> Layout:
    """Return the layout for who reads standard output: as wide as the terminal, or as COLUMNS says."""
    from direct_access.results import Layout

    watched = stdout_is_terminal()
    width = shutil.get_terminal_size().columns if watched or os.environ.get("COLUMNS", "").isdigit() else None
    return Layout(width=width, bars=watched)


def _put_lines(lines: Iterator[str]) -> None:
    from direct_access.results.layout import MARKS, plain_ascii

    shown = plain if stdout_can_show(MARKS) else lambda text: plain_ascii(plain(text))
    while some := list(islice(lines, LINES_AT_ONCE)):
        put(shown("\n".join(some)))


def _results_in(run: Path) -> Path:
    """Return the results of a run directory that nobody else can fill; other results are named as a file."""
    try:
        directory = run_files.chosen(run)
        run_files.check(directory, [RESULTS])
    except OutputError as error:
        error.advice = f"to read them all the same: direct-access results {shlex.quote(str(run / RESULTS))}"
        raise
    return directory / RESULTS


def _no_results(run: Path) -> InputError:
    if not run.is_dir():
        return InputError(f"{run} does not exist", subject=str(run))
    advice = f"direct-access collect {shlex.quote(str(run))}"
    return InputError(f"{run} has no {RESULTS}", subject=str(run), advice=advice)
