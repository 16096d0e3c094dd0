"""What a configuration file says holds for everything that is sent, on real sockets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from direct_access.auth.iam import iam_authorizer
from direct_access.clock import SystemClock
from direct_access.config.load import load
from direct_access.config.settings import System
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from tests.support.authority import Authority
from tests.support.forward_proxy import ForwardProxy
from tests.support.planted import plant
from tests.support.scripted_server import ScriptedServer

Serve = Callable[..., ScriptedServer]
StartProxy = Callable[..., ForwardProxy]


def configured(directory: Path, api: str, iam: str, network: str, **environment: str) -> System:
    (directory / "key").write_text("planted-key\n", encoding="ascii")
    (directory / "key").chmod(0o600)
    (directory / "config.yaml").write_text(
        f"""
systems:
  lab:
    url: {api}
    iam_url: {iam}
    service_crn: "crn:v1:bluemix:public:quantum-computing:us-east:a/0123:4567::"
    api_key_file: key
network: {{{network}}}
""",
        encoding="utf-8",
    )
    environment["HOME"] = str(directory)
    return load(environment=environment, site_file=directory / "config.yaml").systems["lab"]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration is; other tools' settings are planted in home and environment."""
    plant(tmp_path / "home", monkeypatch)
    (tmp_path / "run").mkdir(mode=0o700)
    return tmp_path


def send(system: System, directory: Path, stack: ExitStack, store: str) -> None:
    """Send what a job sends: a token request, an API request, an upload."""
    client = HttpClient(system.network)
    stack.callback(client.close)
    authorizer = iam_authorizer(
        client,
        system.iam_url,
        system.api_key.read(),
        SystemClock(),
        environment={"XDG_RUNTIME_DIR": str(directory / "run")},
    )
    assert client.request("GET", f"{system.url}/v1/jobs", authorizer=authorizer).status == 200
    assert client.request("PUT", f"{store}/bucket/params", body=b"{}").status == 200


def test_authority_client_certificate_and_proxy_hold_for_iam_api_and_store(
    serve: Serve, start_proxy: StartProxy, authority: Authority, directory: Path, stack: ExitStack
) -> None:
    granted = Response(200, b'{"access_token": "t", "expires_in": 3600}')
    iam, api, store = (
        serve(answer, tls=authority.server(clients=authority)) for answer in (granted, Response(), Response())
    )
    proxy = start_proxy(credentials="user:word")
    network = (
        f"ca_bundle: {authority.bundle}, client_certificate: {authority.client()}, "
        f"https_proxy: '{proxy.url.replace('//', '//user:word@')}'"
    )
    send(configured(directory, api.url, iam.url, network), directory, stack, store.url)
    hosts = [urlsplit(server.url).netloc for server in (iam, api, store)]
    assert [passed.target for passed in proxy.passed] == hosts
    assert api.seen[0].headers["Authorization"] == "Bearer t"
    assert store.seen[0].headers["Authorization"] is None


def test_no_proxy_holds_for_iam_api_and_store(
    serve: Serve, start_proxy: StartProxy, authority: Authority, directory: Path, stack: ExitStack
) -> None:
    granted = Response(200, b'{"access_token": "t", "expires_in": 3600}')
    iam, api, store = (serve(answer, tls=authority.server()) for answer in (granted, Response(), Response()))
    proxy = start_proxy()
    api_host = urlsplit(api.url).netloc
    network = f"ca_bundle: {authority.bundle}, https_proxy: '{proxy.url}', no_proxy: ['{api_host}']"
    send(configured(directory, api.url, iam.url, network), directory, stack, store.url)
    assert [passed.target for passed in proxy.passed] == [
        urlsplit(server.url).netloc for server in (iam, store)
    ]
    assert len(api.seen) == 1


def test_the_usual_variables_hold_where_the_configuration_says_nothing(
    serve: Serve, start_proxy: StartProxy, authority: Authority, directory: Path, stack: ExitStack
) -> None:
    granted = Response(200, b'{"access_token": "t", "expires_in": 3600}')
    iam, api, store = (serve(answer, tls=authority.server()) for answer in (granted, Response(), Response()))
    proxy = start_proxy()
    system = configured(
        directory, api.url, iam.url, "", HTTPS_PROXY=proxy.url, REQUESTS_CA_BUNDLE=str(authority.bundle)
    )
    send(system, directory, stack, store.url)
    assert len(proxy.passed) == 3
