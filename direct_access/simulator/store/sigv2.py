"""AWS Signature Version 2 in the query of a presigned URL, from its description.

AWS itself gave it up in most regions; other stores still take it, and boto3 still makes such URLs where it is
told neither a region nor a version.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass

from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.request import S3Request, decode_query, query_pairs

PARAMETERS = ("AWSAccessKeyId", "Signature", "Expires")
SIGNED_HEADERS = ("content-md5", "content-type")
"""Signed by their values; a URL may hold the values that its request must have."""
_SUBRESOURCES = frozenset(
    [
        *("acl", "cors", "delete", "lifecycle", "location", "logging", "notification", "partNumber"),
        *("policy", "requestPayment", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning"),
        *("versions", "website", "response-cache-control", "response-content-disposition"),
        *("response-content-encoding", "response-content-language", "response-content-type"),
        "response-expires",
    ]
)


@dataclass(frozen=True)
class Claim:
    """Who says to have signed, and until when.

    :param expires: seconds since the epoch
    """

    access_key_id: str
    expires: int
    signature: str


def is_used(request: S3Request) -> bool:
    """Return whether a URL bears anything of this version."""
    return any(name in request.parameters for name in ("AWSAccessKeyId", "Signature"))


def claim_of_url(request: S3Request) -> Claim:
    """Return the claim of a presigned URL.

    :raises StoreError: AccessDenied, as AWS does where a parameter is missing or no number
    """
    access_key_id, signature, expires = (request.parameters.get(name, "") for name in PARAMETERS)
    if not (access_key_id and signature and re.fullmatch(r"[0-9]{1,15}", expires)):
        message = f"Query-string authentication requires the parameters {', '.join(PARAMETERS)}"
        raise StoreError("AccessDenied", message)
    return Claim(access_key_id, int(expires), signature)


def string_to_sign(request: S3Request, expires: int) -> str:
    """Return the text of a request that its signature covers."""
    lines = [request.method, *(_value(request, name) for name in SIGNED_HEADERS), str(expires)]
    names = {name.lower() for name in [*request.headers, *request.parameters]}
    amz = sorted(name for name in names if name.startswith("x-amz-"))
    return "\n".join([*lines, *(f"{name}:{_value(request, name)}" for name in amz), _resource(request)])


def _value(request: S3Request, name: str) -> str:
    """Return the value of a header, or what the URL says that it is."""
    found = [re.sub(r"\s+", " ", str(value).strip()) for value in request.headers.get_all(name, [])]
    return ",".join(found) if found else request.parameters.get(name, "")


def _resource(request: S3Request) -> str:
    """Return the path as sent, and the parameters that choose another resource than the object itself."""
    pairs = sorted(
        (name, decode_query(value))
        for name, value in query_pairs(request.http.query)
        if name in _SUBRESOURCES
    )
    chosen = "&".join(f"{name}={value}" if value else name for name, value in pairs)
    path = request.http.path.encode("latin-1").decode(errors="replace")  # http.client reads it as Latin-1
    return path + (f"?{chosen}" if chosen else "")


def sign(secret: str, text: str) -> str:
    """Return a signature in Base64."""
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()
