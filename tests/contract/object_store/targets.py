"""The stores that must keep the contract."""

from __future__ import annotations

import http.client
import os
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

from direct_access.clock import SystemClock
from direct_access.simulator.http import Server
from direct_access.simulator.store import ObjectStore
from tests.contract.object_store.expectations import S3, SEAWEEDFS, SWIFT
from tests.contract.object_store.identity_provider import IdentityProvider, running_identity_provider
from tests.contract.object_store.signing import Signer
from tests.stores.seaweedfs import OpenIdProvider, SeaweedFS
from tests.stores.swift import Swift
from tests.support.authority import Authority

ENDPOINT_VARIABLE = "DIRECT_ACCESS_TEST_S3_ENDPOINT_URL"


@dataclass(frozen=True)
class Answer:
    """What came back.

    :param code: the ``Code`` of an S3 error document, else empty
    """

    status: int
    headers: Message
    body: bytes

    @property
    def code(self) -> str:
        match = re.search(rb"<Error>.*<Code>(\w+)</Code>", self.body, re.DOTALL)
        return match[1].decode() if match else ""

    @property
    def outcome(self) -> tuple[int, str]:
        return self.status, self.code


@dataclass(frozen=True)
class Target:
    """A store under test.

    :param bucket: exists, and is ours to write into
    :param expectations: what it answers, by question
    :param ca_bundle: for https
    :param identity_provider: whose bearer tokens it takes
    """

    endpoint_url: str
    access_key_id: str
    secret: str
    bucket: str
    expectations: Mapping[str, object]
    ca_bundle: Path | None = None
    identity_provider: IdentityProvider | None = None
    prefix: str = field(default_factory=lambda: f"direct-access-test-{time.time_ns()}")

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint_url).netloc

    def signer(self, **changed: object) -> Signer:
        """Return who signs well, but for what is changed."""
        return replace(Signer(self.access_key_id, self.secret, self.host), **changed)  # type: ignore[arg-type]

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection of its own."""
        if not self.endpoint_url.startswith("https"):
            return http.client.HTTPConnection(self.host, timeout=30)
        context = ssl.create_default_context(cafile=self.ca_bundle)
        return http.client.HTTPSConnection(self.host, timeout=30, context=context)

    def send(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request exactly as given."""
        connection = self.connect()
        try:
            connection.request(method, target, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


@contextmanager
def simulator(directory: Path) -> Iterator[Target]:
    """Run the simulator's store in this process."""
    with _simulator(directory, None) as target:
        yield target


@contextmanager
def simulator_https(directory: Path) -> Iterator[Target]:
    """Run the simulator's store behind TLS, where SDKs send checksums as trailers."""
    with _simulator(directory, Authority(directory)) as target:
        yield target


@contextmanager
def _simulator(directory: Path, authority: Authority | None) -> Iterator[Target]:
    clock = SystemClock()
    with running_identity_provider(directory) as provider:
        store = ObjectStore(directory / "store", {"AKID": "secret"}, provider.tokens.accepts, clock)
        store.create_bucket("contract")
        server = Server(store, tls=authority.server("127.0.0.1") if authority else None)
        server.start()
        try:
            bundle = authority.bundle if authority else None
            yield Target(server.url, "AKID", "secret", "contract", S3, bundle, provider)
        finally:
            server.stop()


@contextmanager
def seaweedfs(directory: Path) -> Iterator[Target]:
    """Run SeaweedFS."""
    with running_identity_provider(directory) as provider:
        open_id = OpenIdProvider(provider.issuer, provider.audience, provider.jwks_url)
        with SeaweedFS(open_id=open_id) as store:
            key, secret = store.access_key_id, store.secret_access_key
            target = Target(store.endpoint_url, key, secret, "contract", SEAWEEDFS, None, provider)
            created = target.send("PUT", "/contract", target.signer().headers("PUT", "/contract"))
            assert created.status == 200, created
            yield target


@contextmanager
def swift(directory: Path) -> Iterator[Target]:
    """Run OpenStack Swift; it takes no bearer tokens."""
    with Swift() as store:
        key, secret = store.access_key_id, store.secret_access_key
        target = Target(store.endpoint_url, key, secret, "contract", SWIFT)
        created = target.send("PUT", "/contract", target.signer().headers("PUT", "/contract"))
        assert created.status == 200, created
        yield target


@contextmanager
def endpoint(directory: Path) -> Iterator[Target]:
    """Use a real endpoint named by environment variables."""
    bundle = os.environ.get("DIRECT_ACCESS_TEST_S3_CA_BUNDLE")
    yield Target(
        os.environ[ENDPOINT_VARIABLE].rstrip("/"),
        os.environ["DIRECT_ACCESS_TEST_S3_ACCESS_KEY"],
        os.environ["DIRECT_ACCESS_TEST_S3_SECRET"],
        os.environ["DIRECT_ACCESS_TEST_S3_BUCKET"],
        S3,
        Path(bundle) if bundle else None,
    )


WITH_IAM = [simulator, simulator_https, seaweedfs]
LOCAL = [*WITH_IAM, swift]
ALL = [*LOCAL, *([endpoint] if ENDPOINT_VARIABLE in os.environ else [])]
