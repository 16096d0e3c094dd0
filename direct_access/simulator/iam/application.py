"""The IAM endpoints: ``POST /identity/token`` and ``GET /identity/keys``.

An error is 400 with ``errorCode``, ``errorMessage`` and a ``context``, a wrong API key included; this is
IAM's way, not ours (https://cloud.ibm.com/apidocs/iam-identity-token-api).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qs

from direct_access.clock import Clock
from direct_access.simulator.http import Request, Response
from direct_access.simulator.iam.tokens import TokenAuthority
from direct_access.simulator.replies import json_response

API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
FORM = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 1 << 16


class _Refused(Exception):
    def __init__(self, code: str, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.details = code, message, details


class IamApplication:
    """Gives tokens for API keys.

    :param api_keys: API key to the identity (subject) that it stands for
    """

    def __init__(self, tokens: TokenAuthority, api_keys: Mapping[str, str], clock: Clock) -> None:
        self._tokens = tokens
        self._api_keys = api_keys
        self._clock = clock

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        match request.method, request.path:
            case "POST", "/identity/token":
                return self._token(request)
            case "GET", "/identity/keys":
                return json_response(200, self._tokens.key_set())
            case _, "/identity/token" | "/identity/keys":
                return self._error(request, 405, _Refused("BXNIM0405E", "Method not allowed."))
        return self._error(request, 404, _Refused("BXNIM0404E", "Not found."))

    def _token(self, request: Request) -> Response:
        form = request.body.read_all(MAX_BODY_BYTES)
        try:
            subject = self._authenticate(request, form)
        except _Refused as refused:
            return self._error(request, 400, refused)
        issued = self._tokens.issue(subject)
        return json_response(
            200,
            {
                "access_token": issued.access_token,
                "refresh_token": "not_supported",
                "token_type": "Bearer",
                "expires_in": issued.expires_in,
                "expiration": issued.expiration,
                "scope": "ibm openid",
            },
        )

    def _authenticate(self, request: Request, form: bytes) -> str:
        content_type = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        fields = parse_qs(form.decode("latin-1")) if content_type == FORM else {}
        for name in ("grant_type", "apikey"):
            if not fields.get(name, [""])[0]:
                raise _Refused(
                    "BXNIM0109E", "Property missing or empty.", f"The property is missing or empty: {name}"
                )
        if fields["grant_type"][0] != API_KEY_GRANT:
            raise _Refused("BXNIM0137E", "The grant type is not supported.", "allowed: " + API_KEY_GRANT)
        subject = self._api_keys.get(fields["apikey"][0])
        if subject is None:
            raise _Refused("BXNIM0415E", "Provided API key could not be found.")
        return subject

    def _error(self, request: Request, status: int, refused: _Refused) -> Response:
        body: dict[str, Any] = {"errorCode": refused.code, "errorMessage": refused.message}
        if refused.details:
            body["errorDetails"] = refused.details
        return json_response(status, {**body, "context": self._context(request)})

    def _context(self, request: Request) -> dict[str, str]:
        now = _iam_time(self._clock.wall())
        return {
            "requestId": uuid.uuid4().hex,
            "requestType": "incoming.Identity_Token",
            "userAgent": request.headers.get("User-Agent") or "NOT_SET",
            "url": self._tokens.issuer,
            "instanceId": "simulator",
            "threadId": str(threading.get_ident()),
            "host": request.headers.get("Host") or "",
            "startTime": now,
            "endTime": now,
            "elapsedTime": "0",
            "locale": "en_US",
            "clusterName": "simulator",
        }


def iam_error_of_status(status: int, code: str | None = None) -> Response:
    """Return an error answer that says nothing but its status."""
    body = {"errorCode": code or f"BXNIM{status:04d}E", "errorMessage": "Simulated fault.", "context": {}}
    return json_response(status, body)


def _iam_time(wall: float) -> str:
    """Return a time as IAM prints it in a context: ``21.11.2026 09:30:00:123 UTC``."""
    moment = datetime.fromtimestamp(wall, timezone.utc)
    return f"{moment:%d.%m.%Y %H:%M:%S}:{moment.microsecond // 1000:03d} UTC"
