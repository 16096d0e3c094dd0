"""An HTTP server that answers as told and remembers what it was asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any, cast

from direct_access.simulator.http import Request, Response, Server

Answer = Callable[["Seen"], Response]


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: Message
    body: bytes


class ScriptedServer:
    """Answers with the scripted responses in turn, the last one for ever; or with what a function returns.

    :ivar seen: all requests, in order of arrival
    :ivar connections: number of connections accepted
    """

    def __init__(self, *responses: Response | Answer) -> None:
        self._script = list(responses) or [Response()]
        self._lock = threading.Lock()
        self.seen: list[Seen] = []
        self.connections = 0
        self.url = ""

    def handle(self, request: Request) -> Response:
        seen = Seen(request.method, request.target, request.headers, request.body.read_all(1 << 30))
        with self._lock:
            answer = self._script[min(len(self.seen), len(self._script) - 1)]
            self.seen.append(seen)
        return answer(seen) if callable(answer) else answer


class _CountingServer(Server):
    def get_request(self) -> tuple[Any, Any]:
        accepted = super().get_request()
        cast(ScriptedServer, self.application).connections += 1
        return accepted


@contextmanager
def serving(scripted: ScriptedServer, tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    """Serve on a loopback port; ``scripted.url`` is set. With TLS the URL says ``localhost``."""
    server = _CountingServer(scripted, tls=tls)
    scripted.url = server.url.replace("127.0.0.1", "localhost") if tls else server.url
    server.start()
    try:
        yield scripted
    finally:
        server.stop()
