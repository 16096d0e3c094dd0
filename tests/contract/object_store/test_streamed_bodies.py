"""Bodies in ``aws-chunked`` coding, written by hand: SDKs send them over https, other clients always.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import pytest

from tests.contract.object_store.signing import Signer
from tests.contract.object_store.targets import Answer, Target

CHUNKS = [b"a" * 65536, b"b" * 100, b""]
CONTENT = b"".join(CHUNKS)
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def put(target: Target, key: str, payload_hash: str, body: bytes, **signed: str) -> Answer:
    """Send a body under a good signature of its headers."""
    path = f"/{target.bucket}/{key}"
    length = str(len(CONTENT))
    headers = target.signer().headers(
        "PUT",
        path,
        payload_hash=payload_hash,
        content_encoding="aws-chunked",
        x_amz_decoded_content_length=length,
        **signed,
    )
    return target.send("PUT", path, headers, body)


def signed_body(signer: Signer, seed: str, chunks: list[bytes]) -> bytes:
    """Return chunks each of which is signed, beginning with the signature of the headers."""
    body, previous = b"", seed
    for chunk in chunks:
        digest = hashlib.sha256(chunk).hexdigest()
        lines = [
            f"AWS4-HMAC-SHA256-PAYLOAD\n{signer.timestamp}\n{signer.scope}",
            previous,
            EMPTY_SHA256,
            digest,
        ]
        previous = signer.sign("\n".join(lines))
        body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk + b"\r\n"
    return body


def put_signed(target: Target, key: str, sent: list[bytes]) -> Answer:
    """Sign CHUNKS and send others in their place."""
    path = f"/{target.bucket}/{key}"
    signer = target.signer()
    headers = signer.headers(
        "PUT",
        path,
        payload_hash=SIGNED,
        content_encoding="aws-chunked",
        x_amz_decoded_content_length=str(len(CONTENT)),
    )
    body = signed_body(signer, headers["authorization"][-64:], CHUNKS)
    for before, after in zip(CHUNKS, sent, strict=True):
        body = body.replace(before, after, 1) if before else body
    return target.send("PUT", path, headers, body)


def crc32_trailer(content: bytes) -> bytes:
    value = base64.b64encode(zlib.crc32(content).to_bytes(4, "big"))
    return b"x-amz-checksum-crc32:" + value + b"\r\n\r\n"


def unsigned_body(trailer: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in CHUNKS[:-1]) + b"0\r\n" + trailer


def content(one_client: Any, target: Target, key: str) -> bytes:
    return bytes(one_client.get_object(Bucket=target.bucket, Key=key)["Body"].read())


def exists(one_client: Any, target: Target, key: str) -> bool:
    return bool(one_client.list_objects_v2(Bucket=target.bucket, Prefix=key)["KeyCount"])


def test_chunks_that_are_signed_are_joined(one_client: Any, target: Target, key: str) -> None:
    assert put_signed(target, key, CHUNKS).outcome == (200, "")
    assert content(one_client, target, key) == CONTENT


def test_a_chunk_changed_after_signing_is_refused(one_client: Any, target: Target, key: str) -> None:
    answer = put_signed(target, key, [CHUNKS[0], b"c" * 100, b""])
    assert answer.outcome == target.expectations["chunk changed after signing"]
    assert not exists(one_client, target, key)


def test_chunks_that_are_not_signed_are_joined_and_checked(one_client: Any, target: Target, key: str) -> None:
    body = unsigned_body(crc32_trailer(CONTENT))
    assert put(target, key, UNSIGNED, body, x_amz_trailer="x-amz-checksum-crc32").outcome == (200, "")
    assert content(one_client, target, key) == CONTENT
    head = one_client.head_object(Bucket=target.bucket, Key=key)
    assert head.get("ContentEncoding") == target.expectations["Content-Encoding of an aws-chunked body"]


def test_a_trailing_checksum_of_another_body_is_refused(one_client: Any, target: Target, key: str) -> None:
    body = unsigned_body(crc32_trailer(b"another"))
    answer = put(target, key, UNSIGNED, body, x_amz_trailer="x-amz-checksum-crc32")
    assert answer.outcome == target.expectations["trailing checksum of another body"]
    assert not exists(one_client, target, key)


@pytest.mark.parametrize("missing", [1, 5, 40])
def test_chunks_that_end_early_are_refused(one_client: Any, target: Target, key: str, missing: int) -> None:
    body = unsigned_body(b"")[: -5 - missing]
    answer = put(target, key, UNSIGNED, body, x_amz_trailer="x-amz-checksum-crc32")
    assert answer.outcome == target.expectations["aws-chunked body that ends early"]
    assert not exists(one_client, target, key)
