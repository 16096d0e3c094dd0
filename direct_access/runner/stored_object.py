"""What a store says of an object, and whether two answers are about the same bytes."""

from __future__ import annotations

from direct_access.light_dataclass import dataclass
from direct_access.model.checksum import Checksum
from direct_access.services.protocol import Download


@dataclass(frozen=True)
class StoredObject:
    """An object as one answer describes it; see :class:`direct_access.services.protocol.Download`."""

    size: int | None
    etag: str | None
    checksum: Checksum | None

    @property
    def is_identified(self) -> bool:
        """Whether it can be known of any range of bytes that it belongs to this object."""
        return self.etag is not None and self.size is not None

    def is_surely(self, other: StoredObject) -> bool:
        """Whether the bytes of two answers may be put together.

        Where the store gives neither ETag nor digest, nobody knows. A digest of the whole is enough, since it
        is compared in the end.
        """
        if None not in (self.size, other.size) and self.size != other.size:
            return False
        if None not in (self.etag, other.etag) and self.etag != other.etag:
            return False
        if self._digest_differs(other):
            return False
        return self.checksum is not None or (self.etag is not None and self.etag == other.etag)

    def _digest_differs(self, other: StoredObject) -> bool:
        if self.checksum is None or other.checksum is None:
            return False
        return self.checksum.algorithm == other.checksum.algorithm and self.checksum != other.checksum


def object_of(stream: Download) -> StoredObject:
    """Return what the answer at the start of a stream says."""
    return StoredObject(stream.size, stream.etag, stream.checksum)
