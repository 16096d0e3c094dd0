import contextlib

import pytest

from direct_access.clock import ManualClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings
from direct_access.retry.repeat import Patience
from direct_access.storage.access import BearerAccess
from direct_access.storage.address import BucketAddress
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer, serving


class Tokens:
    """An authorizer with these tokens; an error among them is raised."""

    def __init__(self, *tokens):
        self._tokens = list(tokens)

    def authorization(self):
        if isinstance(self._tokens[0], Exception):
            raise self._tokens[0]
        return f"Bearer {self._tokens[0]}"

    def renew(self, rejected):
        self._tokens.pop(0)
        return True


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def scripted():
    """Return a function that makes a store answer as written down, and the client of that store."""
    servers = []

    def start(*answers):
        context = serving(ScriptedServer(*answers))
        servers.append(context)
        return context.__enter__()

    yield start
    for context in servers:
        context.__exit__(None, None, None)


@pytest.fixture
def secret_source(tmp_path):
    """An HMAC key's secret, in a file."""
    file = tmp_path / "secret"
    file.touch(mode=0o600)
    file.write_text("5ecret-of-the-key\n")
    return SecretSource("secret_access_key", file=file)


@pytest.fixture
def http(clock):
    with contextlib.closing(HttpClient(NetworkSettings(), clock)) as client:
        yield client


@pytest.fixture
def store_of(scripted, clock, http, secret_source):
    """Return a function from a store's answers to our client of it and the server itself."""

    def build(*answers, signed=False, tokens=("token",)):
        server = scripted(*answers)
        address = BucketAddress("bkt", server.url, server.url)
        if signed:
            access = HmacAccess(address, HmacKeySource("AKID", secret_source), None, clock, http)
        else:
            access = BearerAccess(address, Tokens(*tokens), clock, http)
        return BucketStore(http, access, Patience(clock)), server

    return build
