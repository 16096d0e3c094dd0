"""From a results file to results."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

from direct_access.errors import LocalStorageError, StoreError
from direct_access.results.allowance import Allowance, allowance_of
from direct_access.results.lazy_json import Buffer, parse
from direct_access.results.model import Results
from direct_access.results.plain import plain_results
from direct_access.results.typed import typed_results

SHOWN_BYTES = 40


def decode(path: Path) -> Results:
    """Return the results in a file, in either of the API's two forms.

    The file is mapped, not read: samples are read when they are asked for, one set of parameter values at a
    time. It must stay as it is as long as the results are in use.

    :raises LocalStorageError: if it cannot be read
    :raises StoreError: if it holds no results, or damaged ones; the message says what was found
    """
    try:
        buffer = _mapped(path)
    except OSError as error:
        raise LocalStorageError(f"{path} cannot be read: {error.strerror}", subject=str(path)) from error
    try:
        document = parse(buffer)
    except ValueError as error:
        start = bytes(buffer[:SHOWN_BYTES]).decode("utf-8", "replace")
        raise _wrong(path, f"is not JSON: {error}; it begins with {start!r}") from error
    try:
        return _results(document, allowance_of(len(buffer)))
    except StoreError as error:
        raise _wrong(path, f"holds no readable results: {error.message}") from error


def _mapped(path: Path) -> Buffer:
    with path.open("rb") as stream:
        if not path.stat().st_size:
            return b""  # an empty file cannot be mapped (mmap(2))
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _results(document: Any, allowance: Allowance) -> Results:
    if isinstance(document, dict):
        if document.get("__type__") == "PrimitiveResult":
            return typed_results(document, allowance)
        if isinstance(document.get("results"), list):
            return plain_results(document, allowance)
    raise StoreError(
        f'neither a PrimitiveResult nor an object with a list "results", but {_described(document)}'
    )


def _described(document: Any) -> str:
    if not isinstance(document, dict):
        return f"a JSON {type(document).__name__}"
    if "__type__" in document:
        return f"a {document['__type__']}"
    return f"an object with {', '.join(sorted(document)) or 'nothing in it'}"


def _wrong(path: Path, what: str) -> StoreError:
    return StoreError(f"{path} {what}", subject=str(path))
