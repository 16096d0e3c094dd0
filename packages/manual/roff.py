"""Writing of man(7): the few requests that our pages need."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

_ESCAPED = str.maketrans(
    {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", "…": "..."}
)
_MARKED = re.compile(r"``?([^`]+)``?")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_ONLY_A_LINK = re.compile(r" \(\[[^\]]+\]\([^)]*\)\)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


class Page:
    """A page under way.

    :param name: its name, such as ``direct-access-run``
    :param about: what stands beside the name in ``man -k``
    :param date: ``YYYY-MM-DD``
    """

    def __init__(self, name: str, section: int, about: str, *, date: str, version: str) -> None:
        self.name = name
        self.section = section
        title = name.upper()
        self._lines = [
            f'.TH {_quoted(title)} {section} "{date}" {_quoted(f"direct-access {version}")}',
            ".SH NAME",
            rf"{escape(name)} \- {inline(about)}",
        ]
        self._between = False

    @property
    def file_name(self) -> str:
        """As man(1) looks for it."""
        return f"{self.name}.{self.section}"

    def heading(self, text: str) -> None:
        """Begin a section."""
        self._lines.append(f".SH {_quoted(text.upper())}")
        self._between = False

    def subheading(self, text: str) -> None:
        """Begin a part of a section."""
        self._lines.append(f".SS {_quoted(text)}")
        self._between = False

    def text(self, text: str) -> None:
        """Add paragraphs, as docstrings and our Markdown have them: divided by empty lines."""
        for paragraph in re.split(r"\n\s*\n", text.strip()):
            if self._between:
                self._lines.append(".PP")
            self._lines += _filled(paragraph)
            self._between = True

    def item(self, term: str, *paragraphs: str) -> None:
        """Add an entry of a list; the term is literal."""
        self._lines += [".TP", rf"\fB{escape(term)}\fR"]
        given = [paragraph for paragraph in paragraphs if paragraph] or ["-"]
        self._lines += _filled(given[0])
        for paragraph in given[1:]:
            self._lines += [".br", *_filled(paragraph)]
        self._between = True

    def bullet(self, text: str) -> None:
        """Add an entry of an unordered list."""
        self._lines += [".IP \\(bu 2", *_filled(text)]
        self._between = True

    def example(self, text: str) -> None:
        """Add lines as they are."""
        self._lines += [".PP"] if self._between else []
        self._lines += [".RS 4", ".nf", *(_guarded(escape(line)) for line in text.splitlines()), ".fi", ".RE"]
        self._between = True

    def see_also(self, pages: Iterable[tuple[str, int]]) -> None:
        """End with the pages beside this one."""
        self.heading("See also")
        others = [(name, section) for name, section in pages if (name, section) != (self.name, self.section)]
        self._lines += [
            rf".BR {escape(name)} ({section}){',' if index < len(others) - 1 else ''}"
            for index, (name, section) in enumerate(others)
        ]

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"


def escape(text: str) -> str:
    """Return text that troff shows as it is, ASCII hyphens too."""
    return text.translate(_ESCAPED)


def inline(text: str) -> str:
    """Return one line of running text, with what Markdown marks as code or strong in bold."""
    words = _ONLY_A_LINK.sub("", " ".join(text.split()))  # such as "([more](health.md))"
    plain = _BOLD.sub(r"`\1`", _LINK.sub(r"\1", words))
    parts = _MARKED.split(plain)
    return "".join(rf"\fB{escape(part)}\fR" if odd % 2 else escape(part) for odd, part in enumerate(parts))


def _filled(paragraph: str) -> list[str]:
    """Return lines of source that troff joins again; it wants none to be long."""
    lines = textwrap.wrap(inline(paragraph), 78, break_long_words=False, break_on_hyphens=False)
    return [_guarded(line) for line in lines]


def _guarded(line: str) -> str:
    """Keep a line from being taken for a request."""
    return rf"\&{line}" if line.startswith((".", "\\(aq")) else line


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "\\(dq").replace("-", "\\-") + '"'
