from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from direct_access.errors import UnavailableError
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer, Seen

Serve = Callable[..., ScriptedServer]
NewClient = Callable[..., HttpClient]


class Tokens:
    """An authorizer with a list of tokens; renewing takes the next one."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)
        self.rejected: list[str] = []

    def authorization(self) -> str:
        return f"Bearer {self._tokens[0]}"

    def renew(self, rejected: str) -> bool:
        self.rejected.append(rejected)
        if len(self._tokens) == 1:
            return False
        self._tokens.pop(0)
        return True


def only(token: str) -> Callable[[Seen], Response]:
    def answer(seen: Seen) -> Response:
        return Response(200 if seen.headers["Authorization"] == f"Bearer {token}" else 401, b"body")

    return answer


def test_the_header_is_asked_for_at_every_request(serve: Serve, new_client: NewClient) -> None:
    server = serve()
    client, tokens = new_client(), Tokens("a", "b")
    client.request("GET", server.url, authorizer=tokens)
    tokens.renew("a")
    client.request("GET", server.url, authorizer=tokens)
    assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer a", "Bearer b"]


def test_after_a_401_the_request_is_sent_once_more(serve: Serve, new_client: NewClient) -> None:
    server, tokens = serve(only("b")), Tokens("a", "b")
    response = new_client().request("GET", server.url, authorizer=tokens)
    assert response.status == 200
    assert tokens.rejected == ["Bearer a"]
    assert server.connections == 1


def test_a_second_401_is_the_answer(serve: Serve, new_client: NewClient) -> None:
    server, tokens = serve(only("c")), Tokens("a", "b", "c")
    response = new_client().request("GET", server.url, authorizer=tokens)
    assert (response.status, len(server.seen)) == (401, 2)


def test_a_401_without_another_token_is_the_answer(serve: Serve, new_client: NewClient) -> None:
    server, tokens = serve(only("b")), Tokens("a")
    response = new_client().request("GET", server.url, authorizer=tokens)
    assert (response.status, response.data, len(server.seen)) == (401, b"body", 1)


def test_a_401_without_an_authorizer_is_the_answer(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(401))
    assert new_client().request("GET", server.url).status == 401
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [403, 408, 429, 500])
def test_no_other_status_renews_the_token(serve: Serve, new_client: NewClient, status: int) -> None:
    server, tokens = serve(Response(status)), Tokens("a", "b")
    assert new_client().request("GET", server.url, authorizer=tokens).status == status
    assert tokens.rejected == []


def test_a_broken_connection_does_not_renew_the_token(serve: Serve, new_client: NewClient) -> None:
    server, tokens = serve(Response(reset=True)), Tokens("a", "b")
    with pytest.raises(UnavailableError):
        new_client().request("GET", server.url, authorizer=tokens)
    assert tokens.rejected == []


def test_a_file_is_sent_again_from_its_first_byte(serve: Serve, new_client: NewClient) -> None:
    server, tokens = serve(only("b")), Tokens("a", "b")
    file = io.BytesIO(b"header" + b"content" * 1000)
    file.seek(6)
    new_client().request("PUT", server.url, body=file, body_size=7000, authorizer=tokens)
    assert [seen.body for seen in server.seen] == [b"content" * 1000] * 2


def test_a_stream_is_that_of_the_second_answer(serve: Serve, new_client: NewClient) -> None:
    server, tokens = serve(only("b")), Tokens("a", "b")
    with new_client().request("GET", server.url, authorizer=tokens, stream=True) as response:
        buffer = memoryview(bytearray(10))
        assert bytes(buffer[: response.readinto(buffer)]) == b"body"
