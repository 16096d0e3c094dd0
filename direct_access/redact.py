"""Secrets without a printable form, and texts and documents without secrets or presigned URLs.

Every :class:`Secret` that is in use is known here, so that a text that somebody else wrote cannot bring it
back: servers echo what they were sent, in the spelling of a URL, of JSON or of XML.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Iterable
from typing import Any, NoReturn

HIDDEN = "***"
SHORTEST_SOUGHT = 12
"""Shorter secrets are not sought in texts: a password of one word would be found in paths and names too."""

# Each pattern takes all of a run of characters, whether or not it then finds what it seeks in it, so that no
# character is looked at again from another start: the time is linear in texts that others wrote.
_URL = re.compile(r"https?://[^\s\"'<>]*", re.IGNORECASE)
_AUTHORITY = re.compile(r"(https?://)([^/\s]*)", re.IGNORECASE)
_SIGNED = re.compile(r"(X-Amz-[\w-]+)(=[^&\s\"'<>)]+)?", re.IGNORECASE)  # SigV4 in a query without its host
_TOKEN = re.compile(r"\beyJ[\w-]+(\.[\w-]+\.[\w-]*)?")  # a JSON Web Token: its first part begins with {"


class Secret:
    """A value that can be used but not shown: printing, formatting and pickling give nothing away.

    As long as it lives, :func:`redact_text` hides its value wherever a text holds it.
    """

    __slots__ = ("__weakref__", "_reveal", "_spelt")

    def __init__(self, value: str) -> None:
        spellings: list[str] = []

        def reveal() -> str:
            return value

        def spelt() -> list[str]:
            if not spellings:
                spellings.extend(_spellings(value))
            return spellings

        self._reveal = reveal
        self._spelt = spelt
        if len(value) >= SHORTEST_SOUGHT:
            with _lock:
                _in_use.add(self)

    def reveal(self) -> str:
        """Return the value, for the one request that needs it."""
        return self._reveal()

    def hidden_in(self, text: str) -> str:
        """Return a text without this value, however it is spelt."""
        for spelling in self._spelt():
            text = text.replace(spelling, HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, _spec: str) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._reveal())

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


_in_use: weakref.WeakSet[Secret] = weakref.WeakSet()
_lock = threading.Lock()


def _spellings(value: str) -> Iterable[str]:
    """Return how a value may be written, the longest first: itself, and in a URL, a form, JSON, XML."""
    if re.fullmatch(r"[\w.~-]+", value, re.ASCII):
        return (value,)
    import html
    import json
    from urllib.parse import quote, quote_plus

    printable = "".join(character for character in value if character.isprintable())
    in_urls = {quote(value), quote(value, safe=""), quote_plus(value)}
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    in_xml = {html.escape(value), html.escape(value, quote=False)}
    spelt = {value, printable, *in_urls, *in_json, *in_xml}
    return sorted((form for form in spelt if len(form) >= SHORTEST_SOUGHT), key=len, reverse=True)


def redact_text(text: str) -> str:
    """Return the text with every secret in use, access token, query of a URL and user:password hidden."""
    with _lock:
        secrets = list(_in_use)
    for secret in secrets:
        text = secret.hidden_in(text)
    text = _TOKEN.sub(lambda found: HIDDEN if found[1] else found[0], text)
    text = _SIGNED.sub(lambda found: f"{found[1]}={HIDDEN}" if found[2] else found[0], text)
    return _URL.sub(_without_query, _AUTHORITY.sub(_without_user, text))


def _without_user(found: re.Match[str]) -> str:
    """Hide user and password, up to the last @: a password may hold one."""
    _, at, host = found[2].rpartition("@")
    return f"{found[1]}{HIDDEN}@{host}" if at else found[0]


def _without_query(found: re.Match[str]) -> str:
    url, mark, _ = found[0].partition("?")
    return f"{url}?{HIDDEN}" if mark else url


def without_urls(document: Any) -> Any:
    """Return a JSON document in which every presigned URL is hidden.

    The API echoes the storage blocks of a job with the presigned URLs in them (contract: GET /v1/jobs/{id}).
    """
    if isinstance(document, dict):
        return {
            name: HIDDEN if name == "presigned_url" else without_urls(value)
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [without_urls(item) for item in document]
    return redact_text(document) if isinstance(document, str) else document
