"""Whether a file can be a results document, in constant memory for large ones.

A full parse of 60 MB of JSON takes about 2 s and 800 MB, one of 10 MB 130 MB; documents above 1 MiB are
therefore judged by their length and digest (see :mod:`direct_access.runner.download`) and by their first and
last byte.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

PARSE_BYTES = 1 << 20
_MARGIN = 256


def fault_of_results(path: Path) -> str | None:
    """Return what is wrong with a results document, None if nothing is seen."""
    size = path.stat().st_size
    if size == 0:
        return "it is empty"
    if size <= PARSE_BYTES:
        try:
            document = json.loads(path.read_bytes(), parse_int=float)  # int() has a limit of digits
        except ValueError as error:
            return f"it is no JSON: {error}"
        except RecursionError:
            return "it is no JSON that can be read: nested too deeply"
        return None if isinstance(document, dict) else "it is no JSON object"
    with path.open("rb") as file:
        first = file.read(_MARGIN).lstrip()[:1]
        file.seek(-_MARGIN, os.SEEK_END)
        last = file.read().rstrip()[-1:]
    if (first, last) != (b"{", b"}"):
        return "it is no complete JSON object: it does not start with { and end with }"
    return None
