"""What a store must not let pass."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

import pytest

from tests.contract.object_store.signing import Signer
from tests.contract.object_store.targets import Target

CONTENT = b"content"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
CONTENT_SHA256 = hashlib.sha256(CONTENT).hexdigest()
HOUR_SECS = 3600
WRONG: dict[str, dict[str, Any]] = {
    "wrong secret": {"secret": "not-the-secret"},
    "unknown access key": {"access_key_id": "NOBODY"},
    "clock 2 hours slow": {"wall": -2 * HOUR_SECS},
    "clock 2 hours fast": {"wall": 2 * HOUR_SECS},
}


def wrong_signer(target: Target, fault: str) -> Signer:
    change = dict(WRONG[fault])
    if "wall" in change:
        change["wall"] += time.time()
    return target.signer(**change)


def exists(one_client: Any, target: Target, key: str) -> bool:
    return bool(one_client.list_objects_v2(Bucket=target.bucket, Prefix=key)["KeyCount"])


@pytest.mark.parametrize("fault", WRONG)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_request_signed_wrong_is_refused_and_does_nothing(
    one_client: Any, target: Target, key: str, fault: str, method: str
) -> None:
    one_client.put_object(Bucket=target.bucket, Key=key, Body=b"untouched")
    path = f"/{target.bucket}/{key}"
    answer = target.send(method, path, wrong_signer(target, fault).headers(method, path), CONTENT)
    assert answer.outcome == target.expectations[fault]
    assert one_client.get_object(Bucket=target.bucket, Key=key)["Body"].read() == b"untouched"


@pytest.mark.parametrize(
    ("method", "suffix"),
    [("DELETE", ""), ("PUT", ""), ("GET", "/other"), ("GET", "?acl"), ("GET", "?marker=1")],
)
def test_a_signature_for_another_request_is_refused(
    one_client: Any, target: Target, key: str, method: str, suffix: str
) -> None:
    one_client.put_object(Bucket=target.bucket, Key=key, Body=b"untouched")
    path = f"/{target.bucket}/{key}"
    answer = target.send(method, path + suffix, target.signer().headers("GET", path), b"")
    assert answer.outcome == (403, "SignatureDoesNotMatch")
    assert one_client.get_object(Bucket=target.bucket, Key=key)["Body"].read() == b"untouched"


def test_a_clock_five_minutes_off_is_forgiven(target: Target) -> None:
    path = f"/{target.bucket}"
    for skew in (-300, 300):
        headers = target.signer(wall=time.time() + skew).headers("HEAD", path)
        assert target.send("HEAD", path, headers).status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_is_let_in_anonymously(one_client: Any, target: Target, key: str, method: str) -> None:
    one_client.put_object(Bucket=target.bucket, Key=key, Body=b"untouched")
    answer = target.send(method, f"/{target.bucket}/{key}", {}, CONTENT)
    assert answer.outcome == target.expectations["anonymous"]
    assert one_client.get_object(Bucket=target.bucket, Key=key)["Body"].read() == b"untouched"


def test_a_header_of_signature_version_2_is_refused(target: Target) -> None:
    authorization = f"AWS {target.access_key_id}:c2lnbmF0dXJl"
    answer = target.send("GET", f"/{target.bucket}", {"Authorization": authorization})
    assert answer.outcome == target.expectations["SigV2 header"]


def test_an_authorization_that_is_none_is_refused(target: Target) -> None:
    for authorization in ("AWS4-HMAC-SHA256 nonsense", "AWS4-HMAC-SHA256"):
        answer = target.send("GET", f"/{target.bucket}", {"Authorization": authorization})
        assert answer.outcome == target.expectations["malformed authorization"]


def test_a_body_changed_after_signing_is_refused(one_client: Any, target: Target, key: str) -> None:
    path = f"/{target.bucket}/{key}"
    headers = target.signer().headers("PUT", path, payload_hash=hashlib.sha256(b"another").hexdigest())
    answer = target.send("PUT", path, headers, CONTENT)
    assert answer.outcome == target.expectations["payload hash of another body"]
    assert exists(one_client, target, key) == (answer.status == 200)


def test_a_content_md5_of_another_body_is_refused(one_client: Any, target: Target, key: str) -> None:
    path = f"/{target.bucket}/{key}"
    md5 = base64.b64encode(hashlib.md5(b"another").digest()).decode()
    answer = target.send("PUT", path, target.signer().headers("PUT", path, content_md5=md5), CONTENT)
    assert answer.outcome == (400, "BadDigest")
    assert not exists(one_client, target, key)


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_a_checksum_of_another_body_is_refused(
    one_client: Any, target: Target, key: str, algorithm: str
) -> None:
    path = f"/{target.bucket}/{key}"
    value = {"crc32": "AAAAAA==", "sha256": base64.b64encode(bytes(32)).decode()}[algorithm]
    headers = target.signer().headers("PUT", path, **{f"x-amz-checksum-{algorithm}": value})
    answer = target.send("PUT", path, headers, CONTENT)
    assert answer.outcome == (400, "BadDigest")
    assert not exists(one_client, target, key)


def test_a_header_added_after_signing_is_refused(one_client: Any, target: Target, key: str) -> None:
    path = f"/{target.bucket}/{key}"
    headers = {**target.signer().headers("PUT", path), "x-amz-meta-added": "later"}
    answer = target.send("PUT", path, headers, CONTENT)
    assert answer.outcome == target.expectations["x-amz header that is not signed"]


def test_a_body_cut_short_leaves_nothing(one_client: Any, target: Target, key: str) -> None:
    path = f"/{target.bucket}/{key}"
    connection = target.connect()
    connection.putrequest("PUT", path, skip_host=True)
    for name, value in {**target.signer().headers("PUT", path), "content-length": "100"}.items():
        connection.putheader(name, value)
    connection.endheaders(CONTENT)
    connection.close()
    assert not exists(one_client, target, key)


def test_a_key_of_more_than_1024_bytes_is_refused(target: Target, key: str) -> None:
    path = f"/{target.bucket}/{key}".ljust(len(target.bucket) + 2 + 1025, "k")
    answer = target.send("PUT", path, target.signer().headers("PUT", path), CONTENT)
    assert answer.outcome == (400, "KeyTooLongError")
