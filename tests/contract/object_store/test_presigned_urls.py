"""Presigned URLs: what the quantum system gets instead of credentials."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.config import Config

from tests.contract.object_store.targets import Target

CONTENT = b"what the job needs"
DAY_SECS = 86400


def presigned(s3: Any, operation: str, target: Target, key: str, expiry_secs: int = 60) -> str:
    """Return path and query of a URL that the SDK signs."""
    where = {"Bucket": target.bucket, "Key": key}
    parts = urlsplit(s3.generate_presigned_url(operation, Params=where, ExpiresIn=expiry_secs))
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def stored(one_client: Any, target: Target, key: str) -> str:
    """The key of an object that holds CONTENT."""
    key = f"{key}/params:é &+%41"
    one_client.put_object(Bucket=target.bucket, Key=key, Body=CONTENT)
    return key


def path_of(target: Target, key: str) -> str:
    return f"/{target.bucket}/{quote(key)}"


def test_a_url_reads_an_object(s3: Any, target: Target, stored: str) -> None:
    answer = target.send("GET", presigned(s3, "get_object", target, stored))
    assert (answer.status, answer.body) == (200, CONTENT)


def test_a_url_reads_a_part_of_an_object(s3: Any, target: Target, stored: str) -> None:
    answer = target.send("GET", presigned(s3, "get_object", target, stored), {"Range": "bytes=5-7"})
    assert (answer.status, answer.body) == (206, CONTENT[5:8])


def test_a_url_writes_an_object(s3: Any, target: Target, key: str) -> None:
    answer = target.send("PUT", presigned(s3, "put_object", target, key), body=CONTENT)
    assert answer.status == 200
    assert s3.get_object(Bucket=target.bucket, Key=key)["Body"].read() == CONTENT


def test_a_url_writes_a_body_of_unknown_length(s3: Any, target: Target, key: str) -> None:
    connection = target.connect()
    url = presigned(s3, "put_object", target, key)
    connection.request(
        "PUT", url, iter([CONTENT[:7], CONTENT[7:]]), {"Transfer-Encoding": "chunked"}, encode_chunked=True
    )
    assert connection.getresponse().status == 200
    connection.close()
    assert s3.get_object(Bucket=target.bucket, Key=key)["Body"].read() == CONTENT


def test_a_url_for_reading_does_not_write_nor_delete(s3: Any, target: Target, stored: str) -> None:
    url = presigned(s3, "get_object", target, stored)
    for method in ("PUT", "DELETE", "HEAD"):
        assert target.send(method, url).status == 403
    assert s3.get_object(Bucket=target.bucket, Key=stored)["Body"].read() == CONTENT


def test_a_url_for_one_key_does_not_read_another(s3: Any, target: Target, stored: str, key: str) -> None:
    other = f"{key}/other"
    s3.put_object(Bucket=target.bucket, Key=other, Body=b"secret")
    query = urlsplit(presigned(s3, "get_object", target, stored)).query
    answer = target.send("GET", f"{path_of(target, other)}?{query}")
    assert answer.outcome == (403, "SignatureDoesNotMatch")


def test_a_url_whose_signature_is_changed_is_refused(s3: Any, target: Target, stored: str) -> None:
    url = presigned(s3, "get_object", target, stored)
    changed = url[:-1] + ("0" if url[-1] != "0" else "1")
    assert target.send("GET", changed).outcome == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    "added", ["&marker=1", "&response-content-type=text%2Fhtml", "&X-Amz-Expires=604800"]
)
def test_a_url_to_which_something_is_added_is_refused(target: Target, stored: str, added: str) -> None:
    url = target.signer().presigned("GET", path_of(target, stored))
    assert target.send("GET", url + added).outcome == (403, "SignatureDoesNotMatch")


def test_a_url_and_a_signed_header_together_are_refused(target: Target, stored: str) -> None:
    signer, path = target.signer(), path_of(target, stored)
    answer = target.send("GET", signer.presigned("GET", path), signer.headers("GET", path))
    assert answer.outcome == target.expectations["URL and Authorization"]


def test_a_url_whose_expiry_is_changed_is_refused(s3: Any, target: Target, stored: str) -> None:
    url = presigned(s3, "get_object", target, stored)
    changed = url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")
    assert changed != url
    assert target.send("GET", changed).outcome == (403, "SignatureDoesNotMatch")


def test_a_url_lives_as_long_as_it_says(target: Target, stored: str) -> None:
    signer = target.signer(wall=time.time() - DAY_SECS)
    answer = target.send("GET", signer.presigned("GET", path_of(target, stored), DAY_SECS + 60))
    assert (answer.status, answer.body) == (200, CONTENT)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_expired_url_is_refused(target: Target, stored: str, method: str) -> None:
    signer = target.signer(wall=time.time() - DAY_SECS)
    answer = target.send(method, signer.presigned(method, path_of(target, stored), DAY_SECS - 60))
    assert answer.outcome == (403, "AccessDenied")
    assert b"expired" in answer.body


def test_a_url_of_the_future_is_refused(target: Target, stored: str) -> None:
    signer = target.signer(wall=time.time() + DAY_SECS)
    answer = target.send("GET", signer.presigned("GET", path_of(target, stored)))
    assert answer.outcome == target.expectations["URL of the future"]


@pytest.mark.parametrize("expiry_secs", [604801, 0, -1])
def test_a_url_lives_seven_days_at_most(target: Target, stored: str, expiry_secs: int) -> None:
    answer = target.send("GET", target.signer().presigned("GET", path_of(target, stored), expiry_secs))
    assert answer.outcome == target.expectations[f"URL for {expiry_secs} s"]


def test_a_url_of_seven_days_is_taken(target: Target, stored: str) -> None:
    answer = target.send("GET", target.signer().presigned("GET", path_of(target, stored), 604800))
    assert answer.status == 200


def _without(parameter: str, url: str) -> str:
    path, _, query = url.partition("?")
    return path + "?" + "&".join(each for each in query.split("&") if not each.startswith(parameter + "="))


@pytest.mark.parametrize(
    "parameter", ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"]
)
def test_a_url_that_lacks_a_parameter_is_refused(target: Target, stored: str, parameter: str) -> None:
    url = _without(f"X-Amz-{parameter}", target.signer().presigned("GET", path_of(target, stored)))
    answer = target.send("GET", url)
    assert answer.outcome == target.expectations[f"URL without X-Amz-{parameter}"]


def by_version_2(target: Target, operation: str, key: str, expiry_secs: int = 60, **headers: str) -> str:
    """Return path and query of a URL as boto3 signs it where it is told neither a region nor a version."""
    session = boto3.session.Session(target.access_key_id, target.secret)
    s3 = session.client(
        "s3", endpoint_url=target.endpoint_url, config=Config(s3={"addressing_style": "path"})
    )
    where = {"Bucket": target.bucket, "Key": key, **headers}
    parts = urlsplit(s3.generate_presigned_url(operation, Params=where, ExpiresIn=expiry_secs))
    assert "AWSAccessKeyId=" in parts.query
    return f"{parts.path}?{parts.query}"


def test_a_url_of_signature_version_2_reads_and_writes(target: Target, stored: str, key: str) -> None:
    assert target.send("PUT", by_version_2(target, "put_object", key), body=CONTENT).status == 200
    for name in (key, stored):
        answer = target.send("GET", by_version_2(target, "get_object", name))
        assert (answer.status, answer.body) == (200, CONTENT)


def test_a_url_of_signature_version_2_lists_parts(one_client: Any, target: Target, key: str) -> None:
    upload = one_client.create_multipart_upload(Bucket=target.bucket, Key=key)["UploadId"]
    answer = target.send("GET", by_version_2(target, "list_parts", key, UploadId=upload))
    assert answer.status == 200
    one_client.abort_multipart_upload(Bucket=target.bucket, Key=key, UploadId=upload)


def test_a_url_of_signature_version_2_may_name_the_content_type(target: Target, key: str) -> None:
    url = by_version_2(target, "put_object", key, ContentType="text/x-own")
    assert target.send("PUT", url, {"Content-Type": "text/x-own"}, CONTENT).status == 200
    assert target.send("PUT", url, {"Content-Type": "text/other"}, CONTENT).status == 403


def test_a_url_of_signature_version_2_is_bound_to_method_key_and_headers(target: Target, stored: str) -> None:
    url = by_version_2(target, "get_object", stored)
    forged = by_version_2(target, "get_object", "another").partition("?")[2]
    assert target.send("PUT", url, body=CONTENT).outcome == (403, "SignatureDoesNotMatch")
    assert target.send("GET", f"{path_of(target, stored)}?{forged}").outcome == (403, "SignatureDoesNotMatch")
    assert target.send("GET", url, {"x-amz-meta-a": "added"}).outcome == (403, "SignatureDoesNotMatch")


def test_a_url_of_signature_version_2_expires(target: Target, stored: str) -> None:
    url = by_version_2(target, "get_object", stored, expiry_secs=-60)
    assert target.send("GET", url).outcome == (403, "AccessDenied")


@pytest.mark.parametrize("name", ["AWSAccessKeyId", "Signature", "Expires"])
def test_a_url_of_signature_version_2_that_lacks_a_parameter_is_refused(
    target: Target, stored: str, name: str
) -> None:
    assert target.send("GET", _without(name, by_version_2(target, "get_object", stored))).status in (400, 403)
