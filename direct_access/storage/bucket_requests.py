"""Requests to one bucket: bytes of objects by plain HTTP, everything else by an SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from direct_access.errors import (
    AccessError,
    DirectAccessError,
    LocalStorageError,
    StoreError,
    UnavailableError,
)
from direct_access.retry import policies
from direct_access.retry.repeat import Patience, repeat
from direct_access.storage.access import Access
from direct_access.storage.address import check_name
from direct_access.storage.checksums import checksum_of
from direct_access.storage.refusals import refusal, unreachable
from direct_access.storage.sdk import Refused
from direct_access.storage.upload import HashedFile
from direct_access.transport.http import HttpClient, HttpResponse

T = TypeVar("T")


class BucketRequests:
    """Sends each request once, but for what :meth:`repeated` is told to."""

    def __init__(self, http: HttpClient, access: Access, patience: Patience) -> None:
        self._http = http
        self._access = access
        self.patience = patience

    def repeated(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt returns, made again while the store is in trouble, or with a new key."""
        generation = self._access.generation
        try:
            return repeat(policies.STORAGE, self.patience, attempt)
        except AccessError:
            if not self._access.renew(generation):
                raise
        return repeat(policies.STORAGE, self.patience, attempt)

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        """Return a URL for the quantum system."""
        return self._access.presign(method, name, expires_secs)

    def control(self, operation: str, name: str, **parameters: Any) -> Mapping[str, Any]:
        """Have the SDK send a request for an object that carries none of its bytes, and return the answer.

        :param operation: a method of the SDK's client
        :raises DirectAccessError: what a refusal means
        """
        try:
            return self.ask(operation, name, **parameters)
        except Refused as refused:
            raise self.refusal(refused.response, name) from None

    def ask(self, operation: str, name: str, **parameters: Any) -> Mapping[str, Any]:
        """Do as :meth:`control`; what a refusal means is the caller's business.

        :raises Refused: if the store refuses
        """
        check_name(name)
        return self._call(operation, name, Key=name, **parameters)

    def list_uploads(self, prefix: str, **parameters: Any) -> Mapping[str, Any]:
        """Return a page of the uploads in parts that were begun and neither completed nor aborted."""
        try:
            return self._call("list_multipart_uploads", prefix, Prefix=prefix, **parameters)
        except Refused as refused:
            raise self.refusal(refused.response, prefix) from None

    def _call(self, operation: str, subject: str, **parameters: Any) -> Mapping[str, Any]:
        self._authorize()
        try:
            return self._access.client().call(operation, Bucket=self._access.address.bucket, **parameters)
        except UnavailableError as error:
            raise unreachable(error, subject) from error

    def send_file(
        self, operation: str, name: str, path: Path, offset: int, size: int | None, **parameters: str | int
    ) -> str:
        """Send a file, or a part of it, and return the ETag that the store gives what it received.

        :param operation: ``put_object`` or ``upload_part``
        :param size: bytes from ``offset`` on, None for all
        :raises LocalStorageError: if the file cannot be read
        :raises StoreError: if the store says that it received something else
        """
        try:
            with HashedFile(path) as file:
                file.seek(offset)
                length = file.size if size is None else size
                response = self.transfer(operation, name, body=file, body_size=length, parameters=parameters)
                sent = file.md5
        except OSError as error:
            raise LocalStorageError(f"cannot read {path}: {error.strerror}", subject=str(path)) from error
        if not 200 <= response.status < 300:
            raise self.refusal(response, name)
        stored = checksum_of(response.headers)
        if stored and stored.algorithm == "md5" and stored.hex != sent:
            raise StoreError(
                f"the store holds other bytes than were sent: MD5 {stored.hex} instead of {sent}",
                subject=name,
                retryable=True,
            )
        return str(response.headers.get("ETag", ""))

    def transfer(
        self,
        operation: str,
        name: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: BinaryIO | None = None,
        body_size: int | None = None,
        parameters: Mapping[str, str | int] | None = None,
    ) -> HttpResponse:
        """Send or fetch the bytes of an object; those of an answer stay on the connection."""
        self._authorize()
        try:
            return self._http.request(
                "GET" if body is None else "PUT",
                self._access.object_url(operation, name, **(parameters or {})),
                headers=headers,
                body=body,
                body_size=body_size,
                authorizer=self._access.authorizer,
                stream=body is None,
            )
        except UnavailableError as error:
            raise unreachable(error, name) from error

    def refusal(self, response: HttpResponse, name: str) -> DirectAccessError:
        """Return the error that an answer for an object means."""
        return refusal(response, self._access, name, self.patience.clock)

    def _authorize(self) -> None:
        if self._access.authorizer:
            self._access.authorizer.authorization()  # what fails here is IAM, not the store
