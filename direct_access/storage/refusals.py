"""From a store's refusal to the error that it means."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from direct_access.clock import Clock, parse_rfc3339
from direct_access.errors import AccessError, DirectAccessError, StoreError, UnavailableError
from direct_access.light_dataclass import dataclass
from direct_access.model.server_text import is_web_page, one_line, page_text, unescaped
from direct_access.refusals.error_body import ErrorBody
from direct_access.storage.access import Access
from direct_access.storage.error_table import RULES, WRONG_CLOCK
from direct_access.transport.http import HttpResponse
from direct_access.transport.server_date import http_date_secs
from direct_access.units import format_duration

SKEW_SECS = 300.0
"""Stores bear a difference of five to fifteen minutes between their clock and that of a signature."""

_MOST_READ = 1 << 16


@dataclass(frozen=True)
class S3Error(ErrorBody):
    """The ``<Error>`` document of S3, as far as the store sent one; a HEAD has none.

    :param region: where the store expects the bucket's requests
    :param server_time: the store's time of day, where it refuses ours
    """

    region: str | None = None
    server_time: str | None = None


def parse_s3_error(data: bytes) -> S3Error:
    """Read the body of a refusal, also one that a proxy wrote.

    Its few flat elements are picked out by name: no parser, no entities, no depth.
    """
    content = data[:_MOST_READ].decode("utf-8", "replace")
    if is_web_page(content):
        return S3Error(message=page_text(content))

    def element(name: str) -> str | None:
        match = re.search(rf"<{name}>([^<]*)</{name}>", content)
        return one_line(unescaped(match[1])) if match else None

    code = element("Code")
    if code is None:
        return S3Error(message=one_line(content))
    return S3Error(
        element("Message"),
        code,
        element("RequestId"),
        region=element("Region"),
        server_time=element("ServerTime"),
    )


def refusal(response: HttpResponse, access: Access, name: str, clock: Clock) -> DirectAccessError:
    """Return the error that an answer for an object means."""
    error = parse_s3_error(response.data)
    rule = RULES.rule_for(response.status, error.code)
    skew_secs = _skew_secs(error, response.headers, clock)
    if access.is_signed and rule.error is AccessError and skew_secs and abs(skew_secs) > SKEW_SECS:
        rule = WRONG_CLOCK
    message = f"{rule.message} ({access.address})"
    if rule is WRONG_CLOCK and skew_secs is not None:
        message += f": {_skew(skew_secs)}"
    return rule.error_for(
        response.status,
        response.headers,
        error,
        clock,
        subject=name,
        message=message,
        advice=f"the store expects region {error.region}" if error.region else None,
    )


def unreachable(error: UnavailableError, name: str) -> StoreError:
    """Return the error for a broken exchange with the store: the store failed, not the API."""
    return StoreError(
        f"the object store is not reachable: {error.message}", subject=name, retryable=error.retryable
    )


def _skew(secs: float) -> str:
    direction = "ahead of" if secs > 0 else "behind"
    return f"this node's clock is {format_duration(abs(secs))} {direction} the store's"


def _skew_secs(error: S3Error, headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return by how much our clock is ahead of the store's, None where the store does not tell its time."""
    server = http_date_secs(headers.get("Date", ""))
    if error.server_time:
        with contextlib.suppress(ValueError):
            server = parse_rfc3339(error.server_time)
    return None if server is None else clock.wall() - server
