"""Nothing of a request outlasts its deadline by more than the grace, whatever the other side does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from direct_access.clock import SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.errors import UnavailableError
from direct_access.retry.deadline import GRACE_SECS, fixed_deadline, last_requests
from direct_access.transport import sockets
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer
from tests.support.slow_server import silent, trickling

CLOCK = SystemClock()
LEFT_SECS = 0.4
LATE_SECS = 3.0
"""On a busy machine; without a limit each of these takes a minute or for ever."""


@contextmanager
def client(left_secs: float = LEFT_SECS, **network: Any) -> Iterator[HttpClient]:
    """Yield a client whose time is over, grace included, in so many seconds."""
    deadline = fixed_deadline(CLOCK.boottime() + left_secs - GRACE_SECS)
    made = HttpClient(NetworkSettings(**network), CLOCK, deadline=deadline)
    try:
        yield made
    finally:
        made.close()


def read_all(http: HttpClient, url: str, **request: Any) -> None:
    with http.request("GET", url, stream=True, **request) as response:
        block = memoryview(bytearray(1 << 16))
        while response.readinto(block):
            pass


@contextmanager
def ends_in_time(match: str = "time|deadline passed") -> Iterator[None]:
    began = time.monotonic()
    with pytest.raises(UnavailableError, match=match):
        yield
    assert time.monotonic() - began < LEFT_SECS + LATE_SECS


SLOW: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "silent": silent,
    "trickling status line": lambda: trickling(b"HTTP/1.1 200 "),
    "trickling header": lambda: trickling(b"HTTP/1.1 200 OK\r\nX: "),
    "trickling body": trickling,
    "trickling to its end": lambda: trickling(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"),
    "trickling chunk": lambda: trickling(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"),
    "trickling trailer": lambda: trickling(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "),
    "trickling forever after 100": lambda: trickling(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX"),
}


@pytest.mark.parametrize("kind", list(SLOW))
def test_a_slow_server_holds_no_request_beyond_its_time(kind: str) -> None:
    with SLOW[kind]() as server, client() as http, ends_in_time():
        read_all(http, server.url)


@pytest.mark.parametrize("kind", ["trickling body", "trickling chunk"])
def test_a_slow_answer_that_is_read_into_memory_ends_in_time(kind: str) -> None:
    with SLOW[kind]() as server, client() as http, ends_in_time():
        http.request("GET", server.url)


@pytest.mark.parametrize("kind", ["silent", "trickling header"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_slow_proxy_holds_no_request_beyond_its_time(kind: str, scheme: str) -> None:
    with (
        SLOW[kind]() as proxy,
        client(http_proxy=proxy.url, https_proxy=proxy.url) as http,
        ends_in_time(),
    ):
        read_all(http, f"{scheme}://api.example/")


def test_a_silent_tls_handshake_ends_in_time() -> None:
    with silent() as server, client() as http, ends_in_time():
        read_all(http, server.url.replace("http:", "https:"))


def test_an_upload_that_nobody_reads_ends_in_time(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(20_000_000))
    with silent() as server, client() as http, large.open("rb") as body, ends_in_time():
        http.request("PUT", server.url, body=body, body_size=20_000_000)


def test_a_name_server_that_does_not_answer_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_, **__: over.wait(60) and [])
    with client() as http, ends_in_time("DNS does not resolve"):
        read_all(http, "http://api.example/")
    over.set()


def test_many_addresses_that_do_not_answer_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    queue_of_one = socket.create_server(("127.0.0.1", 0), backlog=0)
    with queue_of_one as full, socket.socket() as first, socket.socket() as second:
        first.connect(full.getsockname())
        second.setblocking(False)
        second.connect_ex(full.getsockname())  # from now on the queue is full, and a SYN gets no answer
        address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", full.getsockname())
        monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_, **__: [address] * 20)
        with client(connect_timeout_secs=0.3) as http, ends_in_time():
            read_all(http, "http://api.example/")


def test_when_the_time_is_over_nothing_is_sent(serve: Callable[..., ScriptedServer]) -> None:
    server = serve()
    with client(left_secs=-1) as http, pytest.raises(UnavailableError, match="the deadline passed"):
        http.request("GET", server.url)
    assert server.connections == 0


def test_a_connection_that_is_used_again_obeys_the_limit_of_the_later_request(
    serve: Callable[..., ScriptedServer],
) -> None:
    server = serve()
    with client(left_secs=30) as http:
        with last_requests(CLOCK, 0.5):
            http.request("GET", server.url)
        time.sleep(0.6)
        assert http.request("GET", server.url).status == 200
    assert server.connections == 1


def test_the_last_requests_have_their_own_time(serve: Callable[..., ScriptedServer]) -> None:
    server = serve()
    with client(left_secs=-1) as http:
        with last_requests(CLOCK, 20):
            assert http.request("DELETE", server.url).status == 200
        with pytest.raises(UnavailableError, match="the deadline passed"):
            http.request("GET", server.url)


def test_a_body_below_the_floor_of_speed_is_a_broken_one_without_any_deadline() -> None:
    with (
        trickling() as server,
        client(left_secs=600, read_timeout_secs=0.5) as http,
        ends_in_time("less than 1024 bytes a second"),
    ):
        read_all(http, server.url)
