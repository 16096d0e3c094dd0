"""The object stores of a system, opened when they are first used."""

from __future__ import annotations

from direct_access.config.settings import StorageSettings
from direct_access.retry.repeat import Patience
from direct_access.services.on_prem.storage_choice import bucket_address
from direct_access.storage.access import Access, BearerAccess
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.storage.sdk_modules import boto3, ibm_cos_sdk
from direct_access.transport.http import Authorizer, HttpClient


class Stores:
    """One store for each storage. No credential is read that a storage does not need."""

    def __init__(self, http: HttpClient, authorizer: Authorizer, patience: Patience) -> None:
        self._http = http
        self._authorizer = authorizer
        self._patience = patience
        self._open: dict[StorageSettings, BucketStore] = {}

    def __getitem__(self, storage: StorageSettings) -> BucketStore:
        if storage not in self._open:
            self._open[storage] = BucketStore(self._http, self._access(storage), self._patience)
        return self._open[storage]

    def _access(self, storage: StorageSettings) -> Access:
        address, clock = bucket_address(storage), self._patience.clock
        if not storage.secret_access_key:
            return BearerAccess(address, self._authorizer, clock, self._http)
        key = HmacKeySource(storage.access_key_id, storage.secret_access_key, storage.session_token)
        return HmacAccess(
            address,
            key,
            storage.region,
            clock,
            self._http,
            ibm_cos_sdk if storage.type == "ibmcloud_cos" else boto3,
        )
