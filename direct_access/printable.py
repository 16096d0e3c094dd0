"""Texts of others, made fit for a terminal: nothing in them moves the cursor or begins or reorders a line."""

from __future__ import annotations

LONGEST_LINE = 4096

_ENDS_OF_LINES = "\u2028\u2029"
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Bidirectional controls (Unicode Standard Annex 9, 2): they show other text than what is there."""
_UNSEEN = "\u200b\u2060\ufeff" + "".join(map(chr, range(0xE0000, 0xE0080)))
_CONTROLS = "".join(map(chr, (*range(32), *range(127, 160))))  # C0, DEL, C1 (ECMA-48)

_ESCAPES = {ord(c): f"\\x{ord(c):02x}" for c in _CONTROLS}
_ESCAPES |= {ord(c): f"\\u{ord(c):04x}" for c in _ENDS_OF_LINES + _DIRECTIONS + _UNSEEN}
_ESCAPES_BUT_LINES = {code: shown for code, shown in _ESCAPES.items() if chr(code) not in "\n\t"}
_BLANKS = dict.fromkeys(_ESCAPES, " ")


def plain(text: str) -> str:
    """Return lines of text with every control character but line feed and tab as an escape of Python's."""
    return text.translate(_ESCAPES_BUT_LINES)


def plain_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return a text as one line, cut at a length, with every control character as an escape of Python's."""
    return shortened(text[: longest + 1].translate(_ESCAPES), longest)


def blanked(text: str) -> str:
    """Return a text with a blank for each run of blanks and control characters, none at its ends."""
    return " ".join(text.translate(_BLANKS).split())


def shortened(text: str, longest: int) -> str:
    """Return a text cut at a length, with a mark where it was."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
