"""Our stores over each target, and the judges."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from direct_access.auth.iam import iam_authorizer
from direct_access.clock import Clock, ManualClock, SystemClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings
from direct_access.redact import Secret
from direct_access.retry.repeat import Patience
from direct_access.storage.access import Access, BearerAccess
from direct_access.storage.address import BucketAddress
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.transport.http import HttpClient
from tests.contract.object_store.clients import SDKS, iam_client, sdk_client
from tests.contract.object_store.identity_provider import API_KEY
from tests.contract.object_store.targets import ALL, Target, seaweedfs, simulator
from tests.contract.storage.judge import Judge

_counter = itertools.count()


@pytest.fixture(scope="module", params=ALL, ids=lambda start: start.__name__)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Each store in turn; nothing stays in it."""
    with request.param(tmp_path_factory.mktemp(request.param.__name__)) as started:
        yield started
        judge = Judge(sdk_client(SDKS[0], started), started.bucket)
        while names := judge.names(started.prefix):
            judge.delete(names)


@pytest.fixture(scope="module", params=[simulator, seaweedfs], ids=lambda start: start.__name__)
def local_target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """Each store that takes bearer tokens of ours."""
    with request.param(tmp_path_factory.mktemp(request.param.__name__)) as started:
        yield started


@pytest.fixture(params=[SDKS[0], SDKS[2]])
def judge(request, target):
    """Each SDK with its default settings, signing with the target's key."""
    return Judge(sdk_client(request.param, target), target.bucket)


@pytest.fixture
def name(target):
    """A name that no other test uses, spelt as a job's params."""
    return f"{target.prefix}/{next(_counter)}/params:{uuid.uuid4()}"


@pytest.fixture
def secret_file(tmp_path):
    """Return a function from a secret to its source."""

    def source(secret: str) -> SecretSource:
        file = tmp_path / f"secret-{next(_counter)}"
        file.touch(mode=0o600)
        file.write_text(secret + "\n")
        return SecretSource("secret_access_key", file=file)

    return source


@pytest.fixture
def open_store() -> Iterator[Callable[..., BucketStore]]:
    """Return a function from what makes an access to a store; waits pass at once."""
    opened = []

    def build(
        make_access: Callable[[Clock, HttpClient], Access], target: Target, clock: Clock | None = None
    ) -> BucketStore:
        http = HttpClient(NetworkSettings(ca_bundle=target.ca_bundle))
        opened.append(http)
        clock = clock or ManualClock()
        return BucketStore(http, make_access(clock, http), Patience(clock))

    yield build
    for http in opened:
        http.close()


@pytest.fixture
def hmac_store(open_store, secret_file):
    """Return a function from a target, and what is wrong about the client, to our store with an HMAC key."""

    def build(target: Target, clock: Clock | None = None, **changed: str) -> BucketStore:
        clock = clock or SystemClock()
        address = address_of(target, changed.get("bucket"))
        key = changed.get("access_key_id", target.access_key_id)
        secret = secret_file(changed.get("secret", target.secret))
        return open_store(partial(HmacAccess, address, HmacKeySource(key, secret), None), target, clock)

    return build


@pytest.fixture
def store(hmac_store, target):
    """Our store with the right HMAC key."""
    return hmac_store(target)


def address_of(target: Target, bucket: str | None = None) -> BucketAddress:
    return BucketAddress(bucket or target.bucket, target.endpoint_url, target.endpoint_url)


@pytest.fixture
def bearer_store(open_store, local_target, tmp_path):
    """Our store with tokens that our authorizer gets for an API key."""
    provider = local_target.identity_provider
    http = HttpClient(NetworkSettings())
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    authorizer = iam_authorizer(http, provider.issuer, Secret(API_KEY), SystemClock(), environment)
    yield open_store(partial(BearerAccess, address_of(local_target), authorizer), local_target)
    http.close()


class FixedToken:
    """An authorizer with one token."""

    def __init__(self, token):
        self._token = token

    def authorization(self):
        return f"Bearer {self._token}"

    def renew(self, rejected):
        return False


@pytest.fixture
def store_with_token(open_store, local_target):
    """Return a function from a token to our store that sends it."""
    return lambda token: open_store(
        partial(BearerAccess, address_of(local_target), FixedToken(token)), local_target
    )


@pytest.fixture
def iam_judge(local_target):
    """IBM's SDK, which gets its own token for the API key."""
    return Judge(iam_client(local_target), local_target.bucket)


@pytest.fixture
def read_all():
    """Return a function that reads a download to its end."""

    def read(download):
        buffer = memoryview(bytearray(1 << 16))
        with download:
            return b"".join(iter(lambda: bytes(buffer[: download.readinto(buffer)]), b""))

    return read


@pytest.fixture
def file(tmp_path) -> Callable[[bytes], Path]:
    """Return a function from content to a file."""

    def write(content: bytes) -> Path:
        path = tmp_path / "params.json"
        path.write_bytes(content)
        return path

    return write
