"""Results that are not what they should be."""

from __future__ import annotations

import os
from pathlib import Path


def spoil(results: Path, how: str) -> None:
    """Change a file of results: ``truncated``, ``not_json`` or ``empty``; anything else leaves it alone."""
    if how == "truncated":
        os.truncate(results, results.stat().st_size // 2)
    elif how == "not_json":
        results.write_bytes(b"<html><body>Bad gateway</body></html>")
    elif how == "empty":
        results.write_bytes(b"")
