"""A key that was replaced is read once more when the old one is refused, and only then."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from direct_access.clock import Clock, ManualClock, SystemClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings
from direct_access.errors import AccessError, ConfigurationError
from direct_access.retry.repeat import Patience
from direct_access.services.api_key_authorizer import ApiKeyAuthorizer
from direct_access.simulator.http import Response
from direct_access.storage.address import BucketAddress
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer, Seen, serving


class Keys:
    """An IAM and a store that know the keys of today."""

    def __init__(self, *good: str) -> None:
        self.good = set(good)

    def iam(self, seen: Seen) -> Response:
        (key,) = parse_qs(seen.body.decode())["apikey"]
        if key not in self.good:
            return Response(400, b'{"errorCode": "BXNIM0415E", "errorMessage": "no such key"}')
        return Response(200, b'{"access_token": "token-of-%s", "expires_in": 3600}' % key.encode())

    def store(self, seen: Seen) -> Response:
        scope = seen.headers["Authorization"].partition("Credential=")[2]
        return Response(200 if scope.partition("/")[0] in self.good else 403)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.touch(mode=0o600)
    return path


@pytest.fixture
def lazy(key_file, tmp_path, monkeypatch):
    """Return a function that gives an authorizer of the key in the file, at an IAM that knows some keys."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tmp_path.chmod(0o700)
    open_servers = []

    def build(keys: Keys):
        server = serving(ScriptedServer(keys.iam))
        open_servers.append(server)
        scripted = server.__enter__()
        source = SecretSource("api_key", file=key_file)
        return ApiKeyAuthorizer(HttpClient(NetworkSettings()), scripted.url, source, SystemClock()), scripted

    yield build
    for server in open_servers:
        server.__exit__(None, None, None)


def test_a_replaced_api_key_is_used_once_the_old_one_is_refused(lazy, key_file: Path) -> None:
    keys = Keys("old")
    authorizer, _ = lazy(keys)
    key_file.write_text("old")
    assert authorizer.authorization() == "Bearer token-of-old"
    keys.good = {"new"}
    key_file.write_text("new")
    assert authorizer.authorization() == "Bearer token-of-old"  # it lives on
    assert authorizer.renew("Bearer token-of-old")
    assert authorizer.authorization() == "Bearer token-of-new"


def test_an_api_key_that_is_still_the_same_is_refused_after_one_request(lazy, key_file: Path) -> None:
    authorizer, iam = lazy(Keys())
    key_file.write_text("revoked")
    with pytest.raises(AccessError, match="no such key"):
        authorizer.authorization()
    assert len(iam.seen) == 1


def test_a_second_key_that_is_refused_too_is_the_last(lazy, key_file: Path) -> None:
    keys = Keys("old")
    authorizer, iam = lazy(keys)
    key_file.write_text("old")
    authorizer.authorization()
    keys.good.clear()
    key_file.write_text("new")
    with pytest.raises(AccessError):
        authorizer.renew("Bearer token-of-old")
    assert len(iam.seen) == 3


def test_a_key_file_that_cannot_be_read_again_leaves_the_refusal_standing(lazy, key_file: Path) -> None:
    keys = Keys("old")
    authorizer, _ = lazy(keys)
    key_file.write_text("old")
    authorizer.authorization()
    keys.good.clear()
    key_file.unlink()
    with pytest.raises(AccessError):
        authorizer.renew("Bearer token-of-old")


def store_of(url: str, key_file: Path, access_key_id: str | None = None) -> BucketStore:
    source = SecretSource("secret_access_key", file=key_file)
    clock, http = SystemClock(), HttpClient(NetworkSettings())
    key = HmacKeySource(access_key_id, source)
    access = HmacAccess(BucketAddress("b", url, url), key, None, clock, http)
    return BucketStore(http, access, Patience(clock))


def test_a_replaced_hmac_key_is_used_once_the_store_refuses_the_old_one(key_file: Path) -> None:
    keys = Keys("AKOLD")
    key_file.write_text("AKOLD old-secret")
    with serving(ScriptedServer(keys.store)) as server:
        store = store_of(server.url, key_file)
        store.put_empty("o")
        keys.good = {"AKNEW"}
        key_file.write_text("AKNEW new-secret")
        store.put_empty("o")
    assert len(server.seen) == 3


def test_all_who_were_refused_at_the_same_time_use_the_replaced_key(key_file: Path) -> None:
    """Parts of a large object are fetched by several threads."""
    keys, together = Keys("AKOLD"), threading.Barrier(4)

    def refuse_together(seen: Seen) -> Response:
        if "AKOLD" in seen.headers["Authorization"] and keys.good == {"AKNEW"}:
            together.wait(30)
        return keys.store(seen)

    key_file.write_text("AKOLD old-secret")
    with serving(ScriptedServer(refuse_together)) as server:
        store = store_of(server.url, key_file)
        store.put_empty("o")
        keys.good = {"AKNEW"}
        key_file.write_text("AKNEW new-secret")
        with ThreadPoolExecutor(together.parties) as threads:
            list(threads.map(store.put_empty, ["a", "b", "c", "d"]))
    assert len(server.seen) == 1 + 2 * together.parties


def test_an_hmac_key_that_is_still_the_same_is_refused_after_one_request(key_file: Path) -> None:
    key_file.write_text("secret")
    with serving(ScriptedServer(Keys().store)) as server:
        with pytest.raises(AccessError):
            store_of(server.url, key_file, "AKID").put_empty("o")
        assert len(server.seen) == 1


class Sessions:
    """A store that knows the session token of now."""

    def __init__(self, good: str) -> None:
        self.good = good

    def answer(self, seen: Seen) -> Response:
        expired = b"<Error><Code>ExpiredToken</Code></Error>"
        given = (
            seen.headers["X-Amz-Security-Token"] or parse_qs(seen.target).get("X-Amz-Security-Token", [""])[0]
        )
        return Response(200) if given == self.good else Response(400, expired)


def store_with_session(url: str, key: HmacKeySource, clock: Clock | None = None) -> BucketStore:
    clock, http = clock or SystemClock(), HttpClient(NetworkSettings())
    return BucketStore(
        http, HmacAccess(BucketAddress("b", url, url), key, None, clock, http), Patience(clock)
    )


@pytest.mark.parametrize("in_one_line", [True, False])
def test_a_session_token_that_expired_is_read_once_more(
    key_file: Path, tmp_path: Path, in_one_line: bool
) -> None:
    token_file = key_file if in_one_line else tmp_path / "token"
    token_file.touch(mode=0o600)
    key_file.write_text("ASIA secret")
    token = None if in_one_line else SecretSource("session_token", file=token_file)
    key = HmacKeySource(None, SecretSource("secret_access_key", file=key_file), token)
    token_file.write_text("ASIA secret first" if in_one_line else "first")
    sessions = Sessions("first")
    with serving(ScriptedServer(sessions.answer)) as server:
        store = store_with_session(server.url, key)
        store.put_empty("o")
        sessions.good = "second"
        token_file.write_text("ASIA secret second" if in_one_line else "second")
        store.get("o").close()
    assert len(server.seen) == 3


def test_a_url_for_the_quantum_system_is_signed_with_a_session_token_of_the_last_minute(
    key_file: Path,
) -> None:
    clock = ManualClock()
    key_file.write_text("ASIA secret first")
    key = HmacKeySource(None, SecretSource("secret_access_key", file=key_file))
    store = store_with_session("http://127.0.0.1:9", key, clock)

    def token_of_url() -> str:
        return parse_qs(store.presign("GET", "o", 60))["X-Amz-Security-Token"][0]

    assert token_of_url() == "first"
    key_file.write_text("ASIA secret second")
    clock.advance(60)
    assert token_of_url() == "first"
    clock.advance(1)
    assert token_of_url() == "second"


def test_the_id_beside_the_secret_wins(key_file: Path) -> None:
    key_file.write_text("AKFILE secret")
    with serving(ScriptedServer(Keys("AKFILE").store)) as server:
        store_of(server.url, key_file, "AKCONFIG").put_empty("o")


@pytest.mark.parametrize("content", ["secret-alone", "now four words here"])
def test_an_hmac_key_without_an_id_is_a_matter_of_configuration(key_file: Path, content: str) -> None:
    key_file.write_text(content)
    with pytest.raises(ConfigurationError, match="gives no HMAC key") as refused:
        store_of("http://127.0.0.1:9", key_file).put_empty("o")
    assert content not in str(refused.value.to_json())
