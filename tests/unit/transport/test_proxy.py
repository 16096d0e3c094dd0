from __future__ import annotations

from collections.abc import Callable

import pytest

from direct_access.config.settings import NetworkSettings
from direct_access.errors import ConfigurationError, DirectAccessError, UnavailableError
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from direct_access.transport.proxy import proxy_for
from tests.support.authority import Authority
from tests.support.forward_proxy import ForwardProxy
from tests.support.scripted_server import ScriptedServer

Serve = Callable[..., ScriptedServer]
NewClient = Callable[..., HttpClient]
StartProxy = Callable[..., ForwardProxy]


def with_userinfo(url: str, userinfo: str) -> str:
    return url.replace("://", f"://{userinfo}@")


def test_an_http_request_passes_in_absolute_form(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy
) -> None:
    server, proxy = serve(Response(200, b"through")), start_proxy()
    response = new_client(http_proxy=proxy.url).request("GET", f"{server.url}/v1/jobs?x=1")
    assert response.data == b"through"
    assert [(passed.method, passed.target) for passed in proxy.passed] == [
        ("GET", f"{server.url}/v1/jobs?x=1")
    ]
    assert len(server.seen) == 1


def test_an_https_request_passes_in_a_tunnel_that_shows_only_the_host(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy, authority: Authority
) -> None:
    server, proxy = serve(Response(200, b"through"), tls=authority.server()), start_proxy()
    client = new_client(https_proxy=proxy.url, ca_bundle=authority.bundle)
    for _ in range(2):
        assert client.request("POST", f"{server.url}/identity/token", body=b"key").data == b"through"
    target = server.url.removeprefix("https://")
    assert [(passed.method, passed.target) for passed in proxy.passed] == [("CONNECT", target)]
    assert [seen.body for seen in server.seen] == [b"key"] * 2


def test_each_scheme_has_its_own_proxy(serve: Serve, new_client: NewClient, start_proxy: StartProxy) -> None:
    server, proxy = serve(), start_proxy()
    new_client(https_proxy=proxy.url).request("GET", server.url)
    assert proxy.passed == []


def test_user_and_password_of_the_url_are_decoded_and_sent_to_the_proxy_alone(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy, authority: Authority
) -> None:
    proxy = start_proxy(credentials="user:p@ss:word")
    plain, tls = serve(), serve(tls=authority.server())
    url = with_userinfo(proxy.url, "user:p%40ss:word")
    client = new_client(http_proxy=url, https_proxy=url, ca_bundle=authority.bundle)
    assert client.request("GET", plain.url).status == 200
    assert client.request("GET", tls.url).status == 200
    assert [seen.headers["Proxy-Authorization"] for seen in plain.seen + tls.seen] == [None, None]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_wrong_credentials_are_a_matter_of_configuration(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy, authority: Authority, scheme: str
) -> None:
    proxy = start_proxy(credentials="user:right")
    server = serve(tls=authority.server() if scheme == "https" else None)
    url = with_userinfo(proxy.url, "user:wrong")
    client = new_client(http_proxy=url, https_proxy=url, ca_bundle=authority.bundle)
    with pytest.raises(ConfigurationError) as caught:
        client.request("GET", server.url)
    assert f"{proxy.url} refused" in caught.value.message
    assert "407" in caught.value.message
    assert "wrong" not in repr(caught.value)
    assert server.seen == []


def test_a_host_in_no_proxy_is_reached_directly(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy
) -> None:
    server, proxy = serve(), start_proxy()
    client = new_client(http_proxy=proxy.url, no_proxy=("127.0.0.0/8",))
    assert client.request("GET", server.url).status == 200
    assert proxy.passed == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_named_without_its_password(new_client: NewClient, scheme: str) -> None:
    url = "http://user:planted@127.0.0.1:9"
    with pytest.raises(UnavailableError) as caught:
        new_client(http_proxy=url, https_proxy=url).request("GET", f"{scheme}://qs.example.org/?s=planted")
    assert caught.value.message == "TCP connection to the proxy http://127.0.0.1:9 failed: Connection refused"
    assert caught.value.subject == "http://127.0.0.1:9"
    assert (caught.value.retryable, caught.value.not_sent) == (True, True)
    assert "planted" not in repr(caught.value)


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (403, ConfigurationError, False),
        (502, UnavailableError, True),
        (503, UnavailableError, True),
    ],
)
def test_a_proxy_that_refuses_a_tunnel_is_named(
    new_client: NewClient,
    start_proxy: StartProxy,
    status: int,
    kind: type[DirectAccessError],
    retryable: bool,
) -> None:
    proxy = start_proxy(refuse_with=status)
    with pytest.raises(kind, match=f"the proxy {proxy.url} refused the way to qs.example.org") as caught:
        new_client(https_proxy=proxy.url).request("GET", "https://qs.example.org/")
    assert (caught.value.http_status, caught.value.retryable) == (status, retryable)


def test_a_proxy_itself_may_be_reached_by_tls(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy, authority: Authority
) -> None:
    proxy = start_proxy(tls=authority.server())
    plain, tls = serve(), serve(tls=authority.server())
    client = new_client(http_proxy=proxy.url, https_proxy=proxy.url, ca_bundle=authority.bundle)
    assert client.request("GET", plain.url).status == 200
    assert client.request("GET", tls.url).status == 200
    assert [passed.method for passed in proxy.passed] == ["GET", "CONNECT"]


def test_a_plain_proxy_configured_as_https_is_told(new_client: NewClient, start_proxy: StartProxy) -> None:
    proxy = start_proxy()
    url = proxy.url.replace("http://", "https://")
    with pytest.raises(ConfigurationError, match="does not speak TLS") as caught:
        new_client(https_proxy=url).request("GET", "https://qs.example.org/")
    assert caught.value.subject == url
    assert "https_proxy" in (caught.value.advice or "")


def test_a_proxy_that_is_not_trusted_is_told_as_such(
    new_client: NewClient, start_proxy: StartProxy, authority: Authority
) -> None:
    proxy = start_proxy(tls=authority.server())
    with pytest.raises(ConfigurationError, match=r"certificate of the proxy .* is not trusted") as caught:
        new_client(https_proxy=proxy.url).request("GET", "https://qs.example.org/")
    assert "ca_bundle" in (caught.value.advice or "")


def test_without_a_proxy_setting_there_is_none() -> None:
    assert proxy_for("https://qs.example.org/", NetworkSettings()) is None


def test_a_proxy_does_not_show_its_credentials() -> None:
    proxy = proxy_for("https://a/", NetworkSettings(https_proxy="http://user:planted@proxy:3128"))
    assert proxy is not None
    assert proxy.headers == {"Proxy-Authorization": "Basic dXNlcjpwbGFudGVk"}
    assert "planted" not in repr(proxy)
    assert "dXNlcjpwbGFudGVk" not in repr(proxy)
