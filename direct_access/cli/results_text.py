"""The results of a run on standard output."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from direct_access import run_files
from direct_access.cli.streams import put, stdout_is_terminal
from direct_access.errors import InputError, OutputError
from direct_access.printable import plain
from direct_access.runner.context import RESULTS


def put_results(run: Path, output_format: str) -> None:
    """Decode and print the results of a run directory, or of a results file.

    :raises InputError: if there are none
    :raises OutputError: if the run directory is not ours alone
    """
    from direct_access.results import as_json, as_text, decode

    path = _results_in(run) if run.is_dir() else run
    if not path.exists():
        raise _no_results(run)
    decoded = decode(path)
    if output_format == "json":
        put(json.dumps(as_json(decoded), indent=1))
    else:
        put(plain(as_text(decoded, bars=stdout_is_terminal())))


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
