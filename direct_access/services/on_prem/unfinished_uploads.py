"""Uploads in parts that were begun and not ended, in the storage of a system."""

from __future__ import annotations

from collections.abc import Sequence

from direct_access.services.protocol import UnfinishedUpload
from direct_access.storage.bucket_store import BucketStore


class OnPremUploads:
    """A :class:`direct_access.services.protocol.UnfinishedUploads` of one bucket.

    :param prefix: of the names of our objects
    """

    def __init__(self, store: BucketStore, prefix: str) -> None:
        self._store = store
        self._prefix = prefix

    def list(self) -> Sequence[UnfinishedUpload]:
        """Return the uploads of all runs."""
        return [UnfinishedUpload(*upload) for upload in self._store.unfinished_uploads(self._prefix)]

    def abort(self, upload: UnfinishedUpload) -> None:
        """Give up an upload; that it is gone already is not an error."""
        self._store.abort_upload(upload.name, upload.upload_id)
