"""Requests for one object.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html and its neighbours
"""

from __future__ import annotations

from direct_access.simulator.http import FileBody, Response
from direct_access.simulator.store.answers import http_date, quoted
from direct_access.simulator.store.buckets import Buckets
from direct_access.simulator.store.checksums import response_headers
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.object_files import Description, new_draft
from direct_access.simulator.store.payload import Payload
from direct_access.simulator.store.ranges import check_conditions, requested_range
from direct_access.simulator.store.request import S3Request

DEFAULT_CONTENT_TYPE = "binary/octet-stream"
_KEPT_HEADERS = (
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
)
_USER_METADATA = "x-amz-meta-"
_MAX_USER_METADATA_BYTES = 2048


def put_object(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Store an object whole or not at all."""
    bucket = buckets[request.bucket]
    headers = kept_headers(request)
    must_be_absent = only_if_absent(request)
    if must_be_absent and bucket.file_of(request.key).exists():
        raise StoreError("PreconditionFailed", details={"Condition": "If-None-Match"})
    with new_draft(buckets.drafts) as draft:
        for block in payload.blocks():
            draft.file.write(block)
        description = Description(payload.size, payload.md5, now, headers, payload.checksums)
        draft.finish(description)
        bucket.publish(draft, request.key, only_if_absent=must_be_absent)
    return Response(headers=[("ETag", quoted(description.etag)), *response_headers(description.checksums)])


def only_if_absent(request: S3Request) -> bool:
    """Return whether a write must not replace an object.

    :raises StoreError: NotImplemented for other conditions
    """
    condition = request.header("If-None-Match")
    if condition not in ("", "*") or "If-Match" in request.headers:
        raise StoreError(
            "NotImplemented", "Of the conditional writes this store knows If-None-Match: * only."
        )
    return condition == "*"


def kept_headers(request: S3Request) -> dict[str, str]:
    """Return the headers of an upload that a download brings back.

    :raises StoreError: InvalidArgument for too much user metadata
    """
    lowered = {name.lower(): str(value) for name, value in request.headers.items()}
    kept = {name: lowered[name] for name in _KEPT_HEADERS if name in lowered}
    codings = [coding.strip() for coding in kept.pop("content-encoding", "").split(",")]
    if rest := ",".join(coding for coding in codings if coding not in ("", "aws-chunked")):
        kept["content-encoding"] = rest
    kept.setdefault("content-type", DEFAULT_CONTENT_TYPE)
    metadata = {name: value for name, value in lowered.items() if name.startswith(_USER_METADATA)}
    if (
        sum(len(name) - len(_USER_METADATA) + len(value) for name, value in metadata.items())
        > _MAX_USER_METADATA_BYTES
    ):
        raise StoreError("InvalidArgument", f"User metadata is limited to {_MAX_USER_METADATA_BYTES} bytes.")
    return kept | metadata


def get_object(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Send an object or a part of it, by sendfile(2)."""
    found = buckets[request.bucket].open(request.key)
    try:
        status, offset, length, headers = _selection(request, found.description)
    except StoreError:
        found.file.close()
        raise
    return Response(status, FileBody(found.path, offset, length, found.file), headers)


def head_object(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Answer as :func:`get_object` without the content."""
    description = buckets[request.bucket].describe(request.key)
    status, _, length, headers = _selection(request, description)
    return Response(status, headers=[*headers, ("Content-Length", str(length))])


def _selection(request: S3Request, description: Description) -> tuple[int, int, int, list[tuple[str, str]]]:
    check_conditions(request.header("If-Match"), request.header("If-None-Match"), description.etag)
    headers = [
        ("ETag", quoted(description.etag)),
        ("Last-Modified", http_date(description.modified)),
        ("Accept-Ranges", "bytes"),
        *description.headers.items(),
    ]
    part = requested_range(request.header("Range"), description.length)
    if part:
        offset, length = part
        headers.append(("Content-Range", f"bytes {offset}-{offset + length - 1}/{description.length}"))
        return 206, offset, length, headers
    if description.checksums and request.header("x-amz-checksum-mode").upper() == "ENABLED":
        kind = "COMPOSITE" if "-" in description.etag else "FULL_OBJECT"
        headers += [*response_headers(description.checksums), ("x-amz-checksum-type", kind)]
    return 200, 0, description.length, headers


def delete_object(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Delete an object; one that is not there is deleted already."""
    buckets[request.bucket].delete(request.key)
    return Response(204)
