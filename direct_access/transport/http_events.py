"""Exchanges, as events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from direct_access.errors import DirectAccessError
from direct_access.events import Event, Text, Url, tell

if TYPE_CHECKING:  # it loads urllib3
    from direct_access.transport.response import HttpResponse

REQUEST_ID_HEADERS = (
    *("X-Request-Id", "X-Correlation-Id", "X-Global-Transaction-Id", "Transaction-Id"),  # API and IAM
    *("x-amz-request-id", "X-Clv-Request-Id"),  # stores
)


def tell_answer(method: str, response: HttpResponse, url: str, secs: float, attempt: int) -> None:
    """Tell what a server answered; its request id stays as the server spells it."""
    tell(
        Event.HTTP,
        Url(url),
        method=Text(method),
        status=response.status,
        ms=1000 * secs,
        attempt=attempt,
        request_id=_header(response.headers, *REQUEST_ID_HEADERS),
        retry_after=_header(response.headers, "Retry-After"),
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


def _header(headers: Mapping[str, str], *names: str) -> Text | None:
    return next((Text(headers[name]) for name in names if name in headers), None)
