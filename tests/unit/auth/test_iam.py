from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from direct_access.auth.iam import fetch_token, iam_authorizer
from direct_access.clock import ManualClock, SystemClock
from direct_access.errors import AccessError, ProtocolError, UnavailableError
from direct_access.redact import Secret
from direct_access.retry.policies import REQUEST
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from tests.support.planted import plant
from tests.support.scripted_server import ScriptedServer

Serve = Callable[..., ScriptedServer]

KEY = Secret("pla+nted/k-e_y&=")


def answer(status: int = 200, headers: tuple[tuple[str, str], ...] = (), **document: object) -> Response:
    return Response(status, json.dumps(document).encode(), [("Content-Type", "application/json"), *headers])


def granted(**document: object) -> Response:
    return answer(**{"access_token": "tok.en-1", "token_type": "Bearer", "expires_in": 3600, **document})


def test_the_key_is_sent_form_encoded(serve: Serve, client: HttpClient) -> None:
    server = serve(granted())
    fetch_token(client, server.url, KEY)
    sent = server.seen[0]
    assert (sent.method, sent.target) == ("POST", "/identity/token")
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent.headers["Accept"] == "application/json"
    assert sent.headers["Authorization"] is None
    assert parse_qs(sent.body.decode(), strict_parsing=True) == {
        "grant_type": ["urn:ibm:params:oauth:grant-type:apikey"],
        "apikey": [KEY.reveal()],
    }


def test_a_slash_at_the_end_of_the_url_does_not_matter(serve: Serve, client: HttpClient) -> None:
    server = serve(granted())
    fetch_token(client, f"{server.url}/", KEY)
    assert server.seen[0].target == "/identity/token"


def test_expires_in_is_preferred_to_expiration(serve: Serve, client: HttpClient) -> None:
    server = serve(granted(expires_in=1200, expiration=1))
    token = fetch_token(client, server.url, KEY)
    assert (token.value.reveal(), token.lifetime_secs) == ("tok.en-1", 1200.0)


def test_expiration_is_compared_with_the_servers_clock(serve: Serve, client: HttpClient) -> None:
    date = ("Date", "Mon, 12 Jan 1970 13:46:40 GMT")
    server = serve(answer(200, (date,), access_token="t", expiration=1_000_900))
    assert fetch_token(client, server.url, KEY, ManualClock()).lifetime_secs == 900.0


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_key_is_an_access_error_with_its_code_and_is_not_retried(
    serve: Serve, client: HttpClient, status: int
) -> None:
    server = serve(
        answer(
            status,
            errorCode="BXNIM0415E",
            errorMessage="Provided API key could not be found.",
            context={"requestId": "req-7"},
        )
    )
    with pytest.raises(AccessError) as caught:
        fetch_token(client, server.url, KEY)
    error = caught.value
    assert error.message == (
        f"IAM refused the API key (HTTP {status}, BXNIM0415E): Provided API key could not be found."
    )
    assert (error.code, error.http_status, error.request_id) == ("BXNIM0415E", status, "req-7")
    assert not error.retryable
    assert "api_key_file" in (error.advice or "")
    assert len(server.seen) == 1


def test_the_second_shape_of_iam_errors_is_understood(serve: Serve, client: HttpClient) -> None:
    server = serve(answer(400, trace="tr-1", errors=[{"code": "bad_request", "message": "no grant"}]))
    with pytest.raises(AccessError, match=r"no grant$") as caught:
        fetch_token(client, server.url, KEY)
    assert (caught.value.code, caught.value.request_id) == ("bad_request", "tr-1")


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"[]", b'{"errors": 3, "context": 4}'])
def test_a_refusal_in_any_form_is_an_access_error(serve: Serve, client: HttpClient, body: bytes) -> None:
    server = serve(Response(401, body))
    with pytest.raises(AccessError, match="IAM refused the API key"):
        fetch_token(client, server.url, KEY)


def test_a_key_that_iam_repeats_is_not_shown(serve: Serve, client: HttpClient) -> None:
    server = serve(answer(400, errorCode="X", errorMessage=f"key {KEY.reveal()} is wrong"))
    with pytest.raises(AccessError) as caught:
        fetch_token(client, server.url, KEY)
    assert "key *** is wrong" in caught.value.message
    assert KEY.reveal() not in repr(caught.value)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_trouble_at_iam_is_retryable_and_has_a_policy(serve: Serve, client: HttpClient, status: int) -> None:
    server = serve(Response(status, b"busy", [("Retry-After", "7")]))
    with pytest.raises(UnavailableError) as caught:
        fetch_token(client, server.url, KEY)
    assert (caught.value.retryable, caught.value.retry_after_secs) == (True, 7.0)
    assert any(policy.covers(caught.value) for policy in REQUEST)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [204, 301, 404, 405])
def test_an_answer_that_is_not_iams_is_a_protocol_error(
    serve: Serve, client: HttpClient, status: int
) -> None:
    server = serve(Response(status))
    with pytest.raises(ProtocolError):
        fetch_token(client, server.url, KEY)


@pytest.mark.parametrize(
    "document",
    [
        {"expires_in": 3600},
        {"access_token": "", "expires_in": 3600},
        {"access_token": 7, "expires_in": 3600},
        {"access_token": "two words", "expires_in": 3600},
        {"access_token": "t\r\nX-Planted: 1", "expires_in": 3600},
        {"access_token": "t"},
        {"access_token": "t", "expires_in": 0},
        {"access_token": "t", "expires_in": -1},
        {"access_token": "t", "expires_in": True},
        {"access_token": "t", "expires_in": "3600"},
        {"access_token": "t", "expires_in": float("nan")},
        {"access_token": "t", "expires_in": float("inf")},
        {"access_token": "t", "expires_in": 10**9},
    ],
)
def test_a_malformed_grant_is_a_protocol_error(
    serve: Serve, client: HttpClient, document: dict[str, object]
) -> None:
    server = serve(answer(**document))
    with pytest.raises(ProtocolError, match="IAM answered with") as caught:
        fetch_token(client, server.url, KEY)
    assert not caught.value.retryable


def test_a_grant_that_is_no_json_is_a_protocol_error(serve: Serve, client: HttpClient) -> None:
    server = serve(Response(200, b"<html>login</html>"))
    with pytest.raises(ProtocolError):
        fetch_token(client, server.url, KEY)


def test_an_iam_that_cannot_be_reached_is_unavailable(client: HttpClient) -> None:
    with pytest.raises(UnavailableError) as caught:
        fetch_token(client, "http://127.0.0.1:9", KEY)
    assert caught.value.retryable


def test_an_authorizer_fetches_shares_and_sends_the_token(
    serve: Serve, client: HttpClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other tools' credentials are planted and change nothing."""
    plant(tmp_path / "home", monkeypatch)
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    iam, api = serve(granted()), serve()
    for _ in range(2):
        authorizer = iam_authorizer(
            client, iam.url, KEY, SystemClock(), environment={"XDG_RUNTIME_DIR": str(runtime)}
        )
        client.request("GET", api.url, authorizer=authorizer)
    assert [seen.headers["Authorization"] for seen in api.seen] == ["Bearer tok.en-1"] * 2
    assert len(iam.seen) == 1
