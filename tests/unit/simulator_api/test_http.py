"""The HTTP server on real sockets: what clients may send, and what they get."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from direct_access.clock import ManualClock
from direct_access.simulator.http import FileBody, Request, Response, Server

LIMIT_BYTES = 1 << 20


class Echo:
    """Sends the request back, unless its path says otherwise."""

    def handle(self, request: Request) -> Response:
        match request.path:
            case "/refuse":
                return Response(403, b"no")
            case "/defect":
                raise RuntimeError("a defect")
            case "/teapot":
                return Response(599, b"odd")
        body = request.body.read_all(LIMIT_BYTES)
        return Response(200, f"{request.method} {request.target} ".encode() + body)


@contextlib.contextmanager
def started(server: Server) -> Iterator[str]:
    """Let a server run within a block; yield its URL."""
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(Echo(), clock=ManualClock(0.0))
    with started(server):
        yield server


@pytest.fixture
def send(server: Server) -> Iterator[Callable[..., bytes]]:
    """Send bytes on a connection and return all that comes back."""
    with socket.create_connection(server.server_address[:2], timeout=10) as connection:

        def send(*parts: bytes) -> bytes:
            connection.sendall(b"".join(parts))
            connection.shutdown(socket.SHUT_WR)
            return connection.makefile("rb").read()

        yield send


def test_the_target_arrives_as_it_was_sent(server: Server) -> None:
    response = urllib3.request("GET", f"{server.url}/a%41//b%2Fc?x=%20&y")
    assert response.data == b"GET /a%41//b%2Fc?x=%20&y "


def test_any_method_reaches_the_application(send: Callable[..., bytes]) -> None:
    assert b"PURGE / " in send(b"PURGE / HTTP/1.1\r\nHost: localhost\r\n\r\n")


def test_an_absolute_target_is_reduced_to_its_path(send: Callable[..., bytes]) -> None:
    assert b"GET /a " in send(b"GET http://localhost/a HTTP/1.1\r\nHost: localhost\r\n\r\n")


def test_a_chunked_body_is_read(server: Server) -> None:
    response = urllib3.request("POST", server.url, body=iter([b"ab", b"cd"]))
    assert response.data == b"POST / abcd"


def test_two_requests_on_one_connection_are_answered_in_turn(send: Callable[..., bytes]) -> None:
    one = b"POST /%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi"
    answer = send(one % 1, one % 2)
    assert answer.index(b"POST /1 hi") < answer.index(b"POST /2 hi")


def test_a_small_body_that_nobody_read_does_not_spoil_the_connection(send: Callable[..., bytes]) -> None:
    refused = b"POST /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi"
    answer = send(refused, b"GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 2
    assert answer.endswith(b"GET /next ")


def test_a_large_body_that_is_refused_does_not_cost_the_answer(server: Server) -> None:
    response = urllib3.request("PUT", f"{server.url}/refuse", body=b"x" * (64 << 20), retries=False)
    assert (response.status, response.headers["Connection"]) == (403, "close")


def test_a_body_over_the_limit_is_told_by_its_length(server: Server) -> None:
    assert urllib3.request("PUT", server.url, body=b"x" * (LIMIT_BYTES + 1), retries=False).status == 413


def test_a_client_that_waits_is_told_to_continue_when_its_body_is_read(send: Callable[..., bytes]) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    assert send(head, b"hi").startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_a_client_that_waits_is_refused_without_sending(send: Callable[..., bytes]) -> None:
    head = b"POST /refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    assert send(head).startswith(b"HTTP/1.1 403 Forbidden\r\n")


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: -1",
        b"Content-Length: 1_0",
        b"Content-Length: \xb2",
        b"Content-Length: 10",
        b"Transfer-Encoding: chunked\r\n\r\nzz",
        b"Transfer-Encoding: chunked\r\n\r\n-5",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_body_that_is_not_what_its_headers_say_is_a_bad_request(
    send: Callable[..., bytes], head: bytes
) -> None:
    assert send(b"POST / HTTP/1.1\r\nHost: localhost\r\n", head, b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_the_answer_to_head_has_a_length_and_no_body(send: Callable[..., bytes]) -> None:
    answer = send(b"HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"Content-Length: 8\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_the_date_is_that_of_the_clock(server: Server) -> None:
    assert urllib3.request("GET", server.url).headers["Date"] == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_a_defect_is_logged_and_answered_without_its_words(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = urllib3.request("GET", f"{server.url}/defect?secret=s3cr3t", retries=False)
    assert (response.status, response.data) == (500, b"internal error")
    assert "a defect" in caplog.text
    assert "s3cr3t" not in caplog.records[0].getMessage()


def test_a_status_without_a_name_can_be_sent(server: Server) -> None:
    assert urllib3.request("GET", f"{server.url}/teapot", retries=False).reason == "Unknown"


@pytest.mark.parametrize(
    ("offset", "length", "content"), [(0, 10, b"0123456789"), (3, 4, b"3456"), (0, 0, b"")]
)
def test_a_part_of_a_file_is_sent(tmp_path: Path, offset: int, length: int, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")

    class Files:
        def handle(self, request: Request) -> Response:
            return Response(200, FileBody(path, offset, length))

    server = Server(Files())
    server.start()
    try:
        assert urllib3.request("GET", server.url).data == content
    finally:
        server.stop()


def test_a_silent_connection_is_closed() -> None:
    server = Server(Echo(), idle_timeout_secs=0.05)
    server.start()
    try:
        with socket.create_connection(server.server_address[:2], timeout=10) as connection:
            assert connection.recv(1) == b""
    finally:
        server.stop()


def test_a_client_that_trickles_is_not_waited_for_for_ever() -> None:
    server = Server(Echo(), idle_timeout_secs=0.4)
    server.start()
    try:
        with socket.create_connection(server.server_address[:2], timeout=0.1) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\n")
            answer = b""
            for _ in range(50):
                connection.sendall(b"x")
                with contextlib.suppress(TimeoutError):
                    answer = connection.recv(100)
                    break
    finally:
        server.stop()
    assert answer.startswith(b"HTTP/1.1 408 ")


GET = b"GET /a HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 2\r\nContent-Length: 3",
        b"Content-Length: 2, 3",
        b"Content-Length: +2",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Length:",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Host: other",
        b"Folded: a\r\n b",
        b"Space : a",
        b": a",
        b"no colon",
        b"Nul: a\0b",
        b"Return: a\rb",
        b"Bare: line\nFeed: x",
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_a_bad_request(
    send: Callable[..., bytes], head: bytes
) -> None:
    assert send(GET, head, b"\r\n\r\nhi").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /a HTTP/1.1\nHost: localhost\n\n", 400),
        (b"GET /a HTTP/1.1\r\n\r\n", 400),
        (b"GET /a\r\n\r\n", 400),
        (b"GET  /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET http://[::1/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET http://localhost:port/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (GET + b"Long: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (GET + b"A: a\r\n" * 101 + b"\r\n", 431),
        (GET + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (b"GET /a HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ],
)
def test_a_head_that_is_no_head_of_http_1_1_is_refused(
    send: Callable[..., bytes], caplog: pytest.LogCaptureFixture, head: bytes, status: int
) -> None:
    answer = send(head, b"GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1 ") == 1, "nothing behind it is taken for a request"
    assert not caplog.records


@pytest.mark.parametrize(
    "body",
    [
        b"2\nhi\r\n0\r\n\r\n",
        b"2\r\nhi\n0\r\n\r\n",
        b"2\r\nhiX\r\n0\r\n\r\n",
        b"0x2\r\nhi\r\n0\r\n\r\n",
        b"ffffffffffffffff\r\nhi",
        b"2;" + b"a" * 2000 + b"\r\nhi\r\n0\r\n\r\n",
        b"0\r\n" + b"A: a\r\n" * 101 + b"\r\n",
    ],
)
def test_chunks_that_are_no_chunks_are_a_bad_request(send: Callable[..., bytes], body: bytes) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert send(head, body).startswith(b"HTTP/1.1 400 ")


def test_an_absolute_target_keeps_its_query(send: Callable[..., bytes]) -> None:
    assert b"GET /a?b=%20 " in send(b"GET http://localhost/a?b=%20 HTTP/1.1\r\nHost: localhost\r\n\r\n")


def test_http_1_0_needs_no_host(send: Callable[..., bytes]) -> None:
    answer = send(b"GET /a HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close\r\n" in answer


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:80", "[::1]:80", "LOCALHOST", "a.localhost", "own.name."]
)
def test_a_server_answers_under_its_names(host: str) -> None:
    with started(Server(Echo(), names=["own.name"])) as url:
        assert urllib3.request("GET", url, headers={"Host": host}, retries=False).status == 200


@pytest.mark.parametrize(
    "host", ["attacker.example", "localhost.attacker.example", "127.0.0.1.attacker.example:80"]
)
def test_a_name_that_somebody_else_led_here_is_refused(server: Server, host: str) -> None:
    assert urllib3.request("GET", server.url, headers={"Host": host}, retries=False).status == 421


def test_an_absolute_target_counts_before_host(send: Callable[..., bytes]) -> None:
    answer = send(b"GET http://attacker.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "null", "http://127.0.0.1", "https://{host}", ""]
)
def test_a_web_page_of_another_origin_is_refused(server: Server, origin: str) -> None:
    own = server.url.removeprefix("http://")
    headers = {"Origin": origin.format(host=own), "Content-Type": "text/plain"}
    assert urllib3.request("POST", server.url, headers=headers, body=b"{}", retries=False).status == 403


def test_a_page_of_the_server_itself_is_answered(server: Server) -> None:
    assert urllib3.request("POST", server.url, headers={"Origin": server.url}, retries=False).status == 200


def test_a_head_that_trickles_is_not_waited_for_for_ever() -> None:
    with started(Server(Echo(), idle_timeout_secs=0.4)) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=0.1) as connection:
            ended = False
            with contextlib.suppress(ConnectionError):
                for _ in range(50):
                    connection.sendall(b"G")
                    with contextlib.suppress(TimeoutError):
                        ended = connection.recv(100) == b""
                        break
    assert ended
