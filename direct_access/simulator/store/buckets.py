"""Buckets and objects on disk.

``buckets/NAME/objects`` holds object files, ``buckets/NAME/uploads`` multipart uploads not yet completed,
``drafts`` files being written; what a crash left there is removed at the next start. One process at a time
may use a directory.
"""

from __future__ import annotations

import errno
import re
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.keys import file_of_key, keys_below
from direct_access.simulator.store.object_files import Description, Draft, NotAnObjectFile, read_description

_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class OpenObject:
    """An object that stays whole while it is read, even if it is replaced or deleted meanwhile."""

    path: Path
    file: BinaryIO
    description: Description


class Bucket:
    """The objects of one bucket."""

    def __init__(self, path: Path, lock: threading.Lock) -> None:
        self.name = path.name
        self.uploads = path / "uploads"
        self._path = path
        self._objects = path / "objects"
        self._lock = lock

    @property
    def created(self) -> float:
        """Seconds since the epoch; nothing else changes the directory."""
        return self._path.stat().st_mtime

    def keys(self) -> list[str]:
        """Return all keys, in no order.

        :raises StoreError: NoSuchBucket
        """
        try:
            return keys_below(self._objects)
        except FileNotFoundError as error:
            raise StoreError("NoSuchBucket", details={"BucketName": self.name}) from error

    def file_of(self, key: str) -> Path:
        """Return where an object is or would be."""
        return file_of_key(self._objects, key)

    def open(self, key: str) -> OpenObject:
        """Open an object; the caller closes its file.

        :raises StoreError: NoSuchKey
        """
        path = self.file_of(key)
        try:
            file = path.open("rb", buffering=0)
        except FileNotFoundError:
            raise StoreError("NoSuchKey", details={"Key": key}) from None
        try:
            return OpenObject(path, file, read_description(file))
        except NotAnObjectFile as error:
            file.close()
            raise StoreError("InternalError", f"The object {key!r} is damaged: {error}") from error

    def describe(self, key: str) -> Description:
        """Return what is known about an object.

        :raises StoreError: NoSuchKey
        """
        found = self.open(key)
        found.file.close()
        return found.description

    def descriptions(self, keys: Iterable[str]) -> Iterator[tuple[str, Description]]:
        """Yield those objects of a list that are still there."""
        for key in keys:
            try:
                yield key, self.describe(key)
            except StoreError as error:
                if error.code != "NoSuchKey":
                    raise

    def publish(self, draft: Draft, key: str, *, only_if_absent: bool = False) -> None:
        """Make a finished draft the object of a key.

        :raises StoreError: NoSuchBucket; PreconditionFailed if it must be absent and is not
        """
        path = self.file_of(key)
        with self._lock:
            if not self._objects.is_dir():
                raise StoreError("NoSuchBucket", details={"BucketName": self.name})
            if only_if_absent and path.exists():
                raise StoreError("PreconditionFailed", details={"Condition": "If-None-Match"})
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.path.rename(path)

    def delete(self, key: str) -> None:
        """Delete an object if it is there."""
        self.file_of(key).unlink(missing_ok=True)


class Buckets:
    """All buckets below one directory."""

    def __init__(self, directory: Path) -> None:
        self._buckets = directory / "buckets"
        self.drafts = directory / "drafts"
        self._lock = threading.Lock()
        shutil.rmtree(self.drafts, ignore_errors=True)
        self._buckets.mkdir(parents=True, exist_ok=True)
        self.drafts.mkdir()

    def __iter__(self) -> Iterator[Bucket]:
        for path in sorted(self._buckets.iterdir()):
            yield Bucket(path, self._lock)

    def __getitem__(self, name: str) -> Bucket:
        """Return a bucket.

        :raises StoreError: NoSuchBucket
        """
        path = self._buckets / name
        if not _BUCKET_NAME.fullmatch(name) or not path.is_dir():
            raise StoreError("NoSuchBucket", details={"BucketName": name})
        return Bucket(path, self._lock)

    def create(self, name: str) -> None:
        """Create a bucket.

        :raises StoreError: InvalidBucketName, BucketAlreadyOwnedByYou
        """
        if not _BUCKET_NAME.fullmatch(name) or ".." in name:
            raise StoreError("InvalidBucketName", details={"BucketName": name})
        draft = self.drafts / uuid.uuid4().hex
        (draft / "objects").mkdir(parents=True)
        (draft / "uploads").mkdir()
        try:
            draft.rename(self._buckets / name)
        except OSError as error:
            shutil.rmtree(draft)
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
                raise StoreError("BucketAlreadyOwnedByYou", details={"BucketName": name}) from error
            raise

    def delete(self, name: str) -> None:
        """Delete a bucket that holds no objects, with its unfinished uploads.

        :raises StoreError: NoSuchBucket, BucketNotEmpty
        """
        bucket = self[name]
        grave = self.drafts / uuid.uuid4().hex
        with self._lock:
            if bucket.keys():
                raise StoreError("BucketNotEmpty", details={"BucketName": name})
            (self._buckets / name).rename(grave)
        shutil.rmtree(grave)
