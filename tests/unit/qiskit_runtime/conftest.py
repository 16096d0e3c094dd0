"""A client of a server on loopback that answers what a test has written down."""

import pytest

from direct_access.config.settings import NetworkSettings
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.retry.repeat import Patience
from direct_access.transport.http import HttpClient
from tests.support.scripted_api import Token, clock, reply, script, server

__all__ = ["clock", "reply", "script", "server"]

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb::"


@pytest.fixture
def build(server, script, clock):
    """Return a function that makes a client: of another API version, or with a count of submissions."""
    server.application = script
    http = HttpClient(NetworkSettings(), clock)

    def make(**changes):
        options = {"service_crn": CRN, "url": f"{server.url}/api/", "patience": Patience(clock), **changes}
        return QiskitRuntimeClient(http, Token("first", "second"), **options)

    yield make
    http.close()


@pytest.fixture
def client(build):
    return build()
