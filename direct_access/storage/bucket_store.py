"""One bucket of an object store."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from direct_access.errors import DirectAccessError, NotFoundError, StoreError
from direct_access.model.json_fields import integer
from direct_access.retry.repeat import Patience
from direct_access.storage.access import Access
from direct_access.storage.bucket_requests import BucketRequests
from direct_access.storage.checksums import checksum_of, strong_etag
from direct_access.storage.download import ObjectDownload, nothing_left, opened, size_of_unsatisfied_range
from direct_access.storage.multipart_upload import (
    KeepRecord,
    MultipartUpload,
    unfinished_uploads,
)
from direct_access.storage.object_info import ObjectInfo
from direct_access.storage.parts_record import PartsRecord
from direct_access.storage.sdk import Refused
from direct_access.transport.http import HttpClient, HttpResponse

PRECONDITION_FAILED = 412


class BucketStore:
    """One bucket of a store that speaks S3; all calls raise :class:`direct_access.errors.DirectAccessError`.

    Requests are repeated while the store is in trouble, each signed anew: a signature has a time in it. None
    of them leaves half an object behind.
    """

    def __init__(self, http: HttpClient, access: Access, patience: Patience) -> None:
        self._requests = BucketRequests(http, access, patience)

    def put(self, name: str, file: Path) -> None:
        """Upload a file, whatever its size, without reading it into memory.

        :raises LocalStorageError: if the file cannot be read
        :raises StoreError: if the store says that it received something else
        """
        self._requests.repeated(lambda: self._requests.send_file("put_object", name, file, 0, None))

    def put_in_parts(
        self, name: str, file: Path, part_bytes: int, record: PartsRecord | None, keep: KeepRecord
    ) -> None:
        """Upload a file part by part; what an earlier process has uploaded of it is not sent again.

        :param part_bytes: bytes of a part, where there need not be too many of them
        :param record: what that process kept last, None if there was none
        :param keep: keeps what must be known after a crash, durably; called before each part
        :raises Interrupted: between two parts, if patience was told to stop
        """
        MultipartUpload(self._requests, name, file, part_bytes, keep).run(record)

    def abort_upload(self, name: str, upload_id: str) -> None:
        """Give up an upload in parts, and the parts; one that is gone already is no error."""
        self._requests.repeated(lambda: self._abort(name, upload_id))

    def unfinished_uploads(self, prefix: str) -> list[tuple[str, str, float]]:
        """Return name, id, and time (seconds since the epoch) of uploads that were begun and not ended.

        :param prefix: of the names of objects, ``""`` for all
        """
        return self._requests.repeated(lambda: list(unfinished_uploads(self._requests, prefix)))

    def put_empty(self, name: str, metadata: Mapping[str, str] | None = None) -> None:
        """Create or replace an object of no bytes.

        :param metadata: said with it, names in lower case without ``x-amz-meta-``, all of it ASCII
        """
        self._requests.repeated(
            lambda: self._requests.control("put_object", name, Body=b"", Metadata=dict(metadata or {}))
        )

    def get(
        self, name: str, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> ObjectDownload:
        """Open an object from a byte offset on; ``offset`` of what is returned is 0 if the store ignored it.

        :param end: position behind the last byte that is wanted, above ``offset``; None for the whole rest
        :param etag: only if the object still has this ETag, as far as the store knows ``If-Match``
        :raises StoreError: with ``http_status`` 412 if it has another one
        :raises NotFoundError: if there is no such object
        """
        return self._requests.repeated(lambda: self._open(name, offset, etag, end))

    def head(self, name: str) -> ObjectInfo | None:
        """Return what the store says of an object, None if there is no such object."""
        return self._requests.repeated(lambda: self._head(name))

    def delete(self, name: str) -> None:
        """Delete an object; one that is gone already is no error."""
        self._requests.repeated(lambda: self._delete(name))

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        """Return a URL by which the quantum system may read (GET) or write (PUT) the object: a secret.

        :param expires_secs: at most 604800, SigV4's bound
        :raises ConfigurationError: if these credentials cannot presign, or not for so long
        """
        return self._requests.presign(method, name, expires_secs)

    def _open(self, name: str, offset: int, etag: str | None, end: int | None) -> ObjectDownload:
        headers = {}
        if offset or end is not None:
            headers["Range"] = f"bytes={offset}-{'' if end is None else end - 1}"
        if etag is not None:
            headers["If-Match"] = etag
        response = self._requests.transfer("get_object", name, headers=headers)
        if response.status in (200, 206):
            download = opened(response, name)
            if download.offset not in (0, offset):
                download.close()
                raise StoreError("the store sent another part of the object than was asked for", subject=name)
            if download.size is None and not download.is_chunked:
                self._add_size(download, name)
            return download
        if response.status == PRECONDITION_FAILED:
            response.close()
            raise StoreError("the object was replaced", subject=name, http_status=response.status)
        if response.status == 416 and self._size_told_by(response, name) == offset:
            response.close()
            return nothing_left(name, offset, etag)
        raise self._requests.refusal(response, name)

    def _add_size(self, download: ObjectDownload, name: str) -> None:
        """Ask how long an object is whose end does not show: a connection closed early looks the same."""
        try:
            info = self._head(name)
        except DirectAccessError:
            download.close()
            raise
        if info is not None and info.etag == download.etag:
            download.size = info.size

    def _size_told_by(self, response: HttpResponse, name: str) -> int | None:
        """Return the size of an object of which no byte is left; a store need not tell it with a 416."""
        told = size_of_unsatisfied_range(response)
        if told is not None:
            return told
        info = self._head(name)
        return info.size if info else None

    def _head(self, name: str) -> ObjectInfo | None:
        try:
            answer = self._requests.ask("head_object", name)
        except Refused as refused:
            if refused.response.status == 404:  # nobody can tell more: there is no body
                return None
            raise self._requests.refusal(refused.response, name) from None
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        size = integer(headers.get("content-length"))
        metadata = {key.lower(): value for key, value in answer["Metadata"].items()}
        return ObjectInfo(size, checksum_of(headers), metadata, strong_etag(headers))

    def _abort(self, name: str, upload_id: str) -> None:
        with contextlib.suppress(NotFoundError):
            self._requests.control("abort_multipart_upload", name, UploadId=upload_id)

    def _delete(self, name: str) -> None:
        with contextlib.suppress(NotFoundError):
            self._requests.control("delete_object", name)
