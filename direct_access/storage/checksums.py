"""Digests of objects in the headers of a store's answer."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from direct_access.model.checksum import Checksum

_STRONG = re.compile(r'"[\x21\x23-\x7e]{1,256}"')
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')


def checksum_of(headers: Mapping[str, str]) -> Checksum | None:
    """Return the digest of the whole object, None where the headers give none.

    :param headers: names in any case, or in lower case as the SDKs give them

    An ETag is the MD5 of the object only if that was uploaded in one piece and is not encrypted with a key of
    the customer's or of a key service (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html).
    """
    etag = _MD5.fullmatch(headers.get("etag", "").strip())
    if etag and not _etag_is_opaque(headers):
        return Checksum("md5", etag[1])
    crc32 = headers.get("x-amz-checksum-crc32")
    if crc32 and headers.get("x-amz-checksum-type", "FULL_OBJECT") == "FULL_OBJECT":
        return _crc32(crc32)
    return None


def strong_etag(headers: Mapping[str, str]) -> str | None:
    """Return the ETag as ``If-Match`` takes it, None where there is none or a weak one (RFC 9110, 8.8.3)."""
    etag = headers.get("etag", "").strip()
    return etag if _STRONG.fullmatch(etag) else None


def _etag_is_opaque(headers: Mapping[str, str]) -> bool:
    return (
        headers.get("x-amz-server-side-encryption", "").startswith("aws:kms")
        or "x-amz-server-side-encryption-customer-algorithm" in headers
        or headers.get("ibm-sse-kp-enabled", "").lower() == "true"
    )


def _crc32(encoded: str) -> Checksum | None:
    """Read four bytes in base64; a checksum of checksums has a ``-`` and the number of parts behind it."""
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    return Checksum("crc32", digest.hex()) if len(digest) == 4 else None
