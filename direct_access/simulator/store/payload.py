"""The body of an authenticated request: decoded, and verified while it passes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from direct_access.simulator.http import BLOCK_BYTES
from direct_access.simulator.store import checksums
from direct_access.simulator.store.authentication import Proof
from direct_access.simulator.store.aws_chunked import AwsChunkedBody
from direct_access.simulator.store.checksums import Digest
from direct_access.simulator.store.claims import UNSIGNED_PAYLOAD
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.request import S3Request

MAX_DOCUMENT_BYTES = 4 << 20
MAX_OBJECT_BYTES = 5 << 30
_WORTH_A_THREAD_BYTES = 1 << 16
_SIGNED_CHUNKS = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
_UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_SHA256 = re.compile("[0-9a-fA-F]{64}")


class Payload:
    """The content that a request carries.

    :raises StoreError: at once for what its headers already show to be impossible
    """

    def __init__(self, request: S3Request, proof: Proof) -> None:
        self._request = request
        self._claimed = checksums.claimed_checksums(request.headers.items())
        self._sha256 = proof.payload_hash.lower() if _SHA256.fullmatch(proof.payload_hash) else ""
        self._chunked = self._chunked_body(proof)
        self._length = self._announced_length()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._digests = self._wanted_digests()
        self.size = 0

    def _chunked_body(self, proof: Proof) -> AwsChunkedBody | None:
        word = proof.payload_hash
        if word in _SIGNED_CHUNKS and proof.chunk_signer:
            return AwsChunkedBody(self._request.body.read, proof.chunk_signer)
        if word == _UNSIGNED_CHUNKS or (word == UNSIGNED_PAYLOAD and self._coded_as_aws_chunked()):
            return AwsChunkedBody(self._request.body.read, None)
        if not self._sha256 and word != UNSIGNED_PAYLOAD:
            raise StoreError(
                "InvalidArgument", "x-amz-content-sha256 must be a SHA-256 or a word that AWS defines."
            )
        return None

    def _coded_as_aws_chunked(self) -> bool:
        return "aws-chunked" in self._request.header("Content-Encoding").lower()

    def _announced_length(self) -> int | None:
        if not self._chunked:
            length = self._request.body.length
        else:
            text = self._request.header("x-amz-decoded-content-length")
            if not re.fullmatch(r"[0-9]{1,18}", text):
                raise StoreError("InvalidRequest", "An aws-chunked body needs x-amz-decoded-content-length.")
            length = int(text)
        if (length or 0) > MAX_OBJECT_BYTES:
            raise StoreError("EntityTooLarge", details={"MaxSizeAllowed": str(MAX_OBJECT_BYTES)})
        return length

    def _wanted_digests(self) -> dict[str, Digest]:
        wanted = {*self._claimed, *checksums.trailing_algorithms(self._request.header("x-amz-trailer"))}
        return {algorithm: checksums.new_digest(algorithm) for algorithm in sorted(wanted)}

    @property
    def md5(self) -> str:
        """The MD5 of what has been read, in hexadecimal."""
        return self._md5.hexdigest()

    @property
    def checksums(self) -> dict[str, str]:
        """The verified checksums by algorithm, as S3 writes them."""
        return {algorithm: checksums.encode(digest.digest()) for algorithm, digest in self._digests.items()}

    def document(self) -> bytes:
        """Return the whole content, verified; for XML documents.

        :raises StoreError: MaxMessageLengthExceeded, and as :meth:`blocks`
        """
        parts = []
        for block in self.blocks():
            parts.append(block)
            if self.size > MAX_DOCUMENT_BYTES:
                raise StoreError("MaxMessageLengthExceeded")
        return b"".join(parts)

    def blocks(self) -> Iterator[bytes]:
        """Yield the content; after the last block everything is verified.

        Digests are computed by a second thread while the caller writes the block: hashlib releases the
        interpreter lock, and MD5 alone would halve the speed of an upload.

        :raises StoreError: IncompleteBody, XAmzContentSHA256Mismatch, BadDigest, SignatureDoesNotMatch
        """
        sha256 = hashlib.sha256()
        digests: list[Digest] = [self._md5, *self._digests.values(), *([sha256] if self._sha256 else [])]
        with ThreadPoolExecutor(1) as worker:
            pending: Future[None] | None = None
            for block in self._decoded():
                self.size += len(block)
                if pending:
                    pending.result()
                if len(block) < _WORTH_A_THREAD_BYTES:
                    pending = None
                    _update(digests, block)
                else:
                    pending = worker.submit(_update, digests, block)
                yield block
        self._verify(sha256.hexdigest())

    def _decoded(self) -> Iterator[bytes]:
        if self._chunked:
            yield from self._chunked.blocks()
        else:
            while block := self._request.body.read(BLOCK_BYTES):
                yield block

    def _verify(self, sha256: str) -> None:
        if self._length is not None and self.size != self._length:
            raise StoreError("IncompleteBody")
        if self._sha256 and self._sha256 != sha256:
            raise StoreError("XAmzContentSHA256Mismatch")
        if content_md5 := self._request.header("Content-MD5"):
            checksums.check_md5(content_md5, self._md5.digest())
        trailers = checksums.claimed_checksums(self._chunked.trailers.items()) if self._chunked else {}
        checksums.check_claims({**self._claimed, **trailers}, self.checksums)


def _update(digests: list[Digest], block: bytes) -> None:
    for digest in digests:
        digest.update(block)
