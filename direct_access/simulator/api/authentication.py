"""Who asks: an IAM bearer token, and the CRN of the service instance."""

from __future__ import annotations

from email.message import Message

from direct_access.simulator.api.errors import INVALID_CREDENTIALS, NOT_AUTHORISED, ApiError, Problem
from direct_access.simulator.iam.tokens import InvalidToken, TokenAuthority


class Authentication:
    """Checks the headers that every request must have.

    :param service_crn: the CRN of this system's instance; None accepts any, and none
    """

    def __init__(self, tokens: TokenAuthority, service_crn: str | None) -> None:
        self._tokens = tokens
        self._service_crn = service_crn

    def caller(self, headers: Message) -> str:
        """Return the identity behind a request.

        :raises ApiError: 401, codes 1200 and 1201
        """
        scheme, _, token = (headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthorized(NOT_AUTHORISED, "A bearer token is required.", "Authorization")
        try:
            subject = self._tokens.verify(token.strip())
        except InvalidToken as error:
            raise _unauthorized(
                INVALID_CREDENTIALS, f"Invalid credentials: {error}.", "Authorization"
            ) from error
        crn = headers.get("Service-CRN")
        if self._service_crn is not None and crn != self._service_crn:
            found = "is not the instance of this system" if crn else "is missing"
            raise _unauthorized(NOT_AUTHORISED, f"Not authorised: the Service-CRN {found}.", "Service-CRN")
        return subject


def _unauthorized(code: str, message: str, header: str) -> ApiError:
    return ApiError(401, [Problem(message, code, (header, "header"))], [("WWW-Authenticate", "Bearer")])
