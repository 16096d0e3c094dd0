from __future__ import annotations

import re
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from direct_access.config.settings import NetworkSettings
from direct_access.errors import ConfigurationError, UnavailableError
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from direct_access.transport.tls import client_context
from tests.support.authority import Authority
from tests.support.forward_proxy import ForwardProxy
from tests.support.planted import plant
from tests.support.scripted_server import ScriptedServer

Serve = Callable[..., ScriptedServer]
NewClient = Callable[..., HttpClient]
StartProxy = Callable[..., ForwardProxy]

WEEK_SECS = 7 * 86400


@pytest.fixture
def other_authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_an_authority_in_the_bundle_is_trusted(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    server = serve(tls=authority.server())
    assert new_client(ca_bundle=authority.bundle).request("GET", server.url).status == 200


def test_a_scheme_in_capitals_is_the_same_scheme(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    server = serve(tls=authority.server())
    url = server.url.replace("https:", "HTTPS:")
    assert new_client(ca_bundle=authority.bundle).request("GET", url).status == 200
    with pytest.raises(ConfigurationError, match="not trusted"):
        new_client().request("GET", url)


def test_any_other_authority_is_not(
    serve: Serve, new_client: NewClient, authority: Authority, other_authority: Authority
) -> None:
    server = serve(tls=authority.server())
    for network in ({}, {"ca_bundle": other_authority.bundle}):
        with pytest.raises(ConfigurationError, match="not trusted") as caught:
            new_client(**network).request("GET", f"{server.url}/o?X-Amz-Signature=planted")
        assert caught.value.subject == server.url.removeprefix("https://")
        assert "ca_bundle" in (caught.value.advice or "")
        assert not caught.value.retryable
        assert "planted" not in repr(caught.value)
    assert server.seen == []


def test_the_bundle_may_be_the_servers_own_certificate(
    serve: Serve, new_client: NewClient, tmp_path: Path
) -> None:
    leaf = trustme.CA().issue_cert("localhost")
    pinned = tmp_path / "server.pem"
    leaf.cert_chain_pems[0].write_to_path(pinned)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    server = serve(tls=context)
    assert new_client(ca_bundle=pinned).request("GET", server.url).status == 200


def test_a_certificate_for_another_name_is_refused(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    server = serve(tls=authority.server("other.example.org"))
    with pytest.raises(ConfigurationError, match="for another name"):
        new_client(ca_bundle=authority.bundle).request("GET", server.url)
    assert server.seen == []


def test_a_server_that_demands_a_certificate_gets_ours(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    server = serve(tls=authority.server(clients=authority))
    client = new_client(ca_bundle=authority.bundle, client_certificate=authority.client())
    assert client.request("GET", server.url).status == 200


def test_a_server_that_demands_a_certificate_refuses_those_without(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    server = serve(tls=authority.server(clients=authority))
    with pytest.raises(ConfigurationError, match="refused our side of TLS") as caught:
        new_client(ca_bundle=authority.bundle).request("GET", server.url)
    assert "client_certificate" in (caught.value.advice or "")


def test_a_client_certificate_of_an_unknown_authority_is_told_as_such(
    serve: Serve, new_client: NewClient, authority: Authority, other_authority: Authority
) -> None:
    server = serve(tls=authority.server(clients=authority))
    client = new_client(ca_bundle=authority.bundle, client_certificate=other_authority.client())
    with pytest.raises(ConfigurationError, match=r"refused our side of TLS: .*UNKNOWN_CA"):
        client.request("GET", server.url)


@pytest.mark.parametrize("valid_days", [(-30, -7), (7, 30)], ids=["expired", "not yet valid"])
def test_a_certificate_out_of_its_time_with_another_clock_at_the_server_is_our_clock(
    serve: Serve, new_client: NewClient, authority: Authority, valid_days: tuple[int, int]
) -> None:
    """The server lives in the time of its certificate; we do not."""
    servers_time = time.time() + sum(valid_days) / 2 * 86400
    server = serve(
        Response(200, b"", [("Date", formatdate(servers_time, usegmt=True))]),
        tls=authority.server(valid_days=valid_days),
    )
    with pytest.raises(ConfigurationError, match=r"^the clock is wrong: this node's clock .* the server's"):
        new_client(ca_bundle=authority.bundle).request(
            "POST", server.url, headers={"Authorization": "Bearer planted"}, body=b"planted"
        )
    assert [(seen.method, seen.target, seen.body) for seen in server.seen] == [("HEAD", "/", b"")]
    assert server.seen[0].headers["Authorization"] is None


def test_an_expired_certificate_with_the_same_clock_at_the_server_is_the_servers_fault(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    server = serve(tls=authority.server(valid_days=(-30, -7)))
    with pytest.raises(ConfigurationError, match="has expired; our clock says 20") as caught:
        new_client(ca_bundle=authority.bundle).request("GET", server.url)
    assert "the server needs a new certificate" in (caught.value.advice or "")


def test_the_server_is_asked_for_its_clock_only_if_its_authority_is_trusted(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    server = serve(tls=authority.server(valid_days=(-30, -7)))
    with pytest.raises(ConfigurationError, match="not trusted"):
        new_client().request("GET", server.url)
    assert server.seen == []


def test_tls_to_a_plain_port_is_told(serve: Serve, new_client: NewClient) -> None:
    server = serve()
    with pytest.raises(ConfigurationError, match="does not speak TLS on this port"):
        new_client().request("GET", server.url.replace("http://", "https://"))


def test_a_server_that_is_too_old_is_not_asked_again(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    context = authority.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python calls the version deprecated, which is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    server = serve(tls=context)
    with pytest.raises(ConfigurationError, match="no version of TLS that we do") as caught:
        new_client(ca_bundle=authority.bundle).request("GET", server.url)
    assert "TLS 1.2" in (caught.value.advice or "")


def test_a_server_without_a_cipher_of_ours_is_not_taken_for_one_that_demands_a_certificate_only(
    serve: Serve, new_client: NewClient, authority: Authority
) -> None:
    context = authority.server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")  # its key is not an RSA key
    server = serve(tls=context)
    with pytest.raises(ConfigurationError, match="no cipher, or it wants a client's certificate"):
        new_client(ca_bundle=authority.bundle).request("GET", server.url)


def test_a_handshake_that_does_not_come_is_told_as_tls(new_client: NewClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/?s=planted"
        with pytest.raises(UnavailableError, match=r"timed out \(TLS\)") as caught:
            new_client(connect_timeout_secs=0.1).request("GET", url)
    assert (caught.value.retryable, caught.value.not_sent) == (True, True)
    assert "planted" not in repr(caught.value)


def test_a_handshake_cut_off_is_unavailable(new_client: NewClient, serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        with pytest.raises(UnavailableError) as caught:
            new_client().request("GET", f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    assert (caught.value.retryable, caught.value.not_sent) == (True, False)


def test_verification_holds_in_a_tunnel_too(
    serve: Serve, new_client: NewClient, start_proxy: StartProxy, authority: Authority
) -> None:
    server, proxy = serve(tls=authority.server()), start_proxy()
    with pytest.raises(ConfigurationError, match=r"through the proxy .* is not trusted"):
        new_client(https_proxy=proxy.url).request("GET", server.url)
    assert server.seen == []


def test_the_environment_adds_no_authority(
    serve: Serve,
    new_client: NewClient,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(tmp_path, monkeypatch)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.bundle))
    server = serve(tls=authority.server())
    with pytest.raises(ConfigurationError, match="not trusted"):
        new_client().request("GET", server.url)


def test_the_environment_takes_no_authority_away_and_no_session_keys(
    serve: Serve,
    new_client: NewClient,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(tmp_path, monkeypatch)
    keys = tmp_path / "session-keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    server = serve(tls=authority.server())
    assert new_client(ca_bundle=authority.bundle).request("GET", server.url).status == 200
    assert not keys.exists()


def test_tls_is_at_least_1_2_and_verifies() -> None:
    context = client_context(NetworkSettings())
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("setting", ["ca_bundle", "client_certificate"])
@pytest.mark.parametrize("content", [None, "no certificate\n", "-----BEGIN CERTIFICATE-----\nxx\n"])
def test_a_file_that_is_no_certificate_is_named(tmp_path: Path, setting: str, content: str | None) -> None:
    path = tmp_path / "site.pem"
    if content is not None:
        path.write_text(content, encoding="ascii")
    with pytest.raises(ConfigurationError, match=re.escape(f"{setting} {path} cannot be used")) as caught:
        client_context(NetworkSettings(**{setting: path}))
    assert caught.value.subject == str(path)


def test_an_encrypted_key_is_refused_without_asking_for_a_pass_phrase(tmp_path: Path) -> None:
    leaf = trustme.CA().issue_cert("client@example.org")
    certificate, key = tmp_path / "client.pem", tmp_path / "client.key"
    leaf.cert_chain_pems[0].write_to_path(certificate)
    plain = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    key.write_bytes(
        plain.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"phrase"),
        )
    )
    with pytest.raises(ConfigurationError, match="is encrypted") as caught:
        client_context(NetworkSettings(client_certificate=certificate, client_key=key))
    assert caught.value.subject == str(key)
