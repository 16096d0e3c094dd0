"""``/metrics`` over HTTP, for few readers at a time and none that dawdles."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from prometheus_client.exposition import MetricsHandler
from prometheus_client.registry import CollectorRegistry

from direct_access.errors import ConfigurationError

MOST_READERS = 8
READER_SECS = 10.0
POLL_SECS = 0.05
"""How soon the server sees that it shall end."""


class _Server(ThreadingHTTPServer):
    """Hangs up on whoever comes while all places are taken: threads, and so memory, stay bounded."""

    def __init__(self, family: socket.AddressFamily, address: Any, handler: type[MetricsHandler]) -> None:
        self.address_family = family
        self._places = threading.BoundedSemaphore(MOST_READERS)
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind; HTTPServer would look up the name of this host too, which takes long where DNS is down."""
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a reader that went away is no event."""


@contextmanager
def serving(registry: CollectorRegistry, host: str, port: int) -> Iterator[str]:
    """Serve metrics until the end of the block; yield the URL.

    :param host: an address, or a name of this machine
    :param port: 0 takes a free one
    :raises ConfigurationError: if nobody can listen there
    """
    handler = type("Handler", (MetricsHandler,), {"registry": registry, "timeout": READER_SECS})
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        server = _Server(found[0][0], found[0][4], handler)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}, port {port}: {error.strerror}",
            subject=f"{host}:{port}",
            advice="name an address of this machine and a port that nobody uses: --listen ADDRESS:PORT",
        ) from error
    threading.Thread(target=server.serve_forever, args=(POLL_SECS,), name="metrics", daemon=True).start()
    try:
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{server.server_address[1]}/metrics"
    finally:
        server.shutdown()
        server.server_close()
