"""Access by HMAC key, as every store that speaks S3 takes it.

The key may be replaced while a run waits for days: one that the store refuses is read once more.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping

from direct_access.clock import Clock
from direct_access.config.secret_source import SecretSource
from direct_access.errors import ConfigurationError
from direct_access.light_dataclass import dataclass
from direct_access.redact import Secret
from direct_access.storage.address import BucketAddress, check_name
from direct_access.storage.sdk import S3Client
from direct_access.storage.sdk_modules import Sdk, boto3
from direct_access.storage.signing import LONGEST_EXPIRY_SECS
from direct_access.transport.http import HttpClient

DEFAULT_REGION = "us-east-1"
"""The region that stores without regions expect in a signature."""

TEMPORARY_KEY_SECS = 60.0
"""A URL for the quantum system is signed with temporary credentials that were read at most so long ago."""

_OUR_EXPIRY_SECS = 3600
_OPERATIONS = {"GET": "get_object", "PUT": "put_object"}


@dataclass(frozen=True)
class _Key:
    access_key_id: str
    secret_access_key: Secret
    session_token: Secret | None

    def is_same_as(self, other: _Key) -> bool:
        return self.credentials == other.credentials

    @property
    def credentials(self) -> Mapping[str, str | None]:
        """As the SDKs take them."""
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key.reveal(),
            "aws_session_token": self.session_token.reveal() if self.session_token else None,
        }


@dataclass(frozen=True)
class HmacKeySource:
    """Where an HMAC key comes from.

    :param access_key_id: None where the secret's source gives it too: ``ACCESS_KEY_ID SECRET`` on its line,
        or ``ACCESS_KEY_ID SECRET SESSION_TOKEN``
    :param session_token: of temporary credentials
        (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html)
    """

    access_key_id: str | None
    secret_access_key: SecretSource
    session_token: SecretSource | None = None

    def read(self) -> _Key:
        """Return the key of now.

        :raises ConfigurationError: if there is none
        """
        source = self.secret_access_key
        parts = source.read().reveal().split()
        access_key_id = parts[0] if len(parts) > 1 else self.access_key_id
        if len(parts) > 3 or access_key_id is None:
            raise ConfigurationError(
                f"{source.name}: {source} gives no HMAC key",
                subject=source.name,
                advice="set access_key_id, or have the line hold the access key id, a blank, and the secret",
            )
        token = self.session_token.read() if self.session_token else None
        if len(parts) == 3:
            token = Secret(parts[2])
        return _Key(access_key_id, Secret(parts[1] if len(parts) > 1 else parts[0]), token)


class HmacAccess:
    """Access by signed requests and presigned URLs. The secret is read at the first signature.

    :param sdk: what signs
    """

    is_signed = True
    authorizer = None

    def __init__(
        self,
        address: BucketAddress,
        key: HmacKeySource,
        region: str | None,
        clock: Clock,
        http: HttpClient,
        sdk: Sdk = boto3,
    ) -> None:
        self.address = address
        self._source = key
        self._region = region or DEFAULT_REGION
        self._clock = clock
        self._http = http
        self._sdk = sdk
        self._key: _Key | None = None
        self._read_at = 0.0
        self._clients: dict[str, S3Client] = {}
        self._lock = threading.RLock()
        self.generation = 0

    def renew(self, refused: int) -> bool:
        with self._lock:
            if self.generation != refused:
                return True
            before, after = self._key, None
            with contextlib.suppress(ConfigurationError):
                after = self._read()
            if after is None or (before is not None and after.is_same_as(before)):
                return False
            self.generation += 1
            return True

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
        if self._key and self._key.session_token and self._age_secs > TEMPORARY_KEY_SECS:
            self.renew(self.generation)  # nobody would tell us that the quantum system was refused
        return self._presign(self.address.service_endpoint_url, _OPERATIONS[method], name, expires_secs)

    @property
    def _age_secs(self) -> float:
        return self._clock.boottime() - self._read_at

    def _read(self) -> _Key:
        self._key = self._source.read()
        self._read_at = self._clock.boottime()
        self._clients.clear()
        return self._key

    def _presign(
        self, endpoint_url: str, operation: str, name: str, expires_secs: int, **parameters: str | int
    ) -> str:
        check_name(name)
        return self._client_at(endpoint_url).presigned_url(
            operation, expires_secs, Bucket=self.address.bucket, Key=name, **parameters
        )

    def _client_at(self, endpoint_url: str) -> S3Client:
        with self._lock:
            if endpoint_url not in self._clients:
                key = self._key or self._read()
                self._clients[endpoint_url] = S3Client(
                    self._sdk,
                    self._http,
                    self._clock,
                    endpoint_url=endpoint_url,
                    region=self._region,
                    addressing_style=self.address.addressing_style,
                    signature="s3v4",
                    credentials=key.credentials,
                )
            return self._clients[endpoint_url]
