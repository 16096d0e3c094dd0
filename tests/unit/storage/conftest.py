import pytest

from direct_access.clock import ManualClock
from direct_access.config.settings import NetworkSettings
from direct_access.retry.repeat import Patience
from direct_access.storage.access import BearerAccess
from direct_access.storage.address import BucketAddress
from direct_access.storage.bucket_store import BucketStore
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


class SignedAccess:
    """Access whose requests say that they are signed: what a store's answer means depends on it."""

    is_signed = True
    authorizer = None

    def __init__(self, address):
        self.address = address

    def request_url(self, method, name, headers=None):
        return f"{self.address.url(name)}?X-Amz-Signature=5ecret"

    def renew(self):
        return False


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
def store_of(scripted, clock):
    """Return a function from a store's answers to our client of it and the server itself."""
    http = HttpClient(NetworkSettings(), clock)

    def build(*answers, signed=False, tokens=("token",)):
        server = scripted(*answers)
        address = BucketAddress("bkt", server.url, server.url)
        access = SignedAccess(address) if signed else BearerAccess(address, Tokens(*tokens))
        return BucketStore(http, access, Patience(clock)), server

    yield build
    http.close()
