from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from direct_access.clock import Clock
from direct_access.config.settings import NetworkSettings
from direct_access.transport.http import HttpClient
from tests.support.authority import Authority
from tests.support.forward_proxy import ForwardProxy, running
from tests.support.scripted_server import ScriptedServer, serving

ClientFactory = Callable[..., HttpClient]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def new_client(stack: ExitStack) -> ClientFactory:
    """Make a client from network settings; short timeouts, so that a wrong turn does not take long."""

    def make(clock: Clock | None = None, **network: object) -> HttpClient:
        settings = {"connect_timeout_secs": 5.0, "read_timeout_secs": 10.0, **network}
        client = HttpClient(NetworkSettings(**settings), clock)  # type: ignore[arg-type]
        stack.callback(client.close)
        return client

    return make


@pytest.fixture
def serve(stack: ExitStack) -> Callable[..., ScriptedServer]:
    def start(*script: object, tls: object = None) -> ScriptedServer:
        return stack.enter_context(serving(ScriptedServer(*script), tls))  # type: ignore[arg-type]

    return start


@pytest.fixture
def start_proxy(stack: ExitStack) -> Callable[..., ForwardProxy]:
    def start(**options: object) -> ForwardProxy:
        return stack.enter_context(running(ForwardProxy(**options)))  # type: ignore[arg-type]

    return start


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)
