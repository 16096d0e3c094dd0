"""How params get into a store: at once, or in parts where they are large."""

from __future__ import annotations

from pathlib import Path

from direct_access.services.on_prem.handle import Placement
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.multipart_upload import USUAL_PART_BYTES, KeepRecord, file_size
from direct_access.storage.parts_record import PartsRecord


def upload_params(
    store: BucketStore, place: Placement, params: Path, record: PartsRecord | None, keep: KeepRecord
) -> None:
    """Upload the params object.

    :param record: of an upload in parts that an earlier process began
    :param keep: keeps what a later process must know of one
    """
    threshold_bytes = place.storage.multipart_threshold_bytes
    if record or file_size(params) > threshold_bytes:
        store.put_in_parts(place.name, params, min(USUAL_PART_BYTES, threshold_bytes), record, keep)
    else:
        store.put(place.name, params)
