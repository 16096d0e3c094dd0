"""One bucket: objects by plain HTTP, everything else by an SDK, whatever permits the requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

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
from direct_access.storage.address import check_name
from direct_access.storage.checksums import checksum_of, strong_etag
from direct_access.storage.download import ObjectDownload, nothing_left, opened, size_of_unsatisfied_range
from direct_access.storage.object_info import ObjectInfo
from direct_access.storage.refusals import refusal, unreachable
from direct_access.storage.sdk import Refused
from direct_access.storage.upload import HashedFile
from direct_access.transport.http import HttpClient, HttpResponse

T = TypeVar("T")

PRECONDITION_FAILED = 412


class BucketStore:
    """One bucket of a store that speaks S3; all calls raise :class:`direct_access.errors.DirectAccessError`.

    Requests are repeated while the store is in trouble, each signed anew: a signature has a time in it. None
    of them leaves half an object behind.
    """

    def __init__(self, http: HttpClient, access: Access, patience: Patience) -> None:
        self._http = http
        self._access = access
        self._patience = patience

    def put(self, name: str, file: Path) -> None:
        """Upload a file, whatever its size, without reading it into memory.

        :raises LocalStorageError: if the file cannot be read
        :raises StoreError: if the store says that it received something else
        """
        self._repeated(lambda: self._put_file(name, file))

    def put_empty(self, name: str, metadata: Mapping[str, str] | None = None) -> None:
        """Create or replace an object of no bytes.

        :param metadata: said with it, names in lower case without ``x-amz-meta-``, all of it ASCII
        """
        self._repeated(lambda: self._control("put_object", name, Body=b"", Metadata=dict(metadata or {})))

    def get(
        self, name: str, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> ObjectDownload:
        """Open an object from a byte offset on; ``offset`` of what is returned is 0 if the store ignored it.

        :param end: position behind the last byte that is wanted, above ``offset``; None for the whole rest
        :param etag: only if the object still has this ETag, as far as the store knows ``If-Match``
        :raises StoreError: with ``http_status`` 412 if it has another one
        :raises NotFoundError: if there is no such object
        """
        return self._repeated(lambda: self._open(name, offset, etag, end))

    def head(self, name: str) -> ObjectInfo | None:
        """Return what the store says of an object, None if there is no such object."""
        return self._repeated(lambda: self._head(name))

    def delete(self, name: str) -> None:
        """Delete an object; one that is gone already is not an error."""
        self._repeated(lambda: self._delete(name))

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        """Return a URL by which the quantum system may read (GET) or write (PUT) the object: a secret.

        :param expires_secs: at most 604800, SigV4's bound
        :raises ConfigurationError: if these credentials cannot presign, or not for so long
        """
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
                response = self._transfer("put_object", name, body=file, body_size=file.size)
                self._require_success(response, name)
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
        response = self._transfer("get_object", name, headers=headers)
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
        try:
            answer = self._ask("head_object", name)
        except Refused as refused:
            if refused.response.status == 404:  # nobody can tell more: there is no body
                return None
            raise self._refusal(refused.response, name) from None
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        size = integer(headers.get("content-length"))
        metadata = {key.lower(): value for key, value in answer["Metadata"].items()}
        return ObjectInfo(size, checksum_of(headers), metadata, strong_etag(headers))

    def _delete(self, name: str) -> None:
        with contextlib.suppress(NotFoundError):
            self._control("delete_object", name)

    def _control(self, operation: str, name: str, **parameters: Any) -> Mapping[str, Any]:
        """Have the SDK send a request that carries no bytes of an object."""
        try:
            return self._ask(operation, name, **parameters)
        except Refused as refused:
            raise self._refusal(refused.response, name) from None

    def _ask(self, operation: str, name: str, **parameters: Any) -> Mapping[str, Any]:
        check_name(name)
        self._authorize()
        try:
            return self._access.client().call(
                operation, Bucket=self._access.address.bucket, Key=name, **parameters
            )
        except UnavailableError as error:
            raise unreachable(error, name) from error

    def _transfer(
        self,
        operation: str,
        name: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: BinaryIO | None = None,
        body_size: int | None = None,
    ) -> HttpResponse:
        """Send or fetch the bytes of an object; those of an answer stay on the connection."""
        self._authorize()
        try:
            return self._http.request(
                "GET" if body is None else "PUT",
                self._access.object_url(operation, name),
                headers=headers,
                body=body,
                body_size=body_size,
                authorizer=self._access.authorizer,
                stream=body is None,
            )
        except UnavailableError as error:
            raise unreachable(error, name) from error

    def _authorize(self) -> None:
        if self._access.authorizer:
            self._access.authorizer.authorization()  # what fails here is IAM, not the store

    def _require_success(self, response: HttpResponse, name: str) -> None:
        if not 200 <= response.status < 300:
            raise self._refusal(response, name)

    def _refusal(self, response: HttpResponse, name: str) -> DirectAccessError:
        return refusal(response, self._access, name, self._patience.clock)
