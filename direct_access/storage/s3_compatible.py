"""Access by HMAC key, as every store that speaks S3 takes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from direct_access.clock import Clock
from direct_access.config.secret_source import SecretSource
from direct_access.errors import ConfigurationError
from direct_access.redact import Secret
from direct_access.storage.address import BucketAddress
from direct_access.storage.signing import LONGEST_EXPIRY_SECS, presigned_url

DEFAULT_REGION = "us-east-1"
"""The region that stores without regions expect in a signature."""

_OUR_EXPIRY_SECS = 3600


class HmacAccess:
    """Access by presigned URLs, for our own requests too. The secret is read at the first signature."""

    is_signed = True
    authorizer = None

    def __init__(
        self,
        address: BucketAddress,
        access_key_id: str,
        secret_access_key: SecretSource,
        region: str | None,
        clock: Clock,
    ) -> None:
        self.address = address
        self._access_key_id = access_key_id
        self._source = secret_access_key
        self._region = region or DEFAULT_REGION
        self._clock = clock

    @cached_property
    def _secret_access_key(self) -> Secret:
        return self._source.read()

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
        return presigned_url(
            method,
            url,
            access_key_id=self._access_key_id,
            secret_access_key=self._secret_access_key,
            region=self._region,
            expires_secs=expires_secs,
            clock=self._clock,
            amz_headers={k: v for k, v in (headers or {}).items() if k.startswith("x-amz-")},
        )
