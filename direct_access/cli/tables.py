"""Rows in columns, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from direct_access.printable import plain_line


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return left-aligned columns; None shows as ``-``."""
    lines = [
        list(header),
        *(["-" if cell is None else plain_line(str(cell)) for cell in row] for row in rows),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )
