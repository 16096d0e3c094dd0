"""The requests of an object store over plain HTTP, whatever permits them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar

from direct_access.errors import (
    AccessError,
    DirectAccessError,
    LocalStorageError,
    NotFoundError,
    StoreError,
    UnavailableError,
)
from direct_access.model.json_fields import integer
from direct_access.retry import policies
from direct_access.retry.repeat import Patience, repeat
from direct_access.storage.access import Access
from direct_access.storage.checksums import checksum_of, strong_etag
from direct_access.storage.download import ObjectDownload, nothing_left, opened, size_of_unsatisfied_range
from direct_access.storage.object_store import ObjectInfo
from direct_access.storage.refusals import refusal, unreachable
from direct_access.storage.upload import HashedFile
from direct_access.transport.http import HttpClient, HttpResponse

T = TypeVar("T")

PRECONDITION_FAILED = 412
_METADATA_PREFIX = "x-amz-meta-"


class BucketStore:
    """One bucket of a store that speaks S3 (:class:`direct_access.storage.object_store.ObjectStore`).

    Every attempt is signed anew: a signature has a time in it.
    """

    def __init__(self, http: HttpClient, access: Access, patience: Patience) -> None:
        self._http = http
        self._access = access
        self._patience = patience

    def put(self, name: str, file: Path) -> None:
        """Upload a file; see :meth:`direct_access.storage.object_store.ObjectStore.put`."""
        self._repeated(lambda: self._put_file(name, file))

    def put_empty(self, name: str, metadata: Mapping[str, str] | None = None) -> None:
        """Create an object of no bytes; see :class:`direct_access.storage.object_store.ObjectStore`."""
        headers = {_METADATA_PREFIX + key: value for key, value in (metadata or {}).items()}
        self._repeated(lambda: self._exchange("PUT", name, headers=headers, body=b""))

    def get(
        self, name: str, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> ObjectDownload:
        """Open an object; see :meth:`direct_access.storage.object_store.ObjectStore.get`."""
        return self._repeated(lambda: self._open(name, offset, etag, end))

    def head(self, name: str) -> ObjectInfo | None:
        """Return what the store says of an object, None if there is no such object."""
        return self._repeated(lambda: self._head(name))

    def delete(self, name: str) -> None:
        """Delete an object; one that is gone already is not an error."""
        self._repeated(lambda: self._delete(name))

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        """Return a URL for the quantum system; see :meth:`direct_access.storage.object_store.ObjectStore`."""
        return self._access.presign(method, name, expires_secs)

    def _repeated(self, attempt: Callable[[], T]) -> T:
        try:
            return repeat(policies.STORAGE, self._patience, attempt)
        except AccessError:
            if not self._access.renew():
                raise
        return repeat(policies.STORAGE, self._patience, attempt)

    def _put_file(self, name: str, path: Path) -> None:
        try:
            with HashedFile(path) as file:
                response = self._exchange("PUT", name, body=file, body_size=file.size)
                sent = file.md5
        except OSError as error:
            raise LocalStorageError(f"cannot read {path}: {error.strerror}", subject=str(path)) from error
        stored = checksum_of(response.headers)
        if stored and stored.algorithm == "md5" and stored.hex != sent:
            raise StoreError(
                f"the store holds other bytes than were sent: MD5 {stored.hex} instead of {sent}",
                subject=name,
                retryable=True,
            )

    def _open(self, name: str, offset: int, etag: str | None, end: int | None) -> ObjectDownload:
        headers = {}
        if offset or end is not None:
            headers["Range"] = f"bytes={offset}-{'' if end is None else end - 1}"
        if etag is not None:
            headers["If-Match"] = etag
        response = self._send("GET", name, headers=headers, stream=True)
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
        raise self._refusal(response, name)

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
        response = self._send("HEAD", name)
        if response.status == 404:  # nobody can tell more: there is no body
            return None
        if not 200 <= response.status < 300:
            raise self._refusal(response, name)
        headers = response.headers
        size = integer(headers.get("Content-Length"))
        return ObjectInfo(size, checksum_of(headers), _metadata_of(headers), strong_etag(headers))

    def _delete(self, name: str) -> None:
        try:
            self._exchange("DELETE", name)
        except NotFoundError:
            return

    def _exchange(
        self,
        method: str,
        name: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | BinaryIO | None = None,
        body_size: int | None = None,
    ) -> HttpResponse:
        response = self._send(method, name, headers=headers, body=body, body_size=body_size)
        if not 200 <= response.status < 300:
            raise self._refusal(response, name)
        return response

    def _send(
        self,
        method: str,
        name: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | BinaryIO | None = None,
        body_size: int | None = None,
        stream: bool = False,
    ) -> HttpResponse:
        if self._access.authorizer:
            self._access.authorizer.authorization()  # what fails here is IAM, not the store
        try:
            return self._http.request(
                method,
                self._access.request_url(method, name, headers),
                headers=headers,
                body=body,
                body_size=body_size,
                authorizer=self._access.authorizer,
                stream=stream,
            )
        except UnavailableError as error:
            raise unreachable(error, name) from error

    def _refusal(self, response: HttpResponse, name: str) -> DirectAccessError:
        return refusal(response, self._access, name, self._patience.clock)


def _metadata_of(headers: Mapping[str, str]) -> dict[str, str]:
    lowered = {key.lower(): value for key, value in headers.items()}
    return {
        key.removeprefix(_METADATA_PREFIX): value
        for key, value in lowered.items()
        if key.startswith(_METADATA_PREFIX)
    }
