"""Objects, through each SDK."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ibm_botocore.exceptions import ClientError as IbmClientError

from tests.contract.object_store.targets import Target

REFUSED = (ClientError, IbmClientError)
CONTENT = bytes(range(256)) * 16


def refusal(call: Any, **arguments: Any) -> tuple[int, str]:
    """Return status and code with which a call is refused."""
    with pytest.raises(REFUSED) as caught:
        call(**arguments)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_an_object_comes_back_with_content_type_metadata_and_etag(s3: Any, target: Target, key: str) -> None:
    metadata = {"job": "5f0e", "with-dash": "a  b"}
    put = s3.put_object(
        Bucket=target.bucket, Key=key, Body=CONTENT, ContentType="application/json", Metadata=metadata
    )
    got = s3.get_object(Bucket=target.bucket, Key=key)
    assert got["Body"].read() == CONTENT
    assert (got["ContentType"], got["ContentLength"]) == ("application/json", len(CONTENT))
    assert got["ETag"] == put["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
    assert got["Metadata"] == metadata


def test_head_tells_what_get_tells(s3: Any, target: Target, key: str) -> None:
    s3.put_object(Bucket=target.bucket, Key=key, Body=CONTENT, Metadata={"job": "5f0e"})
    got = s3.get_object(Bucket=target.bucket, Key=key)
    got["Body"].close()
    head = s3.head_object(Bucket=target.bucket, Key=key)
    told = ("ETag", "ContentLength", "ContentType", "LastModified", "Metadata", "AcceptRanges")
    assert {name: head[name] for name in told} == {name: got[name] for name in told}


def test_an_empty_object_is_an_object(s3: Any, target: Target, key: str) -> None:
    s3.put_object(Bucket=target.bucket, Key=key, Body=b"")
    got = s3.get_object(Bucket=target.bucket, Key=key)
    assert got["Body"].read() == b""
    assert got["ContentLength"] == 0


def test_a_second_put_replaces_the_object(s3: Any, target: Target, key: str) -> None:
    s3.put_object(Bucket=target.bucket, Key=key, Body=b"old", Metadata={"version": "old"})
    s3.put_object(Bucket=target.bucket, Key=key, Body=b"new content")
    got = s3.get_object(Bucket=target.bucket, Key=key)
    assert (got["Body"].read(), got["Metadata"]) == (b"new content", {})


def test_a_content_encoding_comes_back_as_sent(s3: Any, target: Target, key: str) -> None:
    packed = gzip.compress(CONTENT)
    s3.put_object(Bucket=target.bucket, Key=key, Body=packed, ContentEncoding="gzip")
    got = s3.get_object(Bucket=target.bucket, Key=key)
    assert (got["ContentEncoding"], got["Body"].read()) == ("gzip", packed)


def test_an_object_that_is_not_there_is_404(s3: Any, target: Target, key: str) -> None:
    assert refusal(s3.get_object, Bucket=target.bucket, Key=key) == (404, "NoSuchKey")
    assert refusal(s3.head_object, Bucket=target.bucket, Key=key) == (404, "404")


def test_a_bucket_that_is_not_there_is_404(s3: Any, target: Target, key: str) -> None:
    bucket = "there-is-no-such-bucket"
    assert refusal(s3.get_object, Bucket=bucket, Key=key) == (404, "NoSuchBucket")
    assert refusal(s3.list_objects_v2, Bucket=bucket) == (404, "NoSuchBucket")


def test_deleting_twice_is_no_error(s3: Any, target: Target, key: str) -> None:
    s3.put_object(Bucket=target.bucket, Key=key, Body=CONTENT)
    for _ in range(2):
        assert s3.delete_object(Bucket=target.bucket, Key=key)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(s3.head_object, Bucket=target.bucket, Key=key) == (404, "404")


def test_many_objects_are_deleted_by_one_request(s3: Any, target: Target, key: str) -> None:
    keys = [f"{key}/{name}" for name in ("a", "b & c", "<d>")]
    for each in keys:
        s3.put_object(Bucket=target.bucket, Key=each, Body=b"")
    deleted = s3.delete_objects(
        Bucket=target.bucket, Delete={"Objects": [{"Key": each} for each in [*keys, f"{key}/never-there"]]}
    )
    assert {each["Key"] for each in deleted["Deleted"]} == {*keys, f"{key}/never-there"}
    assert s3.list_objects_v2(Bucket=target.bucket, Prefix=key)["KeyCount"] == 0


def test_if_none_match_star_never_replaces(one_client: Any, target: Target, key: str) -> None:
    path = f"/{target.bucket}/{key}"
    outcomes = []
    for body in (b"first", b"second"):
        headers = target.signer().headers("PUT", path, if_none_match="*")
        outcomes.append(target.send("PUT", path, headers, body).outcome)
    assert outcomes == [(200, ""), (412, "PreconditionFailed")]
    assert one_client.get_object(Bucket=target.bucket, Key=key)["Body"].read() == b"first"


def test_a_read_can_depend_on_the_etag(s3: Any, target: Target, key: str) -> None:
    etag = s3.put_object(Bucket=target.bucket, Key=key, Body=CONTENT)["ETag"]
    where = {"Bucket": target.bucket, "Key": key}
    assert s3.get_object(**where, IfMatch=etag)["Body"].read() == CONTENT
    assert refusal(s3.get_object, **where, IfMatch='"other"') == (412, "PreconditionFailed")
    assert refusal(s3.get_object, **where, IfNoneMatch=etag)[0] == 304
    assert s3.get_object(**where, IfNoneMatch='"other"')["Body"].read() == CONTENT


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("0-0", 0, 0), ("10-99", 10, 99), ("4000-", 4000, 4095), ("-96", 4000, 4095), ("4000-9999", 4000, 4095)],
)
def test_a_range_is_206_with_its_place(
    s3: Any, target: Target, key: str, wanted: str, first: int, last: int
) -> None:
    s3.put_object(Bucket=target.bucket, Key=key, Body=CONTENT)
    got = s3.get_object(Bucket=target.bucket, Key=key, Range=f"bytes={wanted}")
    assert got["Body"].read() == CONTENT[first : last + 1]
    assert got["ContentRange"] == f"bytes {first}-{last}/4096"
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_behind_the_end_is_416(s3: Any, target: Target, key: str) -> None:
    s3.put_object(Bucket=target.bucket, Key=key, Body=CONTENT)
    refused = refusal(s3.get_object, Bucket=target.bucket, Key=key, Range="bytes=4096-")
    assert refused == (416, "InvalidRange")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_is_verified_kept_and_told_when_asked(
    s3: Any, target: Target, key: str, algorithm: str
) -> None:
    where = {"Bucket": target.bucket, "Key": key}
    put = s3.put_object(**where, Body=CONTENT, ChecksumAlgorithm=algorithm)
    got = s3.get_object(**where, ChecksumMode="ENABLED")
    assert got["Body"].read() == CONTENT
    name = f"Checksum{algorithm}"
    assert got.get(name) == put.get(name)
    assert (name in got) == target.expectations["checksums are told"]


ODD_KEYS = {
    "params:UUID": "params:0b9a2c4e-5f6d-4b0e-9c1d-7a8b9c0d1e2f",
    "blank plus ampersand": "a b+c&d=é/%41.txt",
    "//": "dir//double",
    "..": "up/../down",
    ".": "here/./there",
    "leading ..": "../../etc/passwd",
    "slash at the end": "directory/",
    "quotes and angles": "\"'<&>;,?#[]{}|^`~!@$*()",
    "backslash": "back\\slash",
    "other scripts": "ключ/鍵/🔑",
    "255 bytes and more in one name": "n" * 900,
}


@pytest.mark.parametrize("name", ODD_KEYS)
def test_any_key_names_its_own_object(s3: Any, target: Target, key: str, name: str) -> None:
    where = {"Bucket": target.bucket, "Key": f"{key}/{ODD_KEYS[name]}"}
    try:
        s3.put_object(**where, Body=name.encode())
        got = s3.get_object(**where)["Body"].read()
        listed = [
            each["Key"] for each in s3.list_objects_v2(Bucket=target.bucket, Prefix=f"{key}/")["Contents"]
        ]
    except REFUSED as error:
        outcome: object = (
            error.response["ResponseMetadata"]["HTTPStatusCode"],
            error.response["Error"]["Code"],
        )
    else:
        outcome = (
            "intact"
            if (got, listed) == (name.encode(), [where["Key"]])
            else [k[len(key) + 1 :] for k in listed]
        )
    assert outcome == target.expectations[f"key {name}"]
