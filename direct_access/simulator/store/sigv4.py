"""AWS Signature Version 4 from its description, with nothing of a client in it.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from email.message import Message
from urllib.parse import quote

from direct_access.simulator.store.request import decode, decode_query, query_pairs

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def canonical_path(path: str) -> str:
    """Return the path decoded and encoded once more: every client then signs the same, ``%41`` is ``A``.

    Nothing is normalised: ``//`` and ``..`` are part of a key.
    """
    return quote(decode(path), safe="/")


def canonical_query(query: str) -> str:
    """Return the query sorted and encoded, without its signature."""
    pairs = [
        (quote(decode_query(name), safe=""), quote(decode_query(value), safe=""))
        for name, value in query_pairs(query)
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs) if name != "X-Amz-Signature")


def canonical_request(
    method: str, path: str, query: str, headers: Message, signed_headers: Iterable[str], payload_hash: str
) -> str:
    """Return the text of a request that its signature covers."""
    names = sorted(signed_headers)
    lines = [f"{name}:{_canonical_header(headers, name)}\n" for name in names]
    parts = [
        method,
        canonical_path(path),
        canonical_query(query),
        "".join(lines),
        ";".join(names),
        payload_hash,
    ]
    return "\n".join(parts)


def _canonical_header(headers: Message, name: str) -> str:
    return ",".join(re.sub(" +", " ", str(value).strip()) for value in headers.get_all(name, []))


def request_string_to_sign(timestamp: str, scope: str, canonical: str) -> str:
    """Return the string to sign of a canonical request."""
    return "\n".join([ALGORITHM, timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])


def chunk_string_to_sign(timestamp: str, scope: str, previous_signature: str, chunk_sha256: str) -> str:
    """Return the string to sign of one chunk of an ``aws-chunked`` body."""
    return "\n".join(
        [f"{ALGORITHM}-PAYLOAD", timestamp, scope, previous_signature, EMPTY_SHA256, chunk_sha256]
    )


def trailer_string_to_sign(timestamp: str, scope: str, previous_signature: str, trailer_sha256: str) -> str:
    """Return the string to sign of the trailers of an ``aws-chunked`` body."""
    return "\n".join([f"{ALGORITHM}-TRAILER", timestamp, scope, previous_signature, trailer_sha256])


def signing_key(secret: str, scope: str) -> bytes:
    """Return the key for a scope ``date/region/service/aws4_request``."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def sign(key: bytes, string_to_sign: str) -> str:
    """Return a signature in hexadecimal."""
    return hmac.digest(key, string_to_sign.encode(), "sha256").hex()
