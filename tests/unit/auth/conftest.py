from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from direct_access.config.settings import NetworkSettings
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer, serving


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def client(stack: ExitStack) -> HttpClient:
    client = HttpClient(NetworkSettings())
    stack.callback(client.close)
    return client


@pytest.fixture
def serve(stack: ExitStack) -> Callable[..., ScriptedServer]:
    def start(*script: object) -> ScriptedServer:
        return stack.enter_context(serving(ScriptedServer(*script)))  # type: ignore[arg-type]

    return start
