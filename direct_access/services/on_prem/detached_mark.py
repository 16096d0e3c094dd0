"""The mark of a job that was left on purpose: an object of no bytes that says until when it is collected."""

from __future__ import annotations

from direct_access.clock import parse_rfc3339, rfc3339
from direct_access.errors import StoreError
from direct_access.storage.bucket_store import BucketStore

COLLECT_BY = "collect-by"
"""Metadata of the object, ``x-amz-meta-collect-by``: a time by RFC 3339."""


def write(store: BucketStore, name: str, collect_by: float) -> None:
    """Create or renew a mark.

    :param collect_by: seconds since the epoch
    """
    store.put_empty(name, {COLLECT_BY: rfc3339(collect_by)})


def read(store: BucketStore, name: str) -> float | None:
    """Return the time that a mark gives, None if there is no mark.

    :raises StoreError: if there is one that says no time: the job was left on purpose all the same
    """
    info = store.head(name)
    if info is None:
        return None
    try:
        return parse_rfc3339(info.metadata[COLLECT_BY])
    except (KeyError, ValueError) as error:
        raise StoreError(f"the mark {name} does not say until when the job is collected", name) from error
