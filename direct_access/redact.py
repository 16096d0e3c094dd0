"""Secrets without a printable form, and documents without presigned URLs."""

from __future__ import annotations

import re
from typing import Any, NoReturn

HIDDEN = "***"

_URL_QUERY = re.compile(r"(https?://[^\s\"'<>?]*)\?[^\s\"'<>]*", re.IGNORECASE)
_USERINFO = re.compile(r"(https?://)[^/\s]*@", re.IGNORECASE)  # up to the last @: a password may hold one
_SIGNED = re.compile(r"(X-Amz-[\w-]+=)[^&\s\"'<>)]+", re.IGNORECASE)  # SigV4 in a query without its host
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")  # a JSON Web Token: its first part begins with {"


class Secret:
    """A value that can be used but not shown: printing, formatting and pickling give nothing away."""

    __slots__ = ("_reveal",)

    def __init__(self, value: str) -> None:
        def reveal() -> str:
            return value

        self._reveal = reveal

    def reveal(self) -> str:
        """Return the value, for the one request that needs it."""
        return self._reveal()

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


def redact_text(text: str) -> str:
    """Return the text with every access token, query of a URL and user:password in a URL hidden."""
    without_tokens = _SIGNED.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, text))
    return _URL_QUERY.sub(rf"\1?{HIDDEN}", _USERINFO.sub(rf"\1{HIDDEN}@", without_tokens))


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
