"""Uploads that nobody may go on with: part of what a service can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class UnfinishedUpload:
    """An upload of params that was begun and not ended.

    :param name: of the object, which says whose it is
    :param upload_id: what the store calls the upload
    :param initiated: when it was begun, seconds since the epoch
    """

    name: str
    upload_id: str
    initiated: float


class UnfinishedUploads(Protocol):
    """What a service can do that takes params in several requests, so that a crash leaves some of them."""

    def list(self) -> Sequence[UnfinishedUpload]:
        """Return the uploads of params, of all runs, that were begun and not ended."""

    def abort(self, upload: UnfinishedUpload) -> None:
        """Give up an upload; that it is gone already is not an error."""
