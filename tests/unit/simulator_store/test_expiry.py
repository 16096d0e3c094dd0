"""The life of a presigned URL, by a clock moved by hand."""

from __future__ import annotations

import calendar
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from tests.unit.simulator_store.conftest import BUCKET, Running

WEEK_SECS = 604800


def presigned(running: Running, operation: str, expiry_secs: int) -> str:
    where = {"Bucket": BUCKET, "Key": "key"}
    url: Any = running.client().generate_presigned_url(operation, Params=where, ExpiresIn=expiry_secs)
    return str(url)


def send(method: str, url: str) -> tuple[int, bytes]:
    with urllib3.PoolManager(retries=False) as pool:
        response = pool.request(method, url, body=b"content" if method == "PUT" else None)
        return response.status, response.data


def set_to_its_date(running: Running, url: str) -> None:
    """Set the clock to the moment at which a URL was signed."""
    date = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
    running.clock.set_wall(calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ")))


@pytest.mark.parametrize("expiry_secs", [1, 3600, WEEK_SECS])
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_a_url_dies_after_the_seconds_it_was_signed_for(
    running: Running, method: str, expiry_secs: int
) -> None:
    running.send("PUT", f"/{BUCKET}/key", b"content")
    url = presigned(running, f"{method.lower()}_object", expiry_secs)
    set_to_its_date(running, url)
    running.clock.advance(expiry_secs)
    assert send(method, url)[0] == 200
    running.clock.advance(1)
    status, body = send(method, url)
    assert status == 403
    assert b"<Message>Request has expired</Message>" in body


def test_a_url_dies_with_the_key_that_signed_it(running: Running) -> None:
    url = presigned(running, "put_object", WEEK_SECS)
    assert send("PUT", url)[0] == 200
    del running.credentials["AKID"]
    status, body = send("PUT", url)
    assert status == 403
    assert b"<Code>InvalidAccessKeyId</Code>" in body


def test_a_url_dies_when_the_secret_changes(running: Running) -> None:
    url = presigned(running, "put_object", WEEK_SECS)
    running.credentials["AKID"] = "another"
    assert send("PUT", url)[0] == 403


def test_a_request_signed_16_minutes_ago_is_too_old(running: Running) -> None:
    client = running.client()
    client.put_object(Bucket=BUCKET, Key="key", Body=b"")
    running.clock.advance(16 * 60)
    with pytest.raises(client.exceptions.ClientError, match="RequestTimeTooSkewed"):
        client.put_object(Bucket=BUCKET, Key="key", Body=b"")
