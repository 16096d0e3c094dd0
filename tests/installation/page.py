"""Reads a page for administrators as its reader does: commands to type, by whom, and files to write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CONFIGURATION = re.compile(r"`(/etc/[^`]+)`")
_USER = re.compile(r"[Aa]s the user `(\w+)`")
_FENCE = "```"


@dataclass(frozen=True)
class Step:
    """A block of the page.

    :param section: the heading that it stands below
    :param user: who types the commands, None for root
    :param path: the file that the text belongs into, None for commands
    """

    section: str
    user: str | None
    path: str | None
    text: str


def steps(page: str) -> Iterator[Step]:
    """Return what a page has its reader do, in order.

    A block of kind ``sh`` is typed, one of kind ``console`` only shown; any other is a file, whose path
    stands in the words before it.
    """
    section, words, lines = "", "", iter(page.splitlines(keepends=True))
    for line in lines:
        if line.startswith("## "):
            section = line[3:].strip()
        if not line.startswith(_FENCE):
            words = line if words.endswith("\n\n") else words + line
            continue
        kind, text = line[len(_FENCE) :].strip(), "".join(_until_fence(lines))
        if kind == "sh":
            user = _USER.search(words)
            yield Step(section, user and user[1], None, text)
        elif kind != "console":
            yield Step(section, None, _CONFIGURATION.findall(words)[-1], text)
        words = ""


def _until_fence(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(_FENCE):
            return
        yield line
