"""Requests that take their content from another object.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from direct_access.simulator.http import BLOCK_BYTES, Response
from direct_access.simulator.store import checksums
from direct_access.simulator.store.answers import element, quoted, xml_date, xml_response
from direct_access.simulator.store.buckets import Buckets, OpenObject
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.multipart_requests import place_part, requested_part
from direct_access.simulator.store.object_files import Description, Draft, copy_content, new_draft
from direct_access.simulator.store.objects import kept_headers, only_if_absent
from direct_access.simulator.store.payload import Payload
from direct_access.simulator.store.ranges import check_conditions
from direct_access.simulator.store.request import S3Request, decode

SOURCE = "x-amz-copy-source"
HEADERS = frozenset({SOURCE, f"{SOURCE}-range", f"{SOURCE}-if-match", f"{SOURCE}-if-none-match"})
_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{1,18})")


def copy_object(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Store a copy of an object, with its headers or with those of the request."""
    payload.document()
    bucket = buckets[request.bucket]
    replaces = request.header("x-amz-metadata-directive").upper() == "REPLACE"
    with _source(buckets, request) as (where, source), new_draft(buckets.drafts) as draft:
        if where == (request.bucket, request.key) and not replaces:
            raise StoreError("InvalidRequest", "An object is copied to itself only with other metadata.")
        _check_algorithm(request, source.description)
        copy_content(source.file, draft.file, source.description.length)
        headers = kept_headers(request) if replaces else source.description.headers
        description = replace(source.description, modified=now, headers=headers)
        draft.finish(description)
        bucket.publish(draft, request.key, only_if_absent=only_if_absent(request))
    return _result("CopyObjectResult", description)


def copy_part(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Store an object, or a range of it, as a part of an upload."""
    payload.document()
    upload, number = requested_part(buckets, request)
    with _source(buckets, request) as (_, source), new_draft(buckets.drafts) as draft:
        offset, length = _range(request, source.description.length)
        description = _copied(source, offset, length, draft, upload.checksum_algorithm, now)
        draft.finish(description, durable=False)
        place_part(draft, upload, number)
    return _result("CopyPartResult", description)


@contextmanager
def _source(buckets: Buckets, request: S3Request) -> Iterator[tuple[tuple[str, str], OpenObject]]:
    """Open the object to be copied; yield its bucket and key, too.

    :raises StoreError: InvalidArgument, NoSuchBucket, NoSuchKey, PreconditionFailed
    """
    name, has_query, _ = request.header(SOURCE).partition("?")
    bucket, _, key = decode(name).removeprefix("/").partition("/")
    if has_query:
        raise StoreError("NotImplemented", "This store keeps no versions of objects.")
    if not (bucket and key):
        raise StoreError("InvalidArgument", "Copy Source must mention the source bucket and key")
    found = buckets[bucket].open(key)
    try:
        _check_conditions(request, found.description.etag)
        yield (bucket, key), found
    finally:
        found.file.close()


def _check_conditions(request: S3Request, etag: str) -> None:
    """Compare the conditions of a copy with the source's ETag; for a copy all of them fail with 412."""
    try:
        check_conditions(
            request.header(f"{SOURCE}-if-match"), request.header(f"{SOURCE}-if-none-match"), etag
        )
    except StoreError as error:
        raise StoreError("PreconditionFailed") from error


def _check_algorithm(request: S3Request, description: Description) -> None:
    algorithm = request.header("x-amz-checksum-algorithm").lower()
    if algorithm and algorithm not in description.checksums:
        raise StoreError(
            "NotImplemented", "This store copies the checksums that there are, and makes no others."
        )


def _range(request: S3Request, length: int) -> tuple[int, int]:
    text = request.header(f"{SOURCE}-range")
    if not text:
        return 0, length
    match = _RANGE.fullmatch(text)
    if not match or not int(match[1]) <= int(match[2]) < length:
        raise StoreError("InvalidArgument", f"The range is not within an object of {length} bytes.")
    return int(match[1]), int(match[2]) - int(match[1]) + 1


def _copied(
    source: OpenObject, offset: int, length: int, draft: Draft, algorithm: str, now: float
) -> Description:
    md5 = hashlib.md5(usedforsecurity=False)
    digests = {algorithm: checksums.new_digest(algorithm)} if algorithm else {}
    end = offset + length
    while offset < end:
        block = os.pread(source.file.fileno(), min(BLOCK_BYTES, end - offset), offset)
        for digest in (md5, *digests.values()):
            digest.update(block)
        draft.file.write(block)
        offset += len(block)
    encoded = {name: checksums.encode(digest.digest()) for name, digest in digests.items()}
    return Description(length, md5.hexdigest(), now, {}, encoded)


def _result(name: str, description: Description) -> Response:
    sums = [element(f"Checksum{each.upper()}", value) for each, value in description.checksums.items()]
    etag = element("ETag", quoted(description.etag))
    return xml_response(element(name, element("LastModified", xml_date(description.modified)), etag, *sums))
