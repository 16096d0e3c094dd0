"""A file uploaded in parts, by several processes one after the other if need be.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from direct_access.errors import LocalStorageError, NotFoundError
from direct_access.retry.repeat import Interrupted
from direct_access.storage.bucket_requests import BucketRequests
from direct_access.storage.parts_record import PartsRecord

USUAL_PART_BYTES = 64 << 20
MOST_PARTS = 10_000
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

_MD5 = re.compile(r'"?([0-9a-f]{32})"?')


KeepRecord = Callable[[PartsRecord], None]
"""Keeps a record durably."""


class MultipartUpload:
    """One file on its way into one object."""

    def __init__(
        self, requests: BucketRequests, name: str, file: Path, part_bytes: int, keep: KeepRecord
    ) -> None:
        self._requests = requests
        self._part_bytes = part_bytes
        self._name = name
        self._file = file
        self._keep = keep
        self._size = file_size(file)

    def run(self, record: PartsRecord | None) -> None:
        """Upload what is not uploaded yet, and make the parts one object."""
        if record is not None:
            try:
                record = self._still_there(record)
            except NotFoundError:
                if self._is_complete(record):
                    return
                record = None
        if record is None:
            record = self._begin()
        while len(record.etags) < self._parts_of(record.part_bytes):
            self._keep(record)
            if self._requests.patience.stop.is_set():
                raise Interrupted
            record = self._with_next_part(record)
        self._keep(record)
        self._complete(record)

    def _begin(self) -> PartsRecord:
        part_bytes = max(self._part_bytes, -(-self._size // MOST_PARTS))
        answer = self._control("create_multipart_upload")
        return PartsRecord(answer["UploadId"], part_bytes)

    def _still_there(self, record: PartsRecord) -> PartsRecord:
        """Return the record as far as the store has the parts that it names.

        :raises NotFoundError: if the store does not know the upload
        """
        stored = dict(self._listed(record.upload_id))
        etags: list[str] = []
        for etag in record.etags:
            size = min(record.part_bytes, self._size - len(etags) * record.part_bytes)
            if stored.get(len(etags) + 1) != (etag, size):
                break
            etags.append(etag)
        return PartsRecord(record.upload_id, record.part_bytes, tuple(etags))

    def _listed(self, upload_id: str) -> Iterator[tuple[int, tuple[str, int]]]:
        marker = 0
        while True:
            page = self._control("list_parts", UploadId=upload_id, PartNumberMarker=marker)
            for part in page.get("Parts", ()):
                marker = part["PartNumber"]
                yield marker, (part["ETag"], part["Size"])
            if not page.get("IsTruncated") or not page.get("Parts"):
                return

    def _with_next_part(self, record: PartsRecord) -> PartsRecord:
        number = len(record.etags) + 1
        offset = (number - 1) * record.part_bytes
        size = min(record.part_bytes, self._size - offset)
        etag = self._requests.repeated(
            lambda: self._requests.send_file(
                "upload_part",
                self._name,
                self._file,
                offset,
                size,
                UploadId=record.upload_id,
                PartNumber=number,
            )
        )
        return PartsRecord(record.upload_id, record.part_bytes, (*record.etags, etag))

    def _complete(self, record: PartsRecord) -> None:
        parts = [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(record.etags, 1)]
        try:
            self._control(
                "complete_multipart_upload", UploadId=record.upload_id, MultipartUpload={"Parts": parts}
            )
        except NotFoundError:
            if not self._is_complete(record):  # an answer may have been lost
                raise

    def _is_complete(self, record: PartsRecord) -> bool:
        """Whether the object is there, made of just these parts: its ETag is a digest of theirs."""
        digests = [found[1] for etag in record.etags if (found := _MD5.fullmatch(etag))]
        if len(digests) < self._parts_of(record.part_bytes):
            return False
        whole = hashlib.md5(bytes.fromhex("".join(digests)), usedforsecurity=False).hexdigest()
        try:
            stored = self._control("head_object")
        except NotFoundError:
            return False
        return bool(stored.get("ETag", "").strip('"') == f"{whole}-{len(digests)}")

    def _parts_of(self, part_bytes: int) -> int:
        return -(-self._size // part_bytes)

    def _control(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        return self._requests.repeated(lambda: self._requests.control(operation, self._name, **parameters))


def unfinished_uploads(requests: BucketRequests, prefix: str) -> Iterator[tuple[str, str, float]]:
    """Yield name, id, and time (seconds since the epoch) of uploads that were begun and not ended."""
    markers: dict[str, Any] = {}
    while True:
        page = requests.list_uploads(prefix, **markers)
        for upload in page.get("Uploads", ()):
            yield upload["Key"], upload["UploadId"], upload["Initiated"].timestamp()
        if not page.get("IsTruncated") or not page.get("Uploads"):
            return
        markers = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}


def file_size(file: Path) -> int:
    """Return the bytes of a file.

    :raises LocalStorageError: if it is not there
    """
    try:
        return file.stat().st_size
    except OSError as error:
        raise LocalStorageError(f"cannot read {file}: {error.strerror}", subject=str(file)) from error
