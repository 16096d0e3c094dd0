"""Requests and their answers, as events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from direct_access.errors import DirectAccessError
from direct_access.events import Event, Text, Url, tell
from direct_access.transport.request_id import request_id_header

if TYPE_CHECKING:  # it loads urllib3
    from direct_access.transport.response import HttpResponse


def tell_answer(method: str, response: HttpResponse, url: str, secs: float, attempt: int) -> None:
    """Tell what a server answered; its request id stays as the server spells it."""
    tell(
        Event.HTTP,
        Url(url),
        method=Text(method),
        status=response.status,
        ms=1000 * secs,
        attempt=attempt,
        request_id=_text(request_id_header(response.headers)),
        retry_after=_text(response.headers.get("Retry-After")),
    )


def tell_failure(method: str, error: DirectAccessError, url: str, secs: float, attempt: int) -> None:
    """Tell why there was no answer."""
    tell(
        Event.HTTP,
        Url(url),
        method=Text(method),
        ms=1000 * secs,
        attempt=attempt,
        failed=Text(error.message),
    )


def _text(header: str | None) -> Text | None:
    return None if header is None else Text(header)
