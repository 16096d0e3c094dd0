"""A server on loopback that answers what a test has written down, and remembers what it was asked."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from direct_access.clock import ManualClock
from direct_access.config.settings import NetworkSettings
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.simulator.http import Response, Server
from direct_access.transport.http import HttpClient
from direct_access.transport.retry import Patience

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb::"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Script:
    """The last answer of a path is given again and again; those before it once each."""

    answers: dict[str, list[Response]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)

    def answer(self, request, *responses):
        self.answers[request].extend(responses)

    def handle(self, request):
        body = request.body.read_all(1 << 20)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.path, headers, body))
        queue = self.answers[f"{request.method} {request.path}"]
        if not queue:
            return Response(599, f"no answer written for {request.method} {request.path}".encode())
        return queue.pop(0) if len(queue) > 1 else queue[0]

    @property
    def requests(self):
        return [f"{asked.method} {asked.path}" for asked in self.asked]


class Token:
    """An authorizer with so many tokens."""

    def __init__(self, *tokens):
        self._tokens = list(tokens)

    def authorization(self):
        return f"Bearer {self._tokens[0]}"

    def renew(self, rejected):
        if len(self._tokens) == 1:
            return False
        self._tokens.pop(0)
        return True


def json_answer(document, status=200, **headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status, json.dumps(document).encode(), [("Content-Type", "application/json"), *named])


@pytest.fixture
def reply():
    return json_answer


@pytest.fixture
def script():
    return Script()


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def authorizer():
    return Token("first", "second")


@pytest.fixture(scope="module")
def server():
    server = Server(Script())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server, script, clock, authorizer):
    server.application = script
    http = HttpClient(NetworkSettings(), clock)
    yield QuantumSystemClient(
        http,
        authorizer,
        url=f"{server.url}/",
        service_crn=CRN,
        api_version="2026-02-15",
        patience=Patience(clock),
    )
    http.close()
