"""An API on loopback that answers what a test has written down, and remembers what it was asked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.http import Request, Response, Server


@dataclass
class Asked:
    """A request as it arrived.

    :ivar query: the parameters in their order
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Script:
    """The last answer of a path is given again and again; those before it once each."""

    answers: dict[str, list[Response]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)

    def answer(self, request: str, *responses: Response) -> None:
        self.answers[request].extend(responses)

    def handle(self, request: Request) -> Response:
        body = request.body.read_all(1 << 20)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.path, parse_qsl(request.query), headers, body))
        queue = self.answers[f"{request.method} {request.path}"]
        if not queue:
            return Response(599, f"no answer written for {request.method} {request.path}".encode())
        return queue.pop(0) if len(queue) > 1 else queue[0]

    @property
    def requests(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


class Token:
    """An authorizer with so many tokens."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)

    def authorization(self) -> str:
        return f"Bearer {self._tokens[0]}"

    def renew(self, rejected: str) -> bool:
        if len(self._tokens) == 1:
            return False
        self._tokens.pop(0)
        return True


def json_answer(document: Any, status: int = 200, **headers: str) -> Response:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status, json.dumps(document).encode(), [("Content-Type", "application/json"), *named])


@pytest.fixture
def reply() -> Callable[..., Response]:
    return json_answer


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server(Script())
    server.start()
    yield server
    server.stop()
