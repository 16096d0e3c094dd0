"""Who asks: an IAM bearer token or an API key, and the CRN of a service instance."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message

from direct_access.simulator.iam.tokens import InvalidToken, TokenAuthority
from direct_access.simulator.qiskit_runtime.errors import (
    INVALID_BODY,
    INVALID_CREDENTIALS,
    NOT_AUTHORISED,
    ApiError,
)
from direct_access.simulator.qiskit_runtime.instances import SERVICE, Instance, Instances, crn_fields

CRN_HEADER = "Service-CRN"


class Authentication:
    """Checks the headers of a request.

    :param api_keys: API key to the identity that it stands for
    :param region: the region that this service is for; instances of other regions have other hosts
    """

    def __init__(
        self, tokens: TokenAuthority, api_keys: Mapping[str, str], instances: Instances, region: str
    ) -> None:
        self._tokens = tokens
        self._api_keys = api_keys
        self._instances = instances
        self._region = region

    def user(self, headers: Message) -> str:
        """Return the identity behind a request.

        :raises ApiError: 401
        """
        scheme, _, secret = (headers.get("Authorization") or "").partition(" ")
        secret = secret.strip()
        if scheme.lower() == "apikey" and secret in self._api_keys:
            return self._api_keys[secret]
        if scheme.lower() != "bearer" or not secret:
            raise _unauthorized(NOT_AUTHORISED, "A bearer token is required.")
        try:
            return self._tokens.verify(secret)
        except InvalidToken as error:
            raise _unauthorized(INVALID_CREDENTIALS, f"Invalid credentials: {error}.") from error

    def instance(self, headers: Message) -> Instance:
        """Return the instance that a request is about.

        :raises ApiError: 400 where the header is missing or no CRN of this service, 403 for an instance of
            another region, and for one that the account does not have
        """
        crn = (headers.get(CRN_HEADER) or "").strip()
        if not crn:
            raise ApiError(
                400, INVALID_BODY, f"The header {CRN_HEADER} is missing.", "Send the instance's CRN."
            )
        fields = crn_fields(crn)
        if fields is None or fields[4] != SERVICE:
            message = f"The {CRN_HEADER} is not the CRN of an instance of {SERVICE}."
            raise ApiError(400, INVALID_BODY, message, "Copy the CRN from the list of instances.")
        if fields[5] != self._region:
            message = f"The instance is in {fields[5]}, and this is the service of {self._region}."
            raise ApiError(
                403, NOT_AUTHORISED, message, f"Ask https://{fields[5]}.quantum.cloud.ibm.com/api."
            )
        instance = self._instances.get(crn)
        if instance is None:
            message = "The account has no instance of this CRN."
            raise ApiError(403, NOT_AUTHORISED, message, "Choose one of the list of instances.")
        return instance


def _unauthorized(code: int, message: str) -> ApiError:
    return ApiError(401, code, message, "Ask IAM for a new token.", (("WWW-Authenticate", "Bearer"),))
