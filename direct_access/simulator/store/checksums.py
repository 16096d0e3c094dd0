"""Digests that a client may ask to be verified.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
CRC32C and CRC64NVME are refused: the standard library has no fast implementation.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from direct_access.simulator.store.errors import StoreError


class Digest(Protocol):
    """What hashlib calls a hash object."""

    def update(self, block: bytes, /) -> None:
        """Add a block."""

    def digest(self) -> bytes:
        """Return the digest of all blocks so far."""


class Crc32:
    """CRC-32 as zlib computes it, big-endian as S3 writes it."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, block: bytes, /) -> None:
        self._value = zlib.crc32(block, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


_ALGORITHMS: dict[str, Callable[[], Digest]] = {
    "crc32": Crc32,
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
}
_HEADER_PREFIX = "x-amz-checksum-"
_NO_CHECKSUM = {"mode", "algorithm", "type"}


def new_digest(algorithm: str) -> Digest:
    """Return a fresh digest of an algorithm as S3 names it, in any case.

    :raises StoreError: NotImplemented
    """
    try:
        return _ALGORITHMS[algorithm.lower()]()
    except KeyError:
        known = ", ".join(_ALGORITHMS)
        raise StoreError(
            "NotImplemented", f"Checksum algorithm {algorithm} is not known here, only {known}"
        ) from None


def claimed_checksums(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the values of ``x-amz-checksum-*`` headers by algorithm."""
    lowered = ((name.lower(), value.strip()) for name, value in headers)
    named = (
        (name[len(_HEADER_PREFIX) :], value) for name, value in lowered if name.startswith(_HEADER_PREFIX)
    )
    return {algorithm: value for algorithm, value in named if algorithm not in _NO_CHECKSUM}


def trailing_algorithms(x_amz_trailer: str) -> list[str]:
    """Return the algorithms of the checksums that the trailers will hold."""
    return list(claimed_checksums((name.strip(), "") for name in x_amz_trailer.split(",")))


def encode(digest: bytes) -> str:
    """Return a digest as S3 writes it."""
    return base64.b64encode(digest).decode()


def check_md5(content_md5: str, digest: bytes) -> None:
    """Compare a ``Content-MD5`` header (RFC 1864) with what arrived.

    :raises StoreError: InvalidDigest, BadDigest
    """
    try:
        expected = base64.b64decode(content_md5, validate=True)
    except ValueError as error:
        raise StoreError("InvalidDigest") from error
    if len(expected) != len(digest):
        raise StoreError("InvalidDigest")
    if expected != digest:
        raise StoreError("BadDigest")


def check_claims(claimed: Mapping[str, str], computed: Mapping[str, str]) -> None:
    """Compare claimed checksums with computed ones.

    :raises StoreError: BadDigest
    """
    for algorithm, value in claimed.items():
        if computed.get(algorithm) != value:
            raise StoreError(
                "BadDigest", f"The {algorithm.upper()} you specified did not match what was received."
            )


def response_headers(checksums: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the headers that tell checksums to a client."""
    return [(f"{_HEADER_PREFIX}{algorithm}", value) for algorithm, value in checksums.items()]
