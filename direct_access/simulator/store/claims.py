"""What a signed request says about itself, in its Authorization header or in its presigned URL."""

from __future__ import annotations

import calendar
import re
import time
from dataclasses import dataclass

from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.request import S3Request
from direct_access.simulator.store.sigv4 import ALGORITHM

MAX_EXPIRY_SECS = 604800
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_HEADER = re.compile(
    rf"{ALGORITHM}\s+Credential=(?P<credential>[^,\s]+)\s*,\s*SignedHeaders=(?P<headers>[^,\s]+)\s*,"
    r"\s*Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Claim:
    """Who says to have signed, when and what.

    :param scope: ``date/region/s3/aws4_request``
    :param timestamp: ISO 8601 basic format, as signed
    :param expiry_secs: None for a signature in the header
    :param payload_hash: SHA-256 of the body in hexadecimal, or one of the words that say it is not signed
    """

    access_key_id: str
    scope: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str
    payload_hash: str
    expiry_secs: int | None = None

    @property
    def signed_at(self) -> float:
        """Seconds since the epoch."""
        return float(calendar.timegm(time.strptime(self.timestamp, "%Y%m%dT%H%M%SZ")))


def claim_of_header(request: S3Request) -> Claim:
    """Return the claim of an ``Authorization: AWS4-HMAC-SHA256`` header.

    :raises StoreError: AuthorizationHeaderMalformed; AccessDenied without a date; InvalidRequest without a
        payload hash
    """
    code = "AuthorizationHeaderMalformed"
    match = _HEADER.fullmatch(request.header("Authorization"))
    if not match:
        raise StoreError(code)
    timestamp = request.header("x-amz-date")
    if not _is_timestamp(timestamp):
        raise StoreError("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
    payload_hash = request.header("x-amz-content-sha256")
    if not payload_hash:
        raise StoreError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    access_key_id, scope = _credential(match["credential"], timestamp, code)
    signed_headers = _signed_headers(match["headers"], code)
    return Claim(access_key_id, scope, timestamp, signed_headers, match["signature"], payload_hash)


def claim_of_url(request: S3Request) -> Claim:
    """Return the claim of a presigned URL.

    :raises StoreError: AuthorizationQueryParametersError
    """
    code = "AuthorizationQueryParametersError"
    parameters = request.parameters
    names = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")
    missing = [name for name in names if not parameters.get(name)]
    if missing or parameters.get("X-Amz-Algorithm") != ALGORITHM:
        raise StoreError(code, f"A presigned URL needs X-Amz-Algorithm={ALGORITHM} and {', '.join(names)}")
    timestamp = parameters["X-Amz-Date"]
    if not _is_timestamp(timestamp):
        raise StoreError(code, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    access_key_id, scope = _credential(parameters["X-Amz-Credential"], timestamp, code)
    signed_headers = _signed_headers(parameters["X-Amz-SignedHeaders"], code)
    payload_hash = UNSIGNED_PAYLOAD
    if "x-amz-content-sha256" in signed_headers:
        payload_hash = request.header("x-amz-content-sha256")
    expiry_secs = _expiry_secs(parameters["X-Amz-Expires"])
    signature = parameters["X-Amz-Signature"]
    return Claim(access_key_id, scope, timestamp, signed_headers, signature, payload_hash, expiry_secs)


def _is_timestamp(text: str) -> bool:
    try:
        time.strptime(text, "%Y%m%dT%H%M%SZ")
    except ValueError:
        return False
    return True


def _credential(text: str, timestamp: str, code: str) -> tuple[str, str]:
    access_key_id, _, scope = text.partition("/")
    date, _, rest = scope.partition("/")
    if not re.fullmatch(r"[^/]+/s3/aws4_request", rest) or date != timestamp[:8]:
        raise StoreError(
            code, 'The credential must be "<access key id>/<date of X-Amz-Date>/<region>/s3/aws4_request"'
        )
    return access_key_id, scope


def _signed_headers(text: str, code: str) -> tuple[str, ...]:
    names = tuple(text.split(";"))
    if "host" not in names or any(name != name.lower() for name in names):
        raise StoreError(code, "The signed headers must be in lower case and include the host header.")
    return names


def _expiry_secs(text: str) -> int:
    code = "AuthorizationQueryParametersError"
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise StoreError(code, "X-Amz-Expires should be a number")
    if not 1 <= int(text) <= MAX_EXPIRY_SECS:
        raise StoreError(code, f"X-Amz-Expires must be between 1 and {MAX_EXPIRY_SECS} seconds")
    return int(text)
