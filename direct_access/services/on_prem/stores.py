"""The object stores of a system, opened when they are first used."""

from __future__ import annotations

from direct_access.config.settings import StorageSettings
from direct_access.retry.repeat import Patience
from direct_access.services.on_prem.storage_choice import bucket_address
from direct_access.storage.access import Access, BearerAccess
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.object_store import ObjectStore
from direct_access.transport.http import Authorizer, HttpClient


class Stores:
    """One store for each storage. No credential is read that a storage does not need."""

    def __init__(self, http: HttpClient, authorizer: Authorizer, patience: Patience) -> None:
        self._http = http
        self._authorizer = authorizer
        self._patience = patience
        self._open: dict[StorageSettings, ObjectStore] = {}

    def __getitem__(self, storage: StorageSettings) -> ObjectStore:
        if storage not in self._open:
            self._open[storage] = BucketStore(self._http, self._access(storage), self._patience)
        return self._open[storage]

    def _access(self, storage: StorageSettings) -> Access:
        address = bucket_address(storage)
        if not storage.secret_access_key:
            return BearerAccess(address, self._authorizer)
        from direct_access.storage.hmac_access import (
            HmacAccess,
        )  # botocore: 30 ms that a token does not need

        return HmacAccess(
            address,
            storage.access_key_id,
            storage.secret_access_key,
            storage.region,
            self._patience.clock,
        )
