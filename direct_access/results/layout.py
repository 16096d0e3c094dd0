"""How tables are laid out: as wide as the terminal, in constant memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from direct_access.light_dataclass import dataclass

DEFAULT_ROWS = 16
DEFAULT_TOP = 16
DEFAULT_WIDTH = 80
_MOST_DECIMALS = 8
_LONGEST_BAR = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = "▁▂▃▄▅▆▇█"
_PLAIN = {
    **dict(zip(_LEVELS, "_.:-=+*#", strict=True)),
    **dict.fromkeys(_EIGHTHS[1:4], ""),
    **dict.fromkeys(_EIGHTHS[4:], "#"),
    "±": "+-",
    "…": "...",
    "│": "|",
    "─": "-",
    "└": "+",
}
MARKS = "".join(_PLAIN)
"""All characters beyond ASCII that tables have of their own."""


@dataclass(frozen=True)
class Layout:
    """What a reader has room for, and wants to see.

    :param width: columns of the terminal; None: nothing is folded, and tables are made for 80 columns
    :param bars: draw frequencies and expectation values
    :param curves: draw sweeps
    :param rows: rows of a sweep that are shown at most; None: all
    :param top: outcomes of one table that are shown at most
    """

    width: int | None = None
    bars: bool = False
    curves: bool = False
    rows: int | None = DEFAULT_ROWS
    top: int = DEFAULT_TOP

    @property
    def columns(self) -> int:
        """Columns that a table may have."""
        return self.width or DEFAULT_WIDTH

    def inside(self, margin: int) -> Layout:
        """Return the layout of what is indented by so many columns."""
        width = None if self.width is None else max(1, self.width - margin)
        return Layout(width, self.bars, self.curves, self.rows, self.top)


def plain_ascii(text: str) -> str:
    """Return a text of ours in ASCII, for terminals that have nothing else."""
    return text.translate({ord(mark): other for mark, other in _PLAIN.items()})


def bar(part: float, longest: int = _LONGEST_BAR) -> str:
    """Return a bar for a part of the whole, between 0 and 1."""
    eighths = round(8 * longest * part)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def sparkline(heights: Sequence[float]) -> str:
    """Return one character for each height; a height that is not finite leaves a gap."""
    finite = [height for height in heights if math.isfinite(height)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    scale = (len(_LEVELS) - 1) / (high - low) if high > low else 0.0
    return "".join(
        _LEVELS[round((height - low) * scale)] if math.isfinite(height) else " " for height in heights
    )


def cut(text: str, longest: int) -> str:
    """Return a text cut at a length, with a mark where it was."""
    return text if len(text) <= longest else text[: max(0, longest - 1)] + "…"


def folded(text: str, width: int | None) -> Iterator[str]:
    """Yield a line in pieces that fit; what follows the first is indented."""
    if width is None or len(text) <= width:
        yield text
        return
    rest = text
    indent = ""
    while rest:
        room = max(1, width - len(indent))
        space = rest.rfind(" ", room // 2, room + 1)
        end = space if space > 0 and len(rest) > room else room
        yield indent + rest[:end].rstrip()
        rest = rest[end:].lstrip()
        indent = "  "


def aligned(
    rows: Iterable[Sequence[str]], widths: Sequence[int], *, right: Iterable[int] = ()
) -> Iterator[str]:
    """Yield rows as lines of columns, so wide each; columns to the right are named by number."""
    to_right = set(right)
    for row in rows:
        cells = [
            cell.rjust(width) if number in to_right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def decimals(errors: Iterable[float]) -> int | None:
    """Return with how many decimals the smallest error has two digits; None if there is no error above 0."""
    above = [error for error in errors if isinstance(error, (int, float)) and 0 < error < math.inf]
    if not above:
        return None
    return min(max(0, 1 - math.floor(math.log10(min(above)))), _MOST_DECIMALS)


def number(value: object, places: int | None = None) -> str:
    """Return a number with so many decimals, or with six digits."""
    if isinstance(value, float) and places is not None:
        return f"{value:.{places}f}"
    return f"{value:.6g}" if isinstance(value, (float, complex)) else str(value)
