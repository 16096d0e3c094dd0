"""Requests for multipart uploads.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html and its neighbours
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from direct_access.simulator.http import Response
from direct_access.simulator.store.answers import element, quoted, xml_date, xml_response
from direct_access.simulator.store.buckets import Buckets
from direct_access.simulator.store.checksums import response_headers
from direct_access.simulator.store.documents import parse_complete
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.multipart import (
    Upload,
    assemble,
    begin_upload,
    find_upload,
    unfinished_uploads,
)
from direct_access.simulator.store.object_files import Description, Draft, new_draft
from direct_access.simulator.store.objects import kept_headers, only_if_absent
from direct_access.simulator.store.payload import Payload
from direct_access.simulator.store.request import S3Request

_MAX_PART_NUMBER = 10000
_PAGE_PARTS = 1000
_PAGE_UPLOADS = 1000


def create_upload(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Begin an upload."""
    algorithm = request.header("x-amz-checksum-algorithm").lower()
    if algorithm and request.header("x-amz-checksum-type").upper() == "FULL_OBJECT":
        raise StoreError("NotImplemented", "Checksums of multipart uploads are COMPOSITE here.")
    bucket = buckets[request.bucket]
    upload = begin_upload(bucket, buckets.drafts, request.key, kept_headers(request), algorithm)
    answer = xml_response(_result("InitiateMultipartUploadResult", request, ("UploadId", upload.id)))
    if algorithm:
        answer.headers += [
            ("x-amz-checksum-algorithm", algorithm.upper()),
            ("x-amz-checksum-type", "COMPOSITE"),
        ]
    return answer


def upload_part(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Store one part; one that has its number already is replaced.

    A part is not forced to the disk: what a power failure tears is found out when the upload is completed.
    """
    upload, number = requested_part(buckets, request)
    with new_draft(buckets.drafts) as draft:
        for block in payload.blocks():
            draft.file.write(block)
        description = Description(payload.size, payload.md5, now, {}, payload.checksums)
        draft.finish(description, durable=False)
        place_part(draft, upload, number)
    return Response(headers=[("ETag", quoted(description.etag)), *response_headers(description.checksums)])


def requested_part(buckets: Buckets, request: S3Request) -> tuple[Upload, int]:
    """Return the upload and the number of the part that a request is about.

    :raises StoreError: InvalidArgument, NoSuchBucket, NoSuchUpload
    """
    number = _number(request, "partNumber", 1)
    if not 1 <= number <= _MAX_PART_NUMBER:
        raise StoreError(
            "InvalidArgument", f"Part number must be an integer between 1 and {_MAX_PART_NUMBER}"
        )
    return find_upload(buckets[request.bucket], request.key, request.parameters["uploadId"]), number


def place_part(draft: Draft, upload: Upload, number: int) -> None:
    """Make a finished draft a part of an upload.

    :raises StoreError: NoSuchUpload, if it was completed or aborted meanwhile
    """
    try:
        draft.path.rename(upload.part_file(number))
    except FileNotFoundError as error:
        raise StoreError("NoSuchUpload", details={"UploadId": upload.id}) from error


def complete_upload(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Make the parts one object."""
    bucket = buckets[request.bucket]
    upload = find_upload(bucket, request.key, request.parameters["uploadId"])
    wanted = parse_complete(payload.document())
    with new_draft(buckets.drafts) as draft:
        description = assemble(upload, wanted, draft, now)
        bucket.publish(draft, request.key, only_if_absent=only_if_absent(request))
    upload.remove()
    location = ("Location", request.http.path)
    root = _result("CompleteMultipartUploadResult", request, location, ("ETag", quoted(description.etag)))
    for algorithm, value in description.checksums.items():
        root.extend([element(f"Checksum{algorithm.upper()}", value), element("ChecksumType", "COMPOSITE")])
    return xml_response(root)


def abort_upload(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """Forget an upload and its parts."""
    find_upload(buckets[request.bucket], request.key, request.parameters["uploadId"]).remove()
    return Response(204)


def list_parts(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """List the parts of an upload, in pages."""
    upload = find_upload(buckets[request.bucket], request.key, request.parameters["uploadId"])
    marker, limit = _number(request, "part-number-marker", 0), _number(request, "max-parts", _PAGE_PARTS)
    limit = min(limit, _PAGE_PARTS)
    rest = [(number, part) for number, part in upload.parts() if number > marker]
    page = rest[:limit]
    next_marker = str(page[-1][0]) if page else str(marker)
    root = _result(
        "ListPartsResult",
        request,
        ("UploadId", upload.id),
        ("PartNumberMarker", str(marker)),
        ("NextPartNumberMarker", next_marker),
        ("MaxParts", str(limit)),
        ("IsTruncated", "true" if len(rest) > limit else "false"),
    )
    for number, part in page:
        checksums = [element(f"Checksum{name.upper()}", value) for name, value in part.checksums.items()]
        root.append(
            element(
                "Part",
                element("PartNumber", str(number)),
                element("LastModified", xml_date(part.modified)),
                element("ETag", quoted(part.etag)),
                element("Size", str(part.length)),
                *checksums,
            )
        )
    return xml_response(root)


def list_uploads(buckets: Buckets, request: S3Request, payload: Payload, now: float) -> Response:
    """List the uploads that were begun and not ended, by prefix, in pages."""
    parameters = request.parameters
    prefix = parameters.get("prefix", "")
    after = (parameters.get("key-marker", ""), parameters.get("upload-id-marker", ""))
    limit = min(_number(request, "max-uploads", _PAGE_UPLOADS), _PAGE_UPLOADS)
    uploads = unfinished_uploads(buckets[request.bucket])
    rest = [each for each in uploads if each.key.startswith(prefix) and (each.key, each.id) > after]
    page = rest[:limit]
    fields = {
        "Bucket": request.bucket,
        "Prefix": prefix,
        "KeyMarker": after[0],
        "UploadIdMarker": after[1],
        "NextKeyMarker": page[-1].key if page else "",
        "NextUploadIdMarker": page[-1].id if page else "",
        "MaxUploads": str(limit),
        "IsTruncated": "true" if len(rest) > limit else "false",
    }
    root = element("ListMultipartUploadsResult", *(element(name, text) for name, text in fields.items()))
    root.extend(
        element(
            "Upload",
            element("Key", upload.key),
            element("UploadId", upload.id),
            element("Initiated", xml_date(upload.begun)),
        )
        for upload in page
    )
    return xml_response(root)


def _result(name: str, request: S3Request, *fields: tuple[str, str]) -> Element:
    named = [("Bucket", request.bucket), ("Key", request.key), *fields]
    return element(name, *(element(field, text) for field, text in named))


def _number(request: S3Request, name: str, default: int) -> int:
    text = request.parameters.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text):
        raise StoreError("InvalidArgument", f"{name} must be a number")
    return int(text)
