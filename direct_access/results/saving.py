"""Results in a file for other programs, or as a picture: the suffix chooses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from direct_access import atomic
from direct_access.errors import LocalStorageError, UsageError
from direct_access.results.model import Results
from direct_access.results.names import RowNames
from direct_access.results.selection import Selection, check

PICTURES = ("png", "svg", "pdf")
SUFFIXES = ("csv", "npz", *PICTURES)
_MODE = 0o666


def file_format(path: Path) -> str:
    """Return the format that a file's suffix means.

    :raises UsageError: if it means none
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in SUFFIXES:
        allowed = ", ".join(f".{each}" for each in SUFFIXES)
        raise UsageError(f"{path} has no suffix that says its format; allowed: {allowed}")
    return suffix


def save(path: Path, results: Results, names: Sequence[RowNames], selection: Selection, top: int) -> None:
    """Write results to a file, which takes the place of an older one when it is complete.

    :param top: outcomes of a picture at most
    :raises UsageError: if the suffix means no format, or the results do not have what is selected
    :raises ConfigurationError: if matplotlib is needed and not installed
    :raises LocalStorageError: if the file cannot be written
    """
    suffix = file_format(path)
    check(selection, results)
    if suffix == "npz" and not selection.is_everything:
        raise UsageError("a file .npz holds everything, not a selection")
    try:
        with atomic.replacing(path, _MODE) as file:
            if suffix == "csv":
                from direct_access.results.csv_file import write_csv

                write_csv(file, results, names, selection)
            elif suffix == "npz":
                from direct_access.results.npz_file import write_npz

                write_npz(file, results, names)
            else:
                from direct_access.results.figure import write_figure

                write_figure(file, suffix, results, names, selection, top)
    except OSError as error:
        raise LocalStorageError(f"{path} cannot be written: {error.strerror}", subject=str(path)) from error
