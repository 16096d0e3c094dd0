"""Access by HMAC key, as every store that speaks S3 takes it.

The key may be replaced while a run waits for days: one that the store refuses is read once more.
"""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from direct_access.clock import Clock
from direct_access.config.secret_source import SecretSource
from direct_access.errors import ConfigurationError
from direct_access.redact import Secret
from direct_access.storage.address import BucketAddress, check_name
from direct_access.storage.sdk import S3Client
from direct_access.storage.sdk_modules import Sdk, boto3
from direct_access.storage.signing import LONGEST_EXPIRY_SECS
from direct_access.transport.http import HttpClient

DEFAULT_REGION = "us-east-1"
"""The region that stores without regions expect in a signature."""

_OUR_EXPIRY_SECS = 3600
_OPERATIONS = {"GET": "get_object", "PUT": "put_object"}


class _Key(NamedTuple):
    access_key_id: str
    secret_access_key: Secret


class HmacAccess:
    """Access by signed requests and presigned URLs. The secret is read at the first signature.

    :param access_key_id: None where the secret's source gives it too: ``ACCESS_KEY_ID SECRET`` on its line
    :param sdk: what signs
    """

    is_signed = True
    authorizer = None

    def __init__(
        self,
        address: BucketAddress,
        access_key_id: str | None,
        secret_access_key: SecretSource,
        region: str | None,
        clock: Clock,
        http: HttpClient,
        sdk: Sdk = boto3,
    ) -> None:
        self.address = address
        self._access_key_id = access_key_id
        self._source = secret_access_key
        self._region = region or DEFAULT_REGION
        self._clock = clock
        self._http = http
        self._sdk = sdk
        self._key: _Key | None = None
        self._clients: dict[str, S3Client] = {}

    def _read_key(self) -> _Key:
        parts = self._source.read().reveal().split()
        access_key_id = parts[0] if len(parts) == 2 else self._access_key_id
        if len(parts) > 2 or access_key_id is None:
            raise ConfigurationError(
                f"{self._source.name}: {self._source} gives no HMAC key",
                subject=self._source.name,
                advice="set access_key_id, or have the line hold the access key id, a blank, and the secret",
            )
        return _Key(access_key_id, Secret(parts[-1]))

    def renew(self) -> bool:
        before, after = self._key, None
        with contextlib.suppress(ConfigurationError):
            after = self._key = self._read_key()
            self._clients.clear()
        return after is not None and (before is None or not _same(before, after))

    def client(self) -> S3Client:
        return self._client_at(self.address.endpoint_url)

    def object_url(self, operation: str, name: str, **parameters: str | int) -> str:
        return self._presign(self.address.endpoint_url, operation, name, _OUR_EXPIRY_SECS, **parameters)

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        if not 1 <= expires_secs <= LONGEST_EXPIRY_SECS:
            raise ConfigurationError(
                f"a presigned URL lives 1 to {LONGEST_EXPIRY_SECS} s, not {expires_secs} s",
                subject="url_expiry_secs",
            )
        return self._presign(self.address.service_endpoint_url, _OPERATIONS[method], name, expires_secs)

    def _presign(
        self, endpoint_url: str, operation: str, name: str, expires_secs: int, **parameters: str | int
    ) -> str:
        check_name(name)
        return self._client_at(endpoint_url).presigned_url(
            operation, expires_secs, Bucket=self.address.bucket, Key=name, **parameters
        )

    def _client_at(self, endpoint_url: str) -> S3Client:
        if endpoint_url not in self._clients:
            self._key = self._key or self._read_key()
            self._clients[endpoint_url] = S3Client(
                self._sdk,
                self._http,
                self._clock,
                endpoint_url=endpoint_url,
                region=self._region,
                addressing_style=self.address.addressing_style,
                signature="s3v4",
                credentials={
                    "aws_access_key_id": self._key.access_key_id,
                    "aws_secret_access_key": self._key.secret_access_key.reveal(),
                },
            )
        return self._clients[endpoint_url]


def _same(one: _Key, other: _Key) -> bool:
    secrets = {one.secret_access_key.reveal(), other.secret_access_key.reveal()}
    return one.access_key_id == other.access_key_id and len(secrets) == 1
