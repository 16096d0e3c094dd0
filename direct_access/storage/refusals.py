"""From a store's refusal to the error that it means."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from direct_access.clock import Clock, parse_rfc3339
from direct_access.errors import AccessError, DirectAccessError, StoreError, UnavailableError
from direct_access.model.server_text import is_web_page, one_line, page_text, unescaped
from direct_access.storage.access import Access
from direct_access.storage.error_table import WRONG_CLOCK, Rule, rule_for
from direct_access.transport.http import HttpResponse
from direct_access.transport.retry_after import retry_after_secs
from direct_access.transport.server_date import http_date_secs
from direct_access.units import format_duration

REQUEST_ID_HEADERS = ("x-amz-request-id", "X-Clv-Request-Id", "X-Request-Id")
SKEW_SECS = 300.0
"""Stores bear a difference of five to fifteen minutes between their clock and that of a signature."""

_MOST_READ = 1 << 16


@dataclass(frozen=True)
class S3Error:
    """The ``<Error>`` document of S3, as far as the store sent one; a HEAD has none."""

    code: str | None = None
    message: str | None = None
    request_id: str | None = None
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

    error = S3Error(element("Code"), element("Message"), element("RequestId"), element("Region"))
    if error.code is None:
        return S3Error(message=one_line(content))
    return S3Error(error.code, error.message, error.request_id, error.region, element("ServerTime"))


def refusal(response: HttpResponse, access: Access, name: str, clock: Clock) -> DirectAccessError:
    """Return the error that an answer for an object means."""
    error = parse_s3_error(response.data)
    rule = rule_for(response.status, error.code)
    advice = rule.advice
    skew_secs = _skew_secs(error, response.headers, clock)
    if access.is_signed and rule.error is AccessError and skew_secs and abs(skew_secs) > SKEW_SECS:
        rule, advice = WRONG_CLOCK, WRONG_CLOCK.advice
    if error.region:
        advice = f"the store expects region {error.region}"
    return rule.error(
        _message(rule, error, access, skew_secs if rule is WRONG_CLOCK else None),
        subject=name,
        http_status=response.status,
        code=error.code,
        request_id=error.request_id or _request_id(response.headers),
        retryable=rule.retryable,
        retry_after_secs=retry_after_secs(response.headers, clock),
        advice=advice,
    )


def unreachable(error: UnavailableError, name: str) -> StoreError:
    """Return the error for a broken exchange with the store: the store failed, not the API."""
    return StoreError(
        f"the object store is not reachable: {error.message}", subject=name, retryable=error.retryable
    )


def _message(rule: Rule, error: S3Error, access: Access, skew_secs: float | None) -> str:
    parts = [f"{rule.message} ({access.address})"]
    if skew_secs is not None:
        direction = "ahead of" if skew_secs > 0 else "behind"
        parts.append(f"this node's clock is {format_duration(abs(skew_secs))} {direction} the store's")
    if error.message:
        parts.append(error.message)
    return ": ".join(parts)


def _skew_secs(error: S3Error, headers: Mapping[str, str], clock: Clock) -> float | None:
    """Return by how much our clock is ahead of the store's, None where the store does not tell its time."""
    server = http_date_secs(headers.get("Date", ""))
    if error.server_time:
        with contextlib.suppress(ValueError):
            server = parse_rfc3339(error.server_time)
    return None if server is None else clock.wall() - server


def _request_id(headers: Mapping[str, str]) -> str | None:
    return one_line(next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), ""))
