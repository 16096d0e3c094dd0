"""The token endpoint: https://cloud.ibm.com/apidocs/iam-identity-token-api"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import urllib3

from direct_access.clock import ManualClock
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.iam.tokens import AUDIENCE
from tests.contract.simulator_api.conftest import StartSimulator

FORM = "application/x-www-form-urlencoded"
GRANT = "urn:ibm:params:oauth:grant-type:apikey"


def ask(simulator: Simulator, body: str, content_type: str = FORM) -> tuple[int, Any]:
    """Ask for a token; return status and document."""
    url = f"{simulator.iam_url}/identity/token"
    headers = {"Content-Type": content_type}
    response = urllib3.request("POST", url, body=body, headers=headers, retries=False)
    return response.status, response.json()


def form(**fields: str) -> str:
    """Return a form as IAM wants it, but for what is changed."""
    return urlencode({"grant_type": GRANT, **fields})


def test_an_api_key_gives_a_bearer_token(simulator: Simulator, clock: ManualClock) -> None:
    status, document = ask(simulator, form(apikey=simulator.api_key))
    assert status == 200
    assert jwt.get_unverified_header(document.pop("access_token"))["alg"] == "RS256"
    assert document == {
        "refresh_token": "not_supported",
        "token_type": "Bearer",
        "expires_in": 3600,
        "expiration": int(clock.wall()) + 3600,
        "scope": "ibm openid",
    }


def test_the_token_is_verified_by_the_published_keys(simulator: Simulator) -> None:
    _, document = ask(simulator, form(apikey=simulator.api_key))
    issuer = f"{simulator.iam_url}/identity"
    key = jwt.PyJWKClient(f"{issuer}/keys").get_signing_key_from_jwt(document["access_token"])
    claims = jwt.decode(document["access_token"], key, algorithms=["RS256"], audience=AUDIENCE, issuer=issuer)
    assert {"iss", "sub", "aud", "iat", "exp"} <= claims.keys()
    assert claims["exp"] - claims["iat"] == 3600


def test_the_lifetime_can_be_set(start: StartSimulator) -> None:
    simulator = start(token_lifetime_secs=5)
    _, document = ask(simulator, form(apikey=simulator.api_key))
    assert document["expires_in"] == 5


def test_a_key_with_reserved_characters_arrives_form_encoded(start: StartSimulator) -> None:
    key = "+/-_ =&%41é"
    assert ask(start(api_key=key), form(apikey=key))[0] == 200


def test_a_wrong_key_is_a_bad_request_with_a_context(simulator: Simulator) -> None:
    status, document = ask(simulator, form(apikey="wrong"))
    assert (status, document["errorCode"]) == (400, "BXNIM0415E")
    assert document["errorMessage"] == "Provided API key could not be found."
    assert document["context"].keys() >= {
        *("requestId", "requestType", "userAgent", "url", "instanceId", "threadId", "host"),
        *("startTime", "endTime", "elapsedTime", "locale", "clusterName"),
    }


@pytest.mark.parametrize(
    ("body", "missing"),
    [(form(), "apikey"), ("apikey=x", "grant_type"), (form(apikey=""), "apikey"), ("", "grant_type")],
)
def test_a_missing_property_is_named(simulator: Simulator, body: str, missing: str) -> None:
    status, document = ask(simulator, body)
    assert (status, document["errorCode"]) == (400, "BXNIM0109E")
    assert missing in document["errorDetails"]


def test_a_json_body_is_no_form(simulator: Simulator) -> None:
    status, document = ask(
        simulator, json.dumps({"grant_type": GRANT, "apikey": simulator.api_key}), "application/json"
    )
    assert (status, document["errorCode"]) == (400, "BXNIM0109E")


def test_another_grant_is_refused(simulator: Simulator) -> None:
    status, _ = ask(simulator, form(grant_type="password", apikey=simulator.api_key))
    assert status == 400


@pytest.mark.parametrize(("path", "status"), [("/identity/token", 405), ("/identity", 404)])
def test_other_requests_are_refused(simulator: Simulator, path: str, status: int) -> None:
    response = urllib3.request("GET", simulator.iam_url + path, retries=False)
    assert response.status == status
    assert "errorCode" in json.loads(response.data)


def test_keys_and_secrets_are_private_and_survive_a_restart(start: StartSimulator, tmp_path: Path) -> None:
    first = start()
    files = [tmp_path / name for name in ("api_key", "secret_access_key", "iam_key.pem")]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600] * 3
    second = start()
    assert second.api_key == first.api_key
    assert second.tokens.key_set() == first.tokens.key_set()
