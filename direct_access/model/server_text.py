"""Texts of servers, made fit for a message of ours.

They are bounded before anything is sought in them, and each pattern takes time linear in their length.
"""

from __future__ import annotations

import html
import re

from direct_access.printable import blanked, shortened
from direct_access.redact import redact_text

LONGEST_MESSAGE = 400
LONGEST_REASON = 2000
"""Why a job ended is worth more room than why a request was refused."""
_MOST_READ = 1 << 16
_TITLE_BEGINS = re.compile(r"<title\b[^<>]*>", re.IGNORECASE)
_TITLE_ENDS = re.compile(r"</title", re.IGNORECASE)
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
_TAG = re.compile(r"<(script|style)\b(?:.*?</\1>|.*)|<[^<>]*>", re.IGNORECASE | re.DOTALL)


def is_web_page(content: str) -> bool:
    """Return whether a text is HTML."""
    start = content[:_MOST_READ].lstrip()[:15].lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body"))


def page_title(content: str) -> str | None:
    """Return the title of an HTML page as one line."""
    content = content[:_MOST_READ]
    begin = _TITLE_BEGINS.search(content)
    end = _TITLE_ENDS.search(content, begin.end()) if begin else None
    return one_line(unescaped(content[begin.end() : end.start()])) if begin and end else None


def one_line(content: str, longest: int = LONGEST_MESSAGE) -> str | None:
    """Return a text as one short printable line without the queries of URLs; None for an empty one."""
    read = blanked(content[:_MOST_READ])
    if len(content) > _MOST_READ:  # the cut may have gone through a secret
        read = f"{read.rpartition(' ')[0]}…"
    return shortened(redact_text(read), longest) or None


def reason_line(value: object) -> str | None:
    """Return why a job ended, in one line; None if a server gives no text for it."""
    return one_line(value, LONGEST_REASON) if isinstance(value, str) else None


def page_text(content: str) -> str | None:
    """Return the title of an HTML page, else its text, as one line."""
    return page_title(content) or one_line(unescaped(_TAG.sub(" ", content[:_MOST_READ])))


def unescaped(content: str) -> str:
    """Return a text of HTML or XML with its character references replaced, absurd ones by U+FFFD."""
    return html.unescape(_NO_CHARACTER.sub("\ufffd", content))
