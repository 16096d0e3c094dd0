"""What this project needs of an object store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from direct_access.model.checksum import Checksum
from direct_access.storage.download import ObjectDownload


@dataclass(frozen=True)
class ObjectInfo:
    """What a store says of an object.

    :param size: bytes, None where the store does not tell
    :param checksum: digest of the whole object, None where the store gives none
    :param metadata: what was said with the object (``x-amz-meta-*``), names in lower case without the prefix
    :param etag: its ETag if that is a strong one
    """

    size: int | None
    checksum: Checksum | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None


class ObjectStore(Protocol):
    """One bucket. Every call raises :class:`direct_access.errors.DirectAccessError`.

    Requests are repeated while the store is in trouble; none of them leaves half an object behind.
    """

    def put(self, name: str, file: Path) -> None:
        """Upload a file, whatever its size, without reading it into memory.

        :raises LocalStorageError: if the file cannot be read
        :raises StoreError: if the store says that it received something else
        """

    def put_empty(self, name: str, metadata: Mapping[str, str] | None = None) -> None:
        """Create or replace an object of no bytes.

        :param metadata: said with it, names in lower case without ``x-amz-meta-``, all of it ASCII
        """

    def get(
        self, name: str, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> ObjectDownload:
        """Open an object from a byte offset on; ``offset`` of what is returned is 0 if the store ignored it.

        :param end: position behind the last byte that is wanted, above ``offset``; None for the whole rest
        :param etag: only if the object still has this ETag, as far as the store knows ``If-Match``
        :raises StoreError: with ``http_status`` 412 if it has another one
        :raises NotFoundError: if there is no such object
        """

    def head(self, name: str) -> ObjectInfo | None:
        """Return what the store says of an object, None if there is no such object."""

    def delete(self, name: str) -> None:
        """Delete an object; one that is gone already is not an error."""

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        """Return a URL by which the quantum system may read (GET) or write (PUT) the object: a secret.

        :param expires_secs: at most 604800, SigV4's bound
        :raises ConfigurationError: if these credentials cannot presign, or not for so long
        """
