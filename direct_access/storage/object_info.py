"""What a store says of an object without sending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from direct_access.light_dataclass import dataclass
from direct_access.model.checksum import Checksum


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
