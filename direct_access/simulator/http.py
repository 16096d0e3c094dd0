"""A small threaded HTTP/1.1 server that leaves the socket in reach.

The standard library's server, because faults that real machines have (a reset, half a body, an answer lost
after the work was done) need the connection itself, which ASGI servers hide, and because a 1 GB object must
pass by sendfile(2). An application is one method: it gets a :class:`Request` and returns a :class:`Response`.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any, BinaryIO, Protocol

from direct_access.clock import Clock, SystemClock
from direct_access.simulator.request_body import BLOCK_BYTES, BadBody, RequestBody
from direct_access.simulator.request_head import BadRequest, Head, LineReader, read_head
from direct_access.simulator.site import Site

__all__ = [
    "BLOCK_BYTES",
    "Application",
    "BadBody",
    "FileBody",
    "Request",
    "RequestBody",
    "Response",
    "Server",
]

IDLE_TIMEOUT_SECS = 60.0
DRAIN_BYTES = 1 << 16
LINGER_SECS = 2.0
PIECES = 8
STOP_POLL_SECS = 0.02

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileBody:
    """Part of a file, sent by sendfile(2).

    :param file: the file already open, so that it is sent whole even if its name is taken by another one
        meanwhile; closed once the answer is sent or given up
    """

    path: Path
    offset: int
    length: int
    file: BinaryIO | None = None


@dataclass
class Response:
    """An answer.

    :param body: bytes, or a part of a file
    :param cut_after: send only so many bytes of the body, then close the connection (a fault)
    :param pause_secs: send the body in pieces with this time between them (a fault)
    :param reset: close the connection with RST instead of answering (a fault)
    """

    status: int = 200
    body: bytes | FileBody = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    cut_after: int | None = None
    pause_secs: float = 0.0
    reset: bool = False

    @property
    def length(self) -> int:
        return self.body.length if isinstance(self.body, FileBody) else len(self.body)

    def close(self) -> None:
        """Let go of what the body holds; sending does it too."""
        if isinstance(self.body, FileBody) and self.body.file:
            self.body.file.close()


@dataclass
class Request:
    """A request whose body has not been read yet.

    :param target: path and query exactly as sent, never decoded: signatures cover these bytes
    :param headers: case-insensitive
    """

    method: str
    target: str
    headers: Message
    body: RequestBody
    client: str

    @property
    def path(self) -> str:
        """The path as sent, still percent-encoded."""
        return self.target.split("?", 1)[0]

    @property
    def query(self) -> str:
        """The query as sent, without the question mark."""
        return self.target.partition("?")[2]


class Application(Protocol):
    """What a server serves."""

    def handle(self, request: Request) -> Response:
        """Answer one request; called from many threads."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    request_version = "HTTP/1.1"
    wbufsize = 1 << 16
    server: Server

    def setup(self) -> None:
        self.request.settimeout(self.server.idle_timeout_secs)
        super().setup()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server.clock.wall() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing; the application keeps its own record of requests."""

    def handle_one_request(self) -> None:
        """Read a head and answer; the standard library's parser takes more than is good for a server."""
        self.close_connection = True
        self.command = ""
        try:
            head = read_head(LineReader(self.rfile, time.monotonic() + self.server.idle_timeout_secs))
            if head:
                self.server.site.check(head)
        except BadRequest as error:
            self._answer(_refusal(error), drained=False)
        except TimeoutError:
            return
        else:
            if head:
                self._serve(head)

    def _serve(self, head: Head) -> None:
        self.command, self.headers, self.close_connection = head.method, head.headers, not head.keeps_alive
        body = RequestBody(self, self.server.idle_timeout_secs)
        request = Request(head.method, head.target, head.headers, body, self.client_address[0])
        try:
            response = self.server.application.handle(request)
        except BadRequest as error:
            response = _refusal(error)
        except ConnectionError:
            raise
        except Exception:
            _log.exception("%s %s failed", request.method, request.path)
            response = Response(500, b"internal error", [("Content-Type", "text/plain")])
        self._answer(response, self._drained(body))

    def _answer(self, response: Response, drained: bool) -> None:
        if not drained:
            self.close_connection = True
        try:
            self._send(response)
        finally:
            response.close()
        if not drained and not response.reset:
            self._linger()

    def _drained(self, body: RequestBody) -> bool:
        """Read what little is left of a body, so that the connection can be used again."""
        expects_more = "100-continue" in (self.headers.get("Expect") or "") and not body.started
        if body.finished:
            return True
        if expects_more or body.length is None or body.length > DRAIN_BYTES:
            return False
        with contextlib.suppress(BadBody):
            while body.read(DRAIN_BYTES):
                pass
        return body.finished

    def _send(self, response: Response) -> None:
        if response.reset:
            self._reset()
            return
        self.send_response_only(response.status, _reason(response.status))
        names = {name.lower() for name, _ in response.headers}
        for name, value in response.headers:
            self.send_header(name, value)
        if "content-length" not in names and response.status not in (204, 304):
            self.send_header("Content-Length", str(response.length))
        if "date" not in names:
            self.send_header("Date", self.date_time_string())
        if self.close_connection or response.cut_after is not None:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(response)
        self.wfile.flush()

    def _send_body(self, response: Response) -> None:
        length = response.length if response.cut_after is None else min(response.cut_after, response.length)
        if isinstance(response.body, bytes):
            for start, end in self._pieces(response, length):
                self.wfile.write(response.body[start:end])
            return
        self.wfile.flush()
        with response.body.file or response.body.path.open("rb") as file:
            for start, end in self._pieces(response, length):
                self.connection.sendfile(file, response.body.offset + start, end - start)

    def _pieces(self, response: Response, length: int) -> Iterator[tuple[int, int]]:
        """Yield start and end of each piece of a body, and let time pass between them."""
        step = max(1, -(-length // PIECES)) if response.pause_secs else max(1, length)
        for start in range(0, length, step):
            if start:
                self.wfile.flush()
                self.server.clock.wait(threading.Event(), response.pause_secs)
            yield start, min(start + step, length)

    def _linger(self) -> None:
        """Discard what the client still sends: data unread at close(2) would reset the connection, and the
        client could lose the answer (RFC 9112, 9.6)."""
        deadline = time.monotonic() + LINGER_SECS
        with contextlib.suppress(OSError):
            self.connection.settimeout(LINGER_SECS)
            if not isinstance(self.connection, ssl.SSLSocket):
                self.connection.shutdown(socket.SHUT_WR)
            while self.connection.recv(BLOCK_BYTES) and time.monotonic() < deadline:
                pass

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()


def _refusal(error: BadRequest) -> Response:
    return Response(error.status, f"{error}\n".encode(), [("Content-Type", "text/plain; charset=utf-8")])


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Server(ThreadingHTTPServer):
    """One application on one address; starts and stops within a process.

    :param idle_timeout_secs: how long a connection may say nothing, within a request body too
    :param clock: gives the ``Date`` of answers
    :param names: host names by which it may be asked for, besides those of :class:`Site`
    """

    daemon_threads = True
    request_queue_size = 512
    allow_reuse_address = True

    def __init__(
        self,
        application: Application,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        idle_timeout_secs: float = IDLE_TIMEOUT_SECS,
        names: Collection[str] = (),
    ) -> None:
        self.application = application
        self.clock = clock or SystemClock()
        self.idle_timeout_secs = idle_timeout_secs
        self.site = Site("https" if tls else "http", (host, *names))
        self._tls = tls
        self._thread: threading.Thread | None = None
        self._connections: set[socket.socket] = set()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking DNS for the name of the address, as the standard library's server does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    @property
    def url(self) -> str:
        """Base URL without a trailing slash."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self.server_address[0]!s}:{self.server_address[1]}"

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is its own business; anything else is a defect of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("connection from %s", client_address[0])

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, args=(STOP_POLL_SECS,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and hang up on every client."""
        if self._thread:
            self.shutdown()
            self._thread.join()
        self.server_close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
