"""What was sent: the params document beside a results file, as far as it names what the results hold."""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from direct_access import run_files
from direct_access.errors import OutputError, StoreError
from direct_access.results.allowance import allowance_of
from direct_access.results.lazy_json import parse
from direct_access.results.model import Results
from direct_access.results.names import RowNames, row_names

MOST_BYTES = 1 << 24
"""The largest params document that is read for names: larger ones would cost more memory than the results."""


def names_of(results: Results, params: Path | None) -> Sequence[RowNames]:
    """Return the names of the rows, PUB by PUB; where nothing is known, they are called by their index.

    :param params: the params document; it need not be there, nor be readable, nor belong to these results
    """
    given: Sequence[Any] = []
    size = 0
    if params is not None:
        with contextlib.suppress(OSError, OutputError, ValueError, StoreError):
            given, size = _pubs(params)
    if len(given) != len(results.pubs):
        given = [None] * len(results.pubs)
    allowance = allowance_of(size)
    return [row_names(pub, sent, allowance) for pub, sent in zip(results.pubs, given, strict=True)]


def _pubs(params: Path) -> tuple[Sequence[Any], int]:
    """Return the PUBs of a params document and its size; the file is one that nobody else could place."""
    descriptor = run_files.open_file(run_files.chosen(params.parent), params.name)
    with open(descriptor, "rb") as file:
        buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(buffer) > MOST_BYTES:
        return [], 0
    document = parse(buffer)
    pubs = document.get("pubs") if isinstance(document, dict) else None
    return (pubs if isinstance(pubs, list) else []), len(buffer)
