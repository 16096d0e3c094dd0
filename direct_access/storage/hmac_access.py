"""Access by HMAC key, as every store that speaks S3 takes it.

The key may be replaced while a run waits for days: one that the store refuses is read once more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import NamedTuple

from direct_access.clock import Clock
from direct_access.config.secret_source import SecretSource
from direct_access.errors import ConfigurationError
from direct_access.redact import Secret
from direct_access.storage.address import BucketAddress
from direct_access.storage.signing import LONGEST_EXPIRY_SECS, presigned_url

DEFAULT_REGION = "us-east-1"
"""The region that stores without regions expect in a signature."""

_OUR_EXPIRY_SECS = 3600


class _Key(NamedTuple):
    access_key_id: str
    secret_access_key: Secret


class HmacAccess:
    """Access by presigned URLs, for our own requests too. The secret is read at the first signature.

    :param access_key_id: None where the secret's source gives it too: ``ACCESS_KEY_ID SECRET`` on its line
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
    ) -> None:
        self.address = address
        self._access_key_id = access_key_id
        self._source = secret_access_key
        self._region = region or DEFAULT_REGION
        self._clock = clock
        self._key: _Key | None = None

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
        return after is not None and (before is None or not _same(before, after))

    def request_url(self, method: str, name: str, headers: Mapping[str, str] | None = None) -> str:
        return self._sign(method, self.address.url(name), _OUR_EXPIRY_SECS, headers)

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        if not 1 <= expires_secs <= LONGEST_EXPIRY_SECS:
            raise ConfigurationError(
                f"a presigned URL lives 1 to {LONGEST_EXPIRY_SECS} s, not {expires_secs} s",
                subject="url_expiry_secs",
            )
        return self._sign(method, self.address.service_url(name), expires_secs)

    def _sign(
        self, method: str, url: str, expires_secs: int, headers: Mapping[str, str] | None = None
    ) -> str:
        self._key = self._key or self._read_key()
        return presigned_url(
            method,
            url,
            access_key_id=self._key.access_key_id,
            secret_access_key=self._key.secret_access_key,
            region=self._region,
            expires_secs=expires_secs,
            clock=self._clock,
            amz_headers={k: v for k, v in (headers or {}).items() if k.startswith("x-amz-")},
        )


def _same(one: _Key, other: _Key) -> bool:
    secrets = {one.secret_access_key.reveal(), other.secret_access_key.reveal()}
    return one.access_key_id == other.access_key_id and len(secrets) == 1
