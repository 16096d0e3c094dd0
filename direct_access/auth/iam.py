"""An API key for a bearer token.

Contract: IBM Cloud IAM Identity API, ``POST /identity/token``
(https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-apikey).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from direct_access.auth.authorizer import IamAuthorizer
from direct_access.auth.error_table import RULES
from direct_access.auth.token import LONGEST_LIFE_SECS, Token
from direct_access.auth.token_cache import Warn, token_cache
from direct_access.clock import Clock, SystemClock
from direct_access.errors import DirectAccessError, ProtocolError
from direct_access.model.json_fields import number
from direct_access.model.server_json import read_json
from direct_access.redact import Secret
from direct_access.refusals.error_body import parse_error_body
from direct_access.retry.deadline import Deadline, no_deadline
from direct_access.transport.http import HttpClient, HttpResponse, unexpected_redirect
from direct_access.transport.server_date import http_date_secs

GRANT_TYPE = "urn:ibm:params:oauth:grant-type:apikey"

_BEARER_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, 2.1


def fetch_token(client: HttpClient, iam_url: str, api_key: Secret, clock: Clock | None = None) -> Token:
    """Return a new token from IAM, with one request.

    :param iam_url: base URL, such as ``https://iam.cloud.ibm.com``
    :raises AccessError: IAM refuses the key (``BXNIM0415E``: it does not exist); not worth another attempt
    :raises UnavailableError: IAM cannot be reached or is in trouble; retryable
    :raises ProtocolError: the answer is outside the contract
    """
    clock = clock or SystemClock()
    response = client.request(
        "POST",
        f"{iam_url.rstrip('/')}/identity/token",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        body=urlencode({"grant_type": GRANT_TYPE, "apikey": api_key.reveal()}).encode("ascii"),
    )
    if response.status != 200:
        raise _refusal(response, api_key, clock)
    document = _document(response)
    return Token(_access_token(document, response), _lifetime_secs(document, response, clock))


def iam_authorizer(
    client: HttpClient,
    iam_url: str,
    api_key: Secret,
    clock: Clock,
    environment: Mapping[str, str] = os.environ,
    warn: Warn | None = None,
    deadline: Deadline = no_deadline,
) -> IamAuthorizer:
    """Return the authorizer of an API key; nothing is asked before the first request.

    :param environment: ``XDG_RUNTIME_DIR`` says where processes share tokens
    :param warn: called once if they cannot
    :param deadline: until when another process may be waited for that asks IAM
    """
    cache = token_cache(iam_url, api_key, environment, warn)
    return IamAuthorizer(lambda: fetch_token(client, iam_url, api_key, clock), cache, clock, deadline)


def _document(response: HttpResponse) -> Mapping[str, Any]:
    try:
        document = read_json(response.data)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _access_token(document: Mapping[str, Any], response: HttpResponse) -> Secret:
    value = document.get("access_token")
    if not isinstance(value, str) or not _BEARER_TOKEN.fullmatch(value):
        raise _malformed(response, "no usable access_token")
    return Secret(value)


def _lifetime_secs(document: Mapping[str, Any], response: HttpResponse, clock: Clock) -> float:
    """Return ``expires_in``, else what is left until ``expiration`` on the server's own clock."""
    life = _number(document.get("expires_in"))
    expiration = _number(document.get("expiration"))
    if life is None and expiration is not None:
        server_time = http_date_secs(response.headers.get("Date", ""))
        life = expiration - (clock.wall() if server_time is None else server_time)
    if life is None:
        raise _malformed(response, "neither expires_in nor expiration")
    if not 0 < life <= LONGEST_LIFE_SECS:
        raise _malformed(response, f"a token that lives {life:.0f} s")
    return life


def _number(value: object) -> float | None:
    return None if isinstance(value, str) else number(value)


def _malformed(response: HttpResponse, what: str) -> ProtocolError:
    return ProtocolError(
        f"IAM answered with {what}",
        subject=response.url_without_query,
        http_status=response.status,
        advice="check iam_url",
    )


def _refusal(response: HttpResponse, api_key: Secret, clock: Clock) -> DirectAccessError:
    if 300 <= response.status < 400:
        return unexpected_redirect(response)
    body = parse_error_body(api_key.hidden_in(response.data.decode("utf-8", "replace")).encode())
    rule = RULES.rule_for(response.status)
    code = f", {body.code}" if body.code else ""
    return rule.error_for(
        response.status,
        response.headers,
        body,
        clock,
        subject=response.url_without_query,
        message=f"{rule.message} (HTTP {response.status}{code})",
    )
