"""A request arrives as it was given, and of an answer nothing is kept: requests does more where it is let."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests.adapters

from direct_access.clock import SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.errors import ConfigurationError, UnavailableError
from direct_access.simulator.http import Response
from direct_access.transport.adapter import PlainSession
from direct_access.transport.http import USER_AGENT, HttpClient
from direct_access.transport.pools import ConnectionPools
from tests.support.authority import Authority
from tests.support.forward_proxy import ForwardProxy
from tests.support.scripted_server import ScriptedServer, Seen

Serve = Callable[..., ScriptedServer]
NewClient = Callable[..., HttpClient]
StartProxy = Callable[..., ForwardProxy]

TARGETS = [
    "/bucket/a%2Fb/c%25d",
    "/bucket/a+b%20c~d%7Ee",
    "/bucket/Gr%C3%B6%C3%9Fe/%E2%9C%93",
    "/bucket/params:7f!$&'()*,;=@%5B%5D",
    "/bucket//a//b/",
    "/bucket/o?X-Amz-Credential=k%2F20260101&X-Amz-Signature=ab%2Bc%3D&empty=",
    "/bucket?list-type=2&prefix=a%2Fb%20c%25&delimiter=%2F",
]


def sent_headers(seen: Seen) -> dict[str, str]:
    return {name.lower(): value for name, value in seen.headers.items() if name.lower() != "host"}


def history(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_arrives_as_it_was_signed(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy, authority: Authority, target: str
) -> None:
    plain, tls, proxy = serve(), serve(tls=authority.server()), start_proxy()
    for network in ({}, {"http_proxy": proxy.url, "https_proxy": proxy.url}):
        client = new_client(ca_bundle=authority.bundle, **network)
        client.request("GET", plain.url + target)
        client.request("PUT", tls.url + target, body=b"x")
    assert [seen.target for seen in plain.seen + tls.seen] == [target] * 4


@pytest.mark.parametrize("target", ["/bucket/a/../b/./c", "/bucket/.."])
def test_dots_in_a_target_are_part_of_a_name(serve: Serve, new_client: NewClient, target: str) -> None:
    server = serve()
    new_client().request("GET", server.url + target)
    assert server.seen[0].target == target


def test_a_request_has_the_headers_that_it_was_given_and_three_of_ours(
    serve: Serve, new_client: NewClient
) -> None:
    server, client = serve(), new_client()
    value = "Bearer a+b/c=%2F; ~"
    client.request("GET", server.url, headers={"Authorization": value})
    client.request("PUT", server.url, body=io.BytesIO(b"12345"), body_size=5)
    client.request("POST", server.url, body=b"123")
    ours = {"user-agent": USER_AGENT, "accept-encoding": "identity"}
    assert [sent_headers(seen) for seen in server.seen] == [
        {**ours, "authorization": value},
        {**ours, "content-length": "5"},
        {**ours, "content-length": "3"},
    ]


def test_user_and_password_in_a_url_are_no_credentials(serve: Serve, new_client: NewClient) -> None:
    server = serve()
    url = server.url.replace("//", "//user:word@")
    new_client().request("GET", url, headers={"Authorization": "Bearer t"})
    new_client().request("GET", url)
    assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer t", None]


def test_no_cookie_is_kept_or_sent_back(serve: Serve) -> None:
    server = serve(Response(200, b"", [("Set-Cookie", "a=b; Path=/")]))
    network = NetworkSettings()
    session = PlainSession(network, ConnectionPools(network), SystemClock())
    for _ in range(2):
        assert session.exchange("GET", server.url, {}).headers["Set-Cookie"] == "a=b; Path=/"
        assert list(session.cookies) == []
    assert [seen.headers["Cookie"] for seen in server.seen] == [None, None]


def test_the_body_of_a_redirect_is_left_to_whoever_asked(serve: Serve, new_client: NewClient) -> None:
    packed = gzip.compress(b"moved")
    server = serve(Response(302, packed, [("Location", "/elsewhere"), ("Content-Encoding", "gzip")]))
    with new_client().request("GET", server.url, stream=True) as response:
        buffer = memoryview(bytearray(1000))
        assert bytes(buffer[: response.readinto(buffer)]) == packed
    assert len(server.seen) == 1


def test_the_authorities_that_come_with_requests_are_not_trusted(
    serve: Serve, new_client: NewClient, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought_along = Authority(tmp_path)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(brought_along.bundle))
    server = serve(tls=brought_along.server())
    with pytest.raises(ConfigurationError, match="not trusted"):
        new_client(ca_bundle=authority.bundle).request("GET", server.url)
    assert server.seen == []


def test_a_failure_shows_neither_query_nor_token_in_its_whole_history(
    serve: Serve, new_client: NewClient
) -> None:
    server = serve(Response(reset=True))
    url = f"{server.url}/o?X-Amz-Signature=planted"
    with pytest.raises(UnavailableError) as caught:
        new_client().request("GET", url, headers={"Authorization": "Bearer planted"})
    assert not [error for error in history(caught.value) if "planted" in f"{error} {error!r}"]
