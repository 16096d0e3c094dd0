"""A client of a server on loopback that answers what a test has written down."""

import pytest

from direct_access.config.settings import NetworkSettings
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.retry.repeat import Patience
from direct_access.transport.http import HttpClient
from tests.support.scripted_api import Token, clock, reply, script, server

__all__ = ["clock", "reply", "script", "server"]

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb::"


@pytest.fixture
def authorizer():
    return Token("first", "second")


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
