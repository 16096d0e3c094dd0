"""How requests to a bucket are permitted: by a signature in the URL, or by a bearer token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from direct_access.errors import ConfigurationError
from direct_access.storage.address import BucketAddress
from direct_access.transport.http import Authorizer


class Access(Protocol):
    """The right to use one bucket."""

    @property
    def address(self) -> BucketAddress:
        """The bucket."""

    @property
    def authorizer(self) -> Authorizer | None:
        """Where the ``Authorization`` header of requests comes from, None if the URL says it all."""

    @property
    def is_signed(self) -> bool:
        """Whether requests are signed with our clock's time."""

    def request_url(self, method: str, name: str, headers: Mapping[str, str] | None = None) -> str:
        """Return the URL for a request of ours: a secret if it is signed.

        :param headers: sent with it; of a signed request a store takes no ``x-amz-*`` that is not signed too
        """

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        """Return a URL for a request of the quantum system.

        :raises ConfigurationError: if these credentials cannot presign, or not for so long
        """

    def renew(self) -> bool:
        """React to a refusal; return whether there are other credentials by now."""


class BearerAccess:
    """Access by IAM bearer token, as IBM Cloud Object Storage takes it.

    https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-curl
    """

    is_signed = False

    def __init__(self, address: BucketAddress, authorizer: Authorizer) -> None:
        self.address = address
        self.authorizer: Authorizer = authorizer

    def request_url(self, method: str, name: str, headers: Mapping[str, str] | None = None) -> str:
        return self.address.url(name)

    def renew(self) -> bool:
        return False  # the authorizer sees to that

    def presign(self, method: str, name: str, expires_secs: int) -> str:
        raise ConfigurationError(
            "an IAM token cannot presign URLs",
            subject=str(self.address),
            advice="use storage of type ibmcloud_cos, or configure an HMAC key",
        )
