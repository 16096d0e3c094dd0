"""How requests to a bucket are permitted: by a signature, or by a bearer token."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlencode

from direct_access.clock import Clock
from direct_access.errors import ConfigurationError
from direct_access.storage.address import BucketAddress
from direct_access.storage.sdk import S3Client
from direct_access.storage.sdk_modules import ibm_cos_sdk
from direct_access.transport.http import Authorizer, HttpClient


class Access(Protocol):
    """The right to use one bucket."""

    @property
    def address(self) -> BucketAddress:
        """The bucket."""

    @property
    def authorizer(self) -> Authorizer | None:
        """Where the ``Authorization`` header of requests comes from, None if they are signed."""

    @property
    def is_signed(self) -> bool:
        """Whether requests are signed with our clock's time."""

    def client(self) -> S3Client:
        """Return the SDK's client, for requests without the bytes of an object.

        :raises ConfigurationError: if the credentials cannot be read
        """

    def object_url(self, operation: str, name: str, **parameters: str | int) -> str:
        """Return the URL by which we send or fetch the bytes of an object: a secret if it is signed.

        :param operation: ``get_object``, ``put_object`` or ``upload_part``
        :param parameters: of the operation, as the SDKs call them
        """

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        """Return a URL for a request of the quantum system.

        :raises ConfigurationError: if these credentials cannot presign, or not for so long
        """

    @property
    def generation(self) -> int:
        """Counts how often the credentials have been replaced."""

    def renew(self, refused: int) -> bool:
        """React to a refusal; return whether there are other credentials by now.

        :param refused: the generation of the credentials that were refused: another thread may have replaced
            them since
        """


class BearerAccess:
    """Access by IAM bearer token, as IBM Cloud Object Storage takes it.

    https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-curl
    """

    is_signed = False
    generation = 0

    def __init__(
        self, address: BucketAddress, authorizer: Authorizer, clock: Clock, http: HttpClient
    ) -> None:
        self.address = address
        self.authorizer: Authorizer = authorizer
        self._clock = clock
        self._http = http
        self._client: S3Client | None = None

    def client(self) -> S3Client:
        self._client = self._client or S3Client(
            ibm_cos_sdk,
            self._http,
            self._clock,
            endpoint_url=self.address.endpoint_url,
            region="us-south",  # of no meaning: the URL is given, and nothing is signed
            addressing_style=self.address.addressing_style,
            signature="oauth",
            credentials={"token_manager": _TokenManager(self.authorizer)},
            authorizer=self.authorizer,
        )
        return self._client

    def object_url(self, operation: str, name: str, **parameters: str | int) -> str:
        query = {key[0].lower() + key[1:]: value for key, value in parameters.items()}
        return f"{self.address.url(name)}?{urlencode(query)}" if query else self.address.url(name)

    def renew(self, refused: int) -> bool:
        return False  # the authorizer sees to that

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        raise ConfigurationError(
            "an IAM token cannot presign URLs",
            subject=str(self.address),
            advice="use storage of type ibmcloud_cos, or configure an HMAC key",
        )


class _TokenManager:
    """Our tokens, as ibm-cos-sdk asks for them (``ibm_botocore.credentials.TokenManager``).

    After a 401 the authorizer renews them, in the HTTP client.
    """

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def get_token(self) -> str:
        """Return the access token."""
        return self._authorizer.authorization().removeprefix("Bearer ")

    def set_from_config(self, _config: object) -> None:
        """Take proxies and authorities from the SDK's configuration: ours are the HTTP client's matter."""
