"""Which function answers a request.

What is asked for by a query parameter or header that is not listed here gets 501 NotImplemented, as the API
reference wants, and is never taken for the plain request it is not.
"""

from __future__ import annotations

from collections.abc import Callable

from direct_access.simulator.http import Response
from direct_access.simulator.store import bucket_requests, copying, multipart_requests, objects, sigv2
from direct_access.simulator.store.buckets import Buckets
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.payload import Payload
from direct_access.simulator.store.request import S3Request

Handler = Callable[[Buckets, S3Request, Payload, float], Response]

_ROUTES: dict[tuple[str, str, str], Handler] = {
    ("GET", "service", ""): bucket_requests.list_buckets,
    ("PUT", "bucket", ""): bucket_requests.create_bucket,
    ("HEAD", "bucket", ""): bucket_requests.head_bucket,
    ("GET", "bucket", ""): bucket_requests.list_objects,
    ("GET", "bucket", "location"): bucket_requests.get_location,
    ("GET", "bucket", "uploads"): multipart_requests.list_uploads,
    ("POST", "bucket", "delete"): bucket_requests.delete_objects,
    ("DELETE", "bucket", ""): bucket_requests.delete_bucket,
    ("PUT", "object", ""): objects.put_object,
    ("GET", "object", ""): objects.get_object,
    ("HEAD", "object", ""): objects.head_object,
    ("DELETE", "object", ""): objects.delete_object,
    ("POST", "object", "uploads"): multipart_requests.create_upload,
    ("PUT", "object", "uploadId"): multipart_requests.upload_part,
    ("POST", "object", "uploadId"): multipart_requests.complete_upload,
    ("GET", "object", "uploadId"): multipart_requests.list_parts,
    ("DELETE", "object", "uploadId"): multipart_requests.abort_upload,
}
_COPIES: dict[Handler, Handler] = {
    objects.put_object: copying.copy_object,
    multipart_requests.upload_part: copying.copy_part,
}
_SUBRESOURCES = ("location", "delete", "uploads", "uploadId")
_PARAMETERS: dict[Handler, frozenset[str]] = {
    bucket_requests.list_objects: frozenset(
        {"list-type", "prefix", "delimiter", "start-after", "max-keys"}
        | {"continuation-token", "encoding-type", "fetch-owner", "marker"}
    ),
    multipart_requests.upload_part: frozenset(["partNumber"]),
    multipart_requests.list_parts: frozenset(["max-parts", "part-number-marker"]),
    multipart_requests.list_uploads: frozenset(
        ["prefix", "key-marker", "upload-id-marker", "max-uploads", "encoding-type"]
    ),
}
_UNSUPPORTED_HEADERS = (
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-grant-",
    "x-amz-object-lock-",
    "x-amz-server-side-encryption",
    "x-amz-tagging",
    "x-amz-website-redirect-location",
)


def find_handler(request: S3Request) -> Handler:
    """Return the function that answers a request.

    :raises StoreError: MethodNotAllowed, NotImplemented
    """
    scope = "object" if request.key else "bucket" if request.bucket else "service"
    names = {name for name in request.parameters if not _common(name)}
    subresource = next((name for name in _SUBRESOURCES if name in names), "")
    handler = _ROUTES.get((request.method, scope, subresource))
    if handler is None and not subresource:
        raise StoreError("MethodNotAllowed", details={"Method": request.method})
    unknown = names - {subresource}
    unknown -= _PARAMETERS.get(handler, frozenset()) if handler else frozenset()
    unknown |= {name.lower() for name in request.headers if name.lower().startswith(_UNSUPPORTED_HEADERS)}
    if handler and copying.SOURCE in request.headers:
        handler = _COPIES.get(handler)
        unknown -= copying.HEADERS if handler else frozenset()
    if handler is None or unknown:
        what = ", ".join(sorted(unknown)) or subresource
        raise StoreError("NotImplemented", f"This store does not do what {what} asks for.")
    return handler


def _common(name: str) -> bool:
    """Tell parameters of signatures, and ``x-id``, which SDKs send to name the operation."""
    return name.lower().startswith("x-amz-") or name in ("x-id", *sigv2.PARAMETERS, *sigv2.SIGNED_HEADERS)
