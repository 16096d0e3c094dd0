"""What a server's operators need to find a request."""

from __future__ import annotations

from collections.abc import Mapping

REQUEST_ID_HEADERS = (
    *("x-amz-request-id", "X-Clv-Request-Id"),  # stores
    *("X-Request-Id", "X-Correlation-Id", "X-Global-Transaction-Id", "Transaction-Id"),  # API and IAM
)


def request_id_header(headers: Mapping[str, str]) -> str | None:
    """Return the id as the server spells it, None if the answer has none.

    :param headers: names in any case
    """
    return next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), None)
