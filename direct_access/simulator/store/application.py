"""The store as an application of the simulator's HTTP server, and as a Python object."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from direct_access.clock import Clock
from direct_access.simulator.http import BLOCK_BYTES, BadBody, Request, Response
from direct_access.simulator.store.answers import error_response, new_request_id
from direct_access.simulator.store.authentication import Authenticator
from direct_access.simulator.store.buckets import Buckets
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.object_files import Description, new_draft
from direct_access.simulator.store.objects import DEFAULT_CONTENT_TYPE
from direct_access.simulator.store.payload import Payload
from direct_access.simulator.store.request import S3Request
from direct_access.simulator.store.routes import find_handler


@dataclass(frozen=True)
class StoredObject:
    """An object as listed.

    :param length: bytes
    :param modified: seconds since the epoch
    """

    bucket: str
    key: str
    length: int
    etag: str
    modified: float


class ObjectStore:
    """An S3-compatible object store, path-style, persistent in one directory.

    :param directory: made if it is missing; one process at a time may use it
    :param credentials: secret by access key id; looked up at each request, so it may change meanwhile
    :param verify_bearer: whether a bearer token (as for IBM Cloud Object Storage) is good; None refuses all
    """

    def __init__(
        self,
        directory: Path,
        credentials: Mapping[str, str],
        verify_bearer: Callable[[str], bool] | None,
        clock: Clock,
    ) -> None:
        self._buckets = Buckets(directory)
        self._authenticator = Authenticator(credentials, verify_bearer, clock)
        self._clock = clock

    def handle(self, request: Request) -> Response:
        """Answer one request; called from many threads."""
        request_id = new_request_id()
        try:
            response = self._answer(request)
        except BadBody as error:
            code = "IncompleteBody" if error.status == 400 else "RequestTimeout"
            response = error_response(StoreError(code, str(error)), request.path, request_id)
        except StoreError as error:
            response = error_response(error, request.path, request_id)
        response.headers += [("x-amz-request-id", request_id), ("X-Clv-Request-Id", request_id)]
        return response

    def _answer(self, http: Request) -> Response:
        request = S3Request.parse(http)
        proof = self._authenticator.authenticate(request)
        handler = find_handler(request)
        return handler(self._buckets, request, Payload(request, proof), self._clock.wall())

    def create_bucket(self, name: str) -> None:
        """Create a bucket unless it exists.

        :raises StoreError: InvalidBucketName
        """
        try:
            self._buckets.create(name)
        except StoreError as error:
            if error.code != "BucketAlreadyOwnedByYou":
                raise

    def read(self, bucket: str, key: str) -> tuple[Path, int] | None:
        """Return the file that begins with an object's content and the length of the content in bytes.

        The file goes on behind the content: read no further than the length. None if there is no such object.
        """
        try:
            found = self._buckets[bucket].open(key)
        except StoreError as error:
            if error.code not in ("NoSuchKey", "NoSuchBucket"):
                raise
            return None
        found.file.close()
        return found.path, found.description.length

    def write(self, bucket: str, key: str, source: Path) -> None:
        """Store a copy of a file, whole or not at all.

        :raises StoreError: NoSuchBucket
        """
        found = self._buckets[bucket]
        md5 = hashlib.md5(usedforsecurity=False)
        length = 0
        with new_draft(self._buckets.drafts) as draft:
            with source.open("rb", buffering=0) as file:
                while block := file.read(BLOCK_BYTES):
                    md5.update(block)
                    draft.file.write(block)
                    length += len(block)
            headers = {"content-type": DEFAULT_CONTENT_TYPE}
            draft.finish(Description(length, md5.hexdigest(), self._clock.wall(), headers))
            found.publish(draft, key)

    def objects(self, bucket: str | None = None) -> Iterator[StoredObject]:
        """Yield the objects of one bucket or of all, in the order of buckets and keys.

        :raises StoreError: NoSuchBucket
        """
        for each in self._buckets if bucket is None else [self._buckets[bucket]]:
            for key, found in each.descriptions(sorted(each.keys())):
                yield StoredObject(each.name, key, found.length, found.etag, found.modified)
