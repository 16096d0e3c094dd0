"""The ``aws-chunked`` coding."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.simulator.store.authentication import ChunkSigner
from direct_access.simulator.store.aws_chunked import AwsChunkedBody
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.sigv4 import signing_key

# The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
SCOPE = "20130524/us-east-1/s3/aws4_request"
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
SIGNED = [
    (b"a" * 65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    (b"a" * 1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    (b"", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
]


def signer() -> ChunkSigner:
    key = signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SCOPE)
    return ChunkSigner(key, "20130524T000000Z", SCOPE, SEED)


def signed(chunks: list[tuple[bytes, str]]) -> bytes:
    return b"".join(b"%x;chunk-signature=%s\r\n%s\r\n" % (len(c), s.encode(), c) for c, s in chunks)


def decode(body: bytes, chunk_signer: ChunkSigner | None = None) -> tuple[bytes, dict[str, str]]:
    decoder = AwsChunkedBody(io.BytesIO(body).read, chunk_signer)
    return b"".join(decoder.blocks()), decoder.trailers


def test_the_signed_example_of_the_documentation_is_taken() -> None:
    assert decode(signed(SIGNED), signer()) == (b"a" * 66560, {})


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_a_chunk_with_another_signature_is_refused(changed: int) -> None:
    chunks = list(SIGNED)
    chunks[changed] = (chunks[changed][0], "0" * 64)
    with pytest.raises(StoreError, match="SignatureDoesNotMatch"):
        decode(signed(chunks), signer())


def test_a_chunk_that_is_not_signed_among_signed_ones_is_refused() -> None:
    body = signed(SIGNED[:2]) + b"0\r\n\r\n"
    with pytest.raises(StoreError, match="IncompleteBody"):
        decode(body, signer())


def test_trailers_of_signed_chunks_must_be_signed() -> None:
    body = signed(SIGNED)[:-2] + b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    with pytest.raises(StoreError, match="SignatureDoesNotMatch"):
        decode(body, signer())


def test_trailers_that_are_signed_are_taken() -> None:
    chunk_signer = signer()
    for content, _ in SIGNED:
        chunk_signer.expect_chunk(hashlib.sha256(content).hexdigest())
    signature = chunk_signer.expect_trailer(hashlib.sha256(b"x-amz-checksum-crc32:AA\n").hexdigest())
    trailer = f"x-amz-checksum-crc32:AA\r\nx-amz-trailer-signature:{signature}\r\n\r\n"
    body = signed(SIGNED)[:-2] + trailer.encode()
    assert decode(body, signer()) == (b"a" * 66560, {"x-amz-checksum-crc32": "AA"})


@given(st.lists(st.binary(min_size=1, max_size=50)), st.integers(1, 7), st.booleans())
def test_any_chunks_in_any_pieces_are_the_content(chunks: list[bytes], piece: int, trailing: bool) -> None:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n"
    body += b"x-amz-checksum-crc32: AA \r\n\r\n" if trailing else b"\r\n"
    source = io.BytesIO(body)
    decoder = AwsChunkedBody(lambda size: source.read(min(size, piece)), None)
    assert b"".join(decoder.blocks()) == b"".join(chunks)
    assert decoder.trailers == ({"x-amz-checksum-crc32": "AA"} if trailing else {})


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1), st.data())
def test_a_body_cut_before_its_last_chunk_is_refused(chunks: list[bytes], data: st.DataObject) -> None:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    cut = data.draw(st.integers(0, len(body)))
    with pytest.raises(StoreError, match="IncompleteBody"):
        decode(body[:cut])


@pytest.mark.parametrize(
    "body", [b"zz\r\n", b"-1\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"x" * 20000, b"\r\n0\r\n\r\n"]
)
def test_a_body_that_is_not_so_coded_is_refused(body: bytes) -> None:
    with pytest.raises(StoreError, match="IncompleteBody"):
        decode(body)
