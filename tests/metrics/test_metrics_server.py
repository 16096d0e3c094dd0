"""The server of the exporter, and readers that mean no good."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import urllib3
from prometheus_client import CollectorRegistry, Gauge

from direct_access.health import metrics_server
from direct_access.health.metrics_server import MOST_READERS, serving

BOUND_SECS = 20.0


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge("answer", "A number.", registry=registry).set(42)
    return registry


@pytest.fixture
def url(registry: CollectorRegistry) -> Iterator[str]:
    with serving(registry, "127.0.0.1", 0) as url:
        yield url


def scrape(url: str, **headers: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, headers=headers, retries=False, timeout=BOUND_SECS)


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=BOUND_SECS)


def send(url: str, request: bytes) -> bytes:
    """Return the first line of the answer to these bytes."""
    with connect(url) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline()


def test_slow_readers_keep_nobody_else_out(url: str) -> None:
    with ExitStack() as stack:
        for _ in range(3 * MOST_READERS):
            slow = stack.enter_context(connect(url))
            slow.sendall(b"GET /metrics HTTP/1.1\r\nX-Slow: ")
        answer = scrape(url)
        assert (answer.status, b"answer 42.0" in answer.data) == (200, True)


def test_the_reader_who_takes_longest_makes_place(url: str) -> None:
    with ExitStack() as stack:
        first, *rest = (stack.enter_context(connect(url)) for _ in range(MOST_READERS))
        assert scrape(url).status == 200
        assert first.recv(1) == b""
        rest[-1].sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert rest[-1].recv(12) == b"HTTP/1.0 200"


def test_a_reader_that_trickles_is_not_waited_for_for_ever(
    registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_server, "READER_SECS", 0.2)
    ended = False
    with serving(registry, "127.0.0.1", 0) as url, connect(url) as connection:
        connection.settimeout(0.1)
        for _ in range(200):
            try:
                connection.sendall(b"G")
                ended = connection.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                ended = True
            break
    assert ended


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:9744"}, 200),
        ({"Host": "[::1]:9744"}, 200),
        ({"Host": socket.gethostname()}, 200),
        ({"Host": "attacker.example"}, 421),
        ({"Host": "127.0.0.1.attacker.example:9744"}, 421),
        ({"Host": "a b"}, 400),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_programs_are_answered_and_web_pages_are_not(url: str, headers: dict[str, str], status: int) -> None:
    assert scrape(url, **headers).status == status


def test_a_server_for_the_network_is_asked_by_any_name(registry: CollectorRegistry) -> None:
    with serving(registry, "0.0.0.0", 0) as url:
        answer = scrape(url.replace("0.0.0.0", "127.0.0.1"), Host="cluster.example:9744")
        assert answer.status == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"GET http://[::1/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nAccept: text/plain; version=1.\xb2\r\n\r\n",
    ],
)
def test_what_is_no_request_is_a_bad_one(url: str, request_: bytes) -> None:
    assert send(url, request_).startswith(b"HTTP/1.0 400 ")
    assert scrape(url).status == 200
