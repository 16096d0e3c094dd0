"""Texts of servers, made fit for a message of ours."""

from __future__ import annotations

import html
import re

from direct_access.redact import redact_text

_LONGEST_MESSAGE = 400
_MOST_READ = 1 << 16
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def is_web_page(content: str) -> bool:
    """Return whether a text is HTML."""
    return content.lstrip()[:15].lower().startswith(("<!doctype html", "<html", "<head", "<body"))


def page_title(content: str) -> str | None:
    """Return the title of an HTML page as one line."""
    match = _TITLE.search(content[:_MOST_READ])
    return one_line(html.unescape(match[1])) if match else None


def one_line(content: str) -> str | None:
    """Return a text as one short printable line without the queries of URLs; None for an empty one."""
    line = redact_text(_UNPRINTABLE.sub(" ", content[:_MOST_READ]).strip())
    return (line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…") or None


def page_text(content: str) -> str | None:
    """Return the title of an HTML page, else its text, as one line."""
    return page_title(content) or one_line(html.unescape(_TAG.sub(" ", content[:_MOST_READ])))
