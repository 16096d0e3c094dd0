"""The life of a presigned URL, by a clock moved by hand."""

from __future__ import annotations

from typing import Any

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


@pytest.mark.parametrize("expiry_secs", [1, 3600, WEEK_SECS])
def test_a_url_dies_after_the_seconds_it_was_signed_for(running: Running, expiry_secs: int) -> None:
    put, get = (presigned(running, f"{operation}_object", expiry_secs) for operation in ("put", "get"))
    running.clock.advance(expiry_secs - 1)
    assert send("PUT", put)[0] == 200
    assert send("GET", get) == (200, b"content")
    running.clock.advance(3)
    assert [send("PUT", put)[0], send("GET", get)[0]] == [403, 403]
    assert b"<Message>Request has expired</Message>" in send("GET", get)[1]


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
