"""A real forward proxy: requests in absolute form, and tunnels by CONNECT (RFC 9110, 7.2 and 9.3.6)."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "proxy-authorization", "proxy-connection", "keep-alive", "te", "upgrade"}


@dataclass(frozen=True)
class Passed:
    """What the proxy was asked for: ``GET http://host/path``, or ``CONNECT host:port``."""

    method: str
    target: str
    authorization: str | None


class ForwardProxy(ThreadingHTTPServer):
    """Passes what it is asked for, and keeps a record.

    :param credentials: ``user:password`` that it demands
    :param refuse_with: answer everything with this status instead
    :param upstream: ``host:port`` that requests in absolute form go to, whatever host they name
    :ivar passed: all requests to the proxy, in order, refused ones included
    """

    daemon_threads = True

    def __init__(
        self,
        credentials: str | None = None,
        refuse_with: int | None = None,
        tls: ssl.SSLContext | None = None,
        upstream: str | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refuse_with = refuse_with
        self.upstream = upstream
        self.expected = f"Basic {base64.b64encode(credentials.encode()).decode()}" if credentials else None
        self.passed: list[Passed] = []
        self._tls = tls

    @property
    def url(self) -> str:
        """Without credentials; ``https://localhost`` with TLS."""
        host = "https://localhost" if self._tls else "http://127.0.0.1"
        return f"{host}:{self.server_address[1]}"

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is its own business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ForwardProxy

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing; the record is :attr:`ForwardProxy.passed`."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._forward
        raise AttributeError(name)

    def _admit(self) -> bool:
        authorization = self.headers.get("Proxy-Authorization")
        self.server.passed.append(Passed(self.command, self.path, authorization))
        status = self.server.refuse_with
        if status is None and self.server.expected not in (None, authorization):
            status = 407
        if status is not None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
        return status is None

    def do_CONNECT(self) -> None:
        if not self._admit():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port)), timeout=10) as upstream:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_relay, args=(upstream, self.connection), daemon=True)
            back.start()
            _relay(self.connection, upstream)
            back.join(timeout=10)
        self.close_connection = True

    def _forward(self) -> None:
        if not self._admit():
            return
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        upstream = http.client.HTTPConnection(self.server.upstream or target.netloc, timeout=10)
        with contextlib.closing(upstream):
            path = target._replace(scheme="", netloc="").geturl() or "/"
            upstream.request(self.command, path, body, headers)
            answer = upstream.getresponse()
            data = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length", "transfer-encoding"}:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(data)


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def running(proxy: ForwardProxy) -> Iterator[ForwardProxy]:
    """Run a proxy in a thread of its own."""
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
