"""From the Markdown of our generated pages to man(7): headings, paragraphs, lists, tables and code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from packages.manual.roff import Page

_CELL = re.compile(r"(?<!\\)\|")
_BLOCKS = re.compile(r"^```[a-z]*\n.*?^```$|(?:^[^\n]+(?:\n|\Z))+?(?=\n|\Z|^```)", re.DOTALL | re.MULTILINE)


def add(page: Page, text: str) -> None:
    """Add a page of ours; its title and comments are left out."""
    for block in _blocks(text):
        writer = next(writer for begin, writer in _WRITERS.items() if block.startswith(begin))
        writer(page, block)


def _blocks(text: str) -> Iterator[str]:
    return (match[0].strip("\n") for match in _BLOCKS.finditer(text))


def _table(page: Page, block: str) -> None:
    heads, _, *rows = [_cells(line) for line in block.splitlines()]
    for row in rows:
        values = dict(zip(heads[1:], row[1:], strict=True))
        meaning = values.pop("meaning")
        told = "; ".join(f"{head}: {value}" for head, value in values.items() if value not in ("", "-"))
        page.item(row[0].replace("`", ""), meaning, f"({told})" if told else "")


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(line.strip().strip("|"))]


def _list(page: Page, block: str) -> None:
    for entry in re.split(r"^\* ", block, flags=re.MULTILINE)[1:]:
        page.bullet(entry)


def _heading(page: Page, block: str) -> None:
    head, _, rest = block.partition("\n")
    page.heading(head.lstrip("# "))
    if rest:
        page.text(rest)


def _code(page: Page, block: str) -> None:
    page.example("\n".join(block.splitlines()[1:-1]))


def _nothing(page: Page, block: str) -> None:
    pass


_WRITERS: dict[str, Callable[[Page, str], None]] = {
    "<!--": _nothing,
    "# ": _nothing,
    "#": _heading,
    "```": _code,
    "|": _table,
    "* ": _list,
    "": lambda page, block: page.text(block),
}
"""By what a block begins with; the first that fits."""
