"""The objects of a job, wherever its storage block says that they lie."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote

from direct_access.simulator.jobs.transfer import HttpTransfer, TransferError
from direct_access.simulator.store import ObjectStore, StoreError

LOCAL_FILE = "local_file"
"""Storage of jobs whose params came with them and whose results are asked for. No client may name it."""


class BucketStore(Protocol):
    """Objects by bucket and key."""

    def read(self, bucket: str, key: str, destination: Path) -> None:
        """Copy an object into a file.

        :raises TransferError: if there is none
        """

    def write(self, bucket: str, key: str, source: Path) -> None:
        """Write a file as an object.

        :raises TransferError: if that fails
        """


class EmbeddedBuckets:
    """The buckets of the simulator's own store, without HTTP."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def read(self, bucket: str, key: str, destination: Path) -> None:
        try:
            found = self._store.read(bucket, key)
            if found is None:
                raise TransferError(f"there is no object {key!r} in bucket {bucket!r}")
            _copy(*found, destination)
        except (StoreError, OSError) as error:
            raise TransferError(f"the store failed: {error}") from error

    def write(self, bucket: str, key: str, source: Path) -> None:
        try:
            self._store.write(bucket, key, source)
        except (StoreError, OSError) as error:
            raise TransferError(f"the store failed: {error}") from error


class RemoteBuckets:
    """The buckets of a store that is reached by HTTP with a bearer token, as IBM Cloud Object Storage is.

    :param endpoint: base URL of the store
    :param token: gives the access token of the quantum system's own identity
    """

    def __init__(self, endpoint: str, transfer: HttpTransfer, token: Callable[[], str]) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._transfer = transfer
        self._token = token

    def read(self, bucket: str, key: str, destination: Path) -> None:
        self._transfer.get(self._url(bucket, key), destination, self._headers())

    def write(self, bucket: str, key: str, source: Path) -> None:
        self._transfer.put(self._url(bucket, key), source, self._headers())

    def _url(self, bucket: str, key: str) -> str:
        return f"{self._endpoint}/{quote(bucket, safe='')}/{quote(key)}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}"}


def _copy(source: Path, length: int, destination: Path) -> None:
    with source.open("rb") as reader, destination.open("wb") as writer:
        while length and (copied := os.copy_file_range(reader.fileno(), writer.fileno(), length)):
            length -= copied


class JobObjects:
    """Reads and writes what a storage option of the API points at, or a file of our own."""

    def __init__(self, transfer: HttpTransfer, buckets: BucketStore) -> None:
        self._transfer = transfer
        self._buckets = buckets

    def read(self, option: Mapping[str, Any], destination: Path) -> None:
        """Copy the object into a file.

        :raises TransferError: if that fails
        """
        if option["type"] == LOCAL_FILE:
            _copy_file(Path(option["path"]), destination)
        elif option["type"] == "s3_compatible":
            self._transfer.get(option["presigned_url"], destination)
        else:
            self._buckets.read(bucket_name(option["bucket_crn"]), option["object_name"], destination)

    def write(self, option: Mapping[str, Any], source: Path) -> None:
        """Write the file as the object.

        :raises TransferError: if that fails
        """
        if option["type"] == LOCAL_FILE:
            _copy_file(source, Path(option["path"]))
        elif option["type"] == "s3_compatible":
            self._transfer.put(option["presigned_url"], source)
        else:
            self._buckets.write(bucket_name(option["bucket_crn"]), option["object_name"], source)


def _copy_file(source: Path, destination: Path) -> None:
    """Copy a file; whoever reads the copy finds it complete, or not at all."""
    partial = destination.with_suffix(".partial")
    try:
        shutil.copyfile(source, partial)
        partial.replace(destination)
    except OSError as error:
        raise TransferError(f"{destination.name}: {error.strerror}") from error


def bucket_name(bucket_crn: str) -> str:
    """Return the bucket that a CRN names: its tenth field (https://cloud.ibm.com/docs/account?topic=account-crn).

    :raises TransferError: if it is not the CRN of a bucket
    """
    fields = bucket_crn.split(":", 9)
    if len(fields) != 10 or fields[0] != "crn" or fields[8] != "bucket" or not fields[9]:
        raise TransferError("the bucket_crn is not the CRN of a bucket")
    return unquote(fields[9])
