"""The object store: what a job does with it, with one empty object."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from direct_access.errors import ConfigurationError, StoreError
from direct_access.health.check import Observation
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import Measure
from direct_access.services.on_prem.storage_choice import bucket_address
from direct_access.storage.bucket_store import BucketStore

URL_SECS = 60
_NONCE = "health"


def store(context: CheckContext) -> Iterator[Observation]:
    """Put an object, presign a URL, read it through the URL, delete it.

    The URL is read where this node can be expected to reach it: not where the quantum system has an endpoint
    of its own, and not where it needs none.
    """
    storage, opened = context.known_system.storage, context.connections.store()
    if storage is None or opened is None:
        yield Observation("none configured: each job file has to name one")
        return
    address, nonce = bucket_address(storage), secrets.token_hex(8)
    name = "/".join(part for part in (storage.prefix, "health", nonce) if part)
    through_url = storage.type == "s3_compatible" and address.service_endpoint_url == address.endpoint_url
    started_at = context.clock.boottime()
    opened.put_empty(name, {_NONCE: nonce})
    try:
        if through_url:
            _read_through_url(context, opened, name, nonce)
        else:
            _read(opened, name, nonce)
    finally:
        opened.delete(name)
    secs = context.clock.boottime() - started_at
    how = "read through a presigned URL" if through_url else "read"
    measures = (Measure("store_round_trip_seconds", secs),)
    yield Observation(f"put, {how}, deleted an object in {address}", measures=measures)


def _read_through_url(context: CheckContext, opened: BucketStore, name: str, nonce: str) -> None:
    url = opened.presign("GET", name, URL_SECS)
    response = context.connections.http.request("GET", url)
    if response.status != 200:
        _read(opened, name, nonce)  # tells better why, unless only URLs are refused
        raise StoreError(
            f"a presigned URL is refused with HTTP {response.status}, while the object itself can be read",
            subject=name,
            advice="have what stands before the store pass query strings on as they are",
        )
    _compare(response.headers.get(f"x-amz-meta-{_NONCE}"), nonce, name)


def _read(opened: BucketStore, name: str, nonce: str) -> None:
    info = opened.head(name)
    if info is None:
        raise StoreError("the object that was just put is not there", subject=name)
    _compare(info.metadata.get(_NONCE), nonce, name)


def _compare(answered: str | None, nonce: str, name: str) -> None:
    if answered != nonce:
        raise ConfigurationError(
            "what answers is not the store that the object was put to",
            subject=name,
            advice="check endpoint_url, and any proxy or cache on the way",
        )
