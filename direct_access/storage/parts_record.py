"""What must be known of an upload in parts after a crash, as data."""

from __future__ import annotations

from typing import Any

from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class PartsRecord:
    """What must be known of an upload after a crash.

    :param upload_id: the store's name of the upload
    :param part_bytes: bytes of each part but the last
    :param etags: of the parts that are uploaded, from the first on
    """

    upload_id: str
    part_bytes: int
    etags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"upload_id": self.upload_id, "part_bytes": self.part_bytes, "etags": list(self.etags)}

    @classmethod
    def from_json(cls, document: Any) -> PartsRecord | None:
        """Return it from JSON data, None if that is no such record."""
        try:
            upload_id, part_bytes = document["upload_id"], document["part_bytes"]
            etags = tuple(document["etags"])
        except (KeyError, TypeError):
            return None
        right = isinstance(upload_id, str) and isinstance(part_bytes, int) and part_bytes > 0
        return cls(upload_id, part_bytes, etags) if right and all(map(_is_text, etags)) else None


def _is_text(value: object) -> bool:
    return isinstance(value, str)
