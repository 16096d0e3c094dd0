"""Multipart uploads."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

from tests.contract.object_store.targets import Target
from tests.contract.object_store.test_objects import refusal

MIB = 1 << 20
PART = os.urandom(5 * MIB)


def begin(s3: Any, target: Target, key: str, **arguments: Any) -> dict[str, str]:
    where = {"Bucket": target.bucket, "Key": key}
    return {**where, "UploadId": s3.create_multipart_upload(**where, **arguments)["UploadId"]}


def upload(s3: Any, where: dict[str, str], number: int, body: bytes) -> dict[str, Any]:
    return {"PartNumber": number, "ETag": s3.upload_part(**where, PartNumber=number, Body=body)["ETag"]}


def test_what_the_transfer_manager_sends_comes_back(
    s3: Any, target: Target, key: str, tmp_path: Path
) -> None:
    content = PART * 4 + b"the rest"
    (tmp_path / "up").write_bytes(content)
    s3.upload_file(str(tmp_path / "up"), target.bucket, key, ExtraArgs={"ContentType": "text/x"})
    s3.download_file(target.bucket, key, str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == content
    head = s3.head_object(Bucket=target.bucket, Key=key)
    assert (head["ContentLength"], head["ContentType"]) == (len(content), "text/x")
    assert head["ETag"].endswith('-3"')


def test_parts_are_joined_in_their_order_under_the_etag_of_etags(s3: Any, target: Target, key: str) -> None:
    where = begin(s3, target, key, Metadata={"job": "5f0e"})
    last = upload(s3, where, 7, b"last")
    first = upload(s3, where, 2, PART)
    listed = s3.list_parts(**where)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(2, len(PART)), (7, 4)]
    done = s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [first, last]})
    digests = hashlib.md5(PART).digest() + hashlib.md5(b"last").digest()
    assert done["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    got = s3.get_object(Bucket=target.bucket, Key=key)
    assert (got["Body"].read(), got["Metadata"]) == (PART + b"last", {"job": "5f0e"})


def test_a_part_sent_again_replaces_the_one_before(s3: Any, target: Target, key: str) -> None:
    where = begin(s3, target, key)
    upload(s3, where, 1, b"wrong")
    right = upload(s3, where, 1, b"right")
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [right]})
    assert s3.get_object(Bucket=target.bucket, Key=key)["Body"].read() == b"right"


def test_nothing_is_seen_before_completion_nor_after_abort(s3: Any, target: Target, key: str) -> None:
    where = begin(s3, target, key)
    part = upload(s3, where, 1, b"content")
    assert refusal(s3.head_object, Bucket=target.bucket, Key=key)[0] == 404
    s3.abort_multipart_upload(**where)
    assert refusal(s3.head_object, Bucket=target.bucket, Key=key)[0] == 404
    refused = refusal(s3.complete_multipart_upload, **where, MultipartUpload={"Parts": [part]})
    assert refused == (404, "NoSuchUpload")


def test_a_part_for_an_unknown_upload_is_404(one_client: Any, target: Target, key: str) -> None:
    where = {"Bucket": target.bucket, "Key": key, "UploadId": "0" * 32}
    assert refusal(one_client.upload_part, **where, PartNumber=1, Body=b"") == (404, "NoSuchUpload")


def test_a_part_with_another_etag_is_refused(one_client: Any, target: Target, key: str) -> None:
    where = begin(one_client, target, key)
    part = {**upload(one_client, where, 1, b"content"), "ETag": f'"{"0" * 32}"'}
    refused = refusal(one_client.complete_multipart_upload, **where, MultipartUpload={"Parts": [part]})
    assert refused == (400, "InvalidPart")


def test_parts_out_of_order_are_refused(one_client: Any, target: Target, key: str) -> None:
    where = begin(one_client, target, key)
    parts = [upload(one_client, where, number, PART) for number in (1, 2)]
    refused = refusal(one_client.complete_multipart_upload, **where, MultipartUpload={"Parts": parts[::-1]})
    assert refused == (400, "InvalidPartOrder")


def test_only_the_last_part_may_be_small(one_client: Any, target: Target, key: str) -> None:
    where = begin(one_client, target, key)
    parts = [upload(one_client, where, number, b"small") for number in (1, 2)]
    refused = refusal(one_client.complete_multipart_upload, **where, MultipartUpload={"Parts": parts})
    assert refused == (400, "EntityTooSmall")


def test_checksums_of_parts_make_a_checksum_of_checksums(s3: Any, target: Target, key: str) -> None:
    where = begin(s3, target, key, ChecksumAlgorithm="SHA256")
    sent = s3.upload_part(**where, PartNumber=1, Body=b"content", ChecksumAlgorithm="SHA256")
    part = {"PartNumber": 1, **{name: sent[name] for name in ("ETag", "ChecksumSHA256") if name in sent}}
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [part]})
    head = s3.head_object(Bucket=target.bucket, Key=key, ChecksumMode="ENABLED")
    digest = hashlib.sha256(hashlib.sha256(b"content").digest()).digest()
    checksum = f"{base64.b64encode(digest).decode()}-1"
    assert head.get("ChecksumSHA256") == (checksum if target.expectations["checksums are told"] else None)
