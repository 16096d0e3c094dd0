"""Multipart uploads on disk.

``uploads/ID/upload.json`` says what is uploaded, ``uploads/ID/NUMBER`` are the parts, each an object file.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from direct_access.simulator.store.buckets import Bucket
from direct_access.simulator.store.checksums import encode, new_digest
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.object_files import (
    Description,
    Draft,
    NotAnObjectFile,
    copy_content,
    read_description,
)

MIN_PART_BYTES = 5 << 20
_DESCRIPTION = "upload.json"
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """An upload that was begun and neither completed nor aborted.

    :param headers: headers kept for the object
    :param checksum_algorithm: as S3 names it in lower case, empty if parts bear no checksums
    """

    directory: Path
    key: str
    headers: dict[str, str]
    checksum_algorithm: str

    @property
    def id(self) -> str:
        """The identification that clients use."""
        return self.directory.name

    @property
    def begun(self) -> float:
        """Seconds since the epoch."""
        return (self.directory / _DESCRIPTION).stat().st_mtime

    def part_file(self, number: int) -> Path:
        """Return where a part is kept."""
        return self.directory / f"{number:05d}"

    def parts(self) -> Iterator[tuple[int, Description]]:
        """Yield number and description of each part, in their order."""
        for path in sorted(self.directory.glob("[0-9]*")):
            with path.open("rb") as file:
                yield int(path.name), read_description(file)

    def remove(self) -> None:
        """Forget the upload; from the first moment nobody finds it any more."""
        (self.directory / _DESCRIPTION).unlink(missing_ok=True)
        shutil.rmtree(self.directory, ignore_errors=True)


def begin_upload(bucket: Bucket, drafts: Path, key: str, headers: dict[str, str], algorithm: str) -> Upload:
    """Begin an upload.

    :raises StoreError: NotImplemented for a checksum algorithm this store does not know
    """
    if algorithm:
        new_digest(algorithm)
    draft = drafts / uuid.uuid4().hex
    draft.mkdir()
    text = json.dumps({"key": key, "headers": headers, "checksum_algorithm": algorithm})
    (draft / _DESCRIPTION).write_text(text, encoding="utf-8")
    return Upload(draft.rename(bucket.uploads / draft.name), key, headers, algorithm)


def find_upload(bucket: Bucket, key: str, upload_id: str) -> Upload:
    """Return an upload.

    :raises StoreError: NoSuchUpload
    """
    missing = StoreError("NoSuchUpload", details={"UploadId": upload_id})
    if not _UPLOAD_ID.fullmatch(upload_id):
        raise missing
    directory = bucket.uploads / upload_id
    try:
        upload = Upload(directory, **json.loads((directory / _DESCRIPTION).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise missing from None
    if upload.key != key:
        raise missing
    return upload


def unfinished_uploads(bucket: Bucket) -> list[Upload]:
    """Return what was begun and neither completed nor aborted, in the order of keys and ids."""
    found = []
    for directory in bucket.uploads.iterdir():
        with contextlib.suppress(FileNotFoundError):  # it was ended meanwhile
            text = (directory / _DESCRIPTION).read_text(encoding="utf-8")
            found.append(Upload(directory, **json.loads(text)))
    return sorted(found, key=lambda upload: (upload.key, upload.id))


def assemble(
    upload: Upload, wanted: list[tuple[int, str, dict[str, str]]], draft: Draft, now: float
) -> Description:
    """Write the parts one behind the other into a draft and finish it.

    :param wanted: number, ETag and checksums of each part as the client knows them
    :raises StoreError: InvalidPart, EntityTooSmall
    """
    parts = []
    for position, (number, etag, checksums) in enumerate(wanted, start=1):
        description = _append_part(upload, number, etag, checksums, draft)
        if description.length < MIN_PART_BYTES and position < len(wanted):
            details = {"PartNumber": str(number), "ProposedSize": str(description.length)}
            raise StoreError("EntityTooSmall", details=details)
        parts.append(description)
    length = sum(part.length for part in parts)
    md5 = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in parts), usedforsecurity=False)
    description = Description(
        length, f"{md5.hexdigest()}-{len(parts)}", now, upload.headers, _composite_checksum(upload, parts)
    )
    draft.finish(description)
    return description


def _append_part(
    upload: Upload, number: int, etag: str, checksums: dict[str, str], draft: Draft
) -> Description:
    try:
        with upload.part_file(number).open("rb") as file:
            description = read_description(file)
            if description.etag != etag or not checksums.items() <= description.checksums.items():
                raise StoreError("InvalidPart", details={"PartNumber": str(number)})
            copy_content(file, draft.file, description.length)
    except (FileNotFoundError, NotAnObjectFile) as error:
        raise StoreError("InvalidPart", details={"PartNumber": str(number)}) from error
    return description


def _composite_checksum(upload: Upload, parts: list[Description]) -> dict[str, str]:
    algorithm = upload.checksum_algorithm
    if not algorithm or any(algorithm not in part.checksums for part in parts):
        return {}
    digest = new_digest(algorithm)
    digest.update(b"".join(base64.b64decode(part.checksums[algorithm]) for part in parts))
    return {algorithm: f"{encode(digest.digest())}-{len(parts)}"}
