"""A program between client and server: an ingress, a proxy, a replica that lags, a neighbour who interferes.

It passes each request on to the real server, unless a rule of the test answers in its place or changes the
answer. The server behind it always answers as itself, so that a test can look there for the truth.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

UPSTREAM_SECS = 60.0
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"}


@dataclass(frozen=True)
class Answer:
    """An answer to a request.

    :param says_length: False leaves out Content-Length: the end of the connection ends the body
    :param cut_after: send only so many bytes of the body, then hang up
    :param byte_every_secs: send the rest of the body byte by byte, with a pause before each
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    says_length: bool = True
    cut_after: int | None = None
    byte_every_secs: float | None = None

    def header(self, name: str) -> str:
        """Return the first value of a header, empty where there is none."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), "")

    def with_header(self, name: str, value: str | None) -> Answer:
        """Return the same answer with one header replaced, or removed (None)."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


HANG_UP = Answer(status=0)
"""No answer: the connection is closed."""


@dataclass
class Exchange:
    """One request as it arrived.

    :ivar number: 1 for the first request that met the rule, 2 for the second, …
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    number: int
    _upstream: str = field(repr=False, default="")

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def upstream(self) -> Answer:
        """Pass the request on, and return the answer of the real server, read to its end."""
        address = urlsplit(self._upstream)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=UPSTREAM_SECS)
        try:
            connection.putrequest(self.method, self.target, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP | {"expect"}:
                    connection.putheader(name, value)
            connection.endheaders(self.body or None)
            answer = connection.getresponse()
            headers = tuple(pair for pair in answer.getheaders() if pair[0].lower() not in HOP_BY_HOP)
            return Answer(answer.status, answer.read(), headers)
        finally:
            connection.close()


Rule = Callable[[Exchange], Answer | None]


class Between:
    """Stands on a loopback port in front of one server.

    :ivar requests: method and path of all requests, in order of arrival
    """

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._rules: list[tuple[str, re.Pattern[str], Rule, list[int]]] = []
        self._lock = threading.Lock()
        self.requests: list[str] = []
        self.url = ""

    def rule(self, method: str, path: str, play: Rule) -> None:
        """Let a function answer each request of a method whose path, without query, a pattern matches.

        It returns the answer, or None for the answer of the real server. Of several rules the last one given
        that matches is asked.
        """
        self._rules.insert(0, (method, re.compile(path), play, [0]))

    def answer(self, request: Exchange) -> Answer:
        """Answer one request."""
        play: Rule | None = None
        with self._lock:
            self.requests.append(f"{request.method} {request.path}")
            for method, path, candidate, count in self._rules:
                if method == request.method and path.search(request.path):
                    count[0] += 1
                    request.number, play = count[0], candidate
                    break
        return (play(request) if play else None) or request.upstream()

    def exchange(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Exchange:
        """Return a request that can be passed on."""
        return Exchange(method, target, headers, body, 0, self._upstream)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        between = self.server.between
        answer = between.answer(between.exchange(self.command, self.path, dict(self.headers.items()), body))
        if answer == HANG_UP:
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD" and answer.says_length and answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        if answer.cut_after is not None or not answer.says_length:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[: answer.cut_after])
        if answer.byte_every_secs is not None:
            for byte in answer.body[answer.cut_after or 0 :]:
                self.wfile.flush()
                time.sleep(answer.byte_every_secs)
                self.wfile.write(bytes([byte]))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, between: Between) -> None:
        self.between = between
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client or server that goes away is part of the play."""


@contextmanager
def standing_between(upstream: str) -> Iterator[Between]:
    """Stand in front of a server; ``url`` of what is yielded takes the place of the server's."""
    between = Between(upstream)
    server = _Server(between)
    between.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield between
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def lead_through(
    configuration: Path, between: Between, *, system: str = "simulator", part: str = "url"
) -> None:
    """Change a client's configuration so that it reaches a server through a program between them.

    :param part: ``url`` (the API), ``iam_url`` or ``endpoint_url`` (the store)
    """
    document = yaml.safe_load(configuration.read_text())
    section = document["systems"][system]
    (section["storage"] if part == "endpoint_url" else section)[part] = between.url
    configuration.write_text(yaml.safe_dump(document, sort_keys=False))
