"""Requests for the service and for one bucket."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import quote
from xml.etree.ElementTree import Element

from direct_access.simulator.http import Response
from direct_access.simulator.store.answers import element, quoted, xml_date, xml_response
from direct_access.simulator.store.buckets import Buckets
from direct_access.simulator.store.documents import parse_delete
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.listing import list_page
from direct_access.simulator.store.object_files import Description
from direct_access.simulator.store.payload import Payload
from direct_access.simulator.store.request import S3Request

_MAX_KEYS = 1000
_OWNER_ID = "simulator"
_ONLY_IN_VERSION_2 = {"continuation-token", "start-after", "fetch-owner"}


def list_buckets(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Name all buckets."""
    listed = [
        element("Bucket", element("Name", bucket.name), element("CreationDate", xml_date(bucket.created)))
        for bucket in buckets
    ]
    owner = element("Owner", element("ID", _OWNER_ID))
    return xml_response(element("ListAllMyBucketsResult", owner, element("Buckets", *listed)))


def create_bucket(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Create a bucket; the location that the document may name has no meaning here."""
    payload.document()
    buckets.create(request.bucket)
    return Response(headers=[("Location", f"/{request.bucket}")])


def head_bucket(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Tell whether a bucket exists."""
    buckets[request.bucket]
    return Response()


def get_location(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Answer with no location, which means us-east-1."""
    buckets[request.bucket]
    return xml_response(element("LocationConstraint"))


def delete_bucket(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Delete an empty bucket."""
    buckets.delete(request.bucket)
    return Response(204)


def delete_objects(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Delete many objects; those that are not there are deleted already."""
    bucket = buckets[request.bucket]
    keys, quiet = parse_delete(payload.document())
    for key in keys:
        bucket.delete(key)
    deleted = [] if quiet else [element("Deleted", element("Key", key)) for key in keys]
    return xml_response(element("DeleteResult", *deleted))


def list_objects(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """List objects by prefix, in pages (ListObjectsV2; ListObjects where no list-type is given)."""
    parameters = request.parameters
    version = parameters.get("list-type", "1")
    if version not in ("1", "2") or (version == "1" and _ONLY_IN_VERSION_2 & parameters.keys()):
        raise StoreError(
            "NotImplemented", "Pages are asked for by list-type=2, or by marker without a list-type."
        )
    token, marker = parameters.get("continuation-token", ""), parameters.get("marker", "")
    bucket, limit = buckets[request.bucket], _max_keys(parameters.get("max-keys", ""))
    after = marker if version == "1" else _after(token) if token else parameters.get("start-after", "")
    prefix, delimiter = parameters.get("prefix", ""), parameters.get("delimiter", "")
    page = list_page(bucket.keys(), prefix, delimiter, after, limit)
    write = _writer(parameters.get("encoding-type", ""))
    owner = [element("Owner", element("ID", _OWNER_ID))] if version == "1" else []
    entries = [_entry(write(key), found, owner) for key, found in bucket.descriptions(page.keys)]
    entries += [element("CommonPrefixes", element("Prefix", write(name))) for name in page.prefixes]
    fields = {
        "Name": bucket.name,
        "Prefix": write(prefix),
        "Delimiter": write(delimiter),
        "EncodingType": parameters.get("encoding-type", ""),
        "MaxKeys": str(limit),
        "IsTruncated": "true" if page.last else "false",
    }
    if version == "1":
        # the last key serves where there is no delimiter (API_ListObjects.html, NextMarker)
        fields |= {"Marker": write(marker), "NextMarker": write(page.last or "") if delimiter else ""}
    else:
        fields |= {
            "StartAfter": write(parameters.get("start-after", "")),
            "ContinuationToken": token,
            "NextContinuationToken": _token(page.last) if page.last else "",
            "KeyCount": str(len(entries)),
        }
    named = [element(name, text) for name, text in fields.items() if text or name in ("Prefix", "Marker")]
    return xml_response(element("ListBucketResult", *named, *entries))


def _max_keys(text: str) -> int:
    if text and not re.fullmatch("[0-9]{1,9}", text):
        raise StoreError("InvalidArgument", "Provided max-keys not an integer or within integer range")
    return min(int(text or _MAX_KEYS), _MAX_KEYS)


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _after(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise StoreError("InvalidArgument", "The continuation token provided is incorrect") from error


def _writer(encoding_type: str) -> Callable[[str], str]:
    if encoding_type not in ("", "url"):
        raise StoreError("InvalidArgument", "Invalid Encoding Method specified in Request")
    return quote if encoding_type else str


def _entry(key: str, description: Description, owner: list[Element]) -> Element:
    return element(
        "Contents",
        element("Key", key),
        element("LastModified", xml_date(description.modified)),
        element("ETag", quoted(description.etag)),
        element("Size", str(description.length)),
        element("StorageClass", "STANDARD"),
        *owner,
    )
