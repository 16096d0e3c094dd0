"""``/metrics`` over HTTP, for few readers at a time and none that is slow while others wait."""

from __future__ import annotations

import ipaddress
import re
import socket
import socketserver
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Any

from prometheus_client.exposition import MetricsHandler
from prometheus_client.registry import CollectorRegistry

from direct_access.errors import ConfigurationError

MOST_READERS = 8
READER_SECS = 10.0
POLL_SECS = 0.05
"""How soon the server sees that it shall end."""
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class _Handler(MetricsHandler):
    """Answers programs, and no web page that a browser shows."""

    timeout = READER_SECS
    server: _Server

    def do_GET(self) -> None:  # noqa: N802  the name that http.server looks for
        try:
            if status := self._refusal():
                self.send_error(status)
            else:
                super().do_GET()
        except (ValueError, TypeError):  # a target or an Accept that the library cannot read
            self.send_error(HTTPStatus.BAD_REQUEST)

    def _refusal(self) -> HTTPStatus | None:
        if "Origin" in self.headers:
            return HTTPStatus.FORBIDDEN
        hosts = self.headers.get_all("Host", [])
        if len(hosts) > 1 or (hosts and not (match := _HOST.fullmatch(hosts[0].strip()))):
            return HTTPStatus.BAD_REQUEST
        if hosts and match and not self.server.is_called(match["name"]):
            return HTTPStatus.MISDIRECTED_REQUEST
        return None


class _Server(ThreadingHTTPServer):
    """Hangs up on the reader who takes longest when another comes and all places are taken.

    So threads, and memory, stay bounded, and slow readers keep nobody else out.
    """

    def __init__(
        self, host: str, family: socket.AddressFamily, address: Any, handler: type[_Handler]
    ) -> None:
        self.address_family = family
        self._names = {host.lower(), "localhost", socket.gethostname().lower()}
        self._readers: OrderedDict[Any, float] = OrderedDict()
        self._lock = threading.Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind; HTTPServer would look up the name of this host too, which takes long where DNS is down."""
        socketserver.TCPServer.server_bind(self)

    def is_called(self, name: str) -> bool:
        """Return whether a name is one of this server's: what listens on loopback is not led to by any other.

        An address is never a name of somebody else's, and what listens for the network is for the network.
        """
        if name.lower().rstrip(".") in self._names or not _is_loopback(str(self.server_address[0])):
            return True
        return _is_address(name.strip("[]"))

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            if len(self._readers) >= MOST_READERS:
                _hang_up(self._readers.popitem(last=False)[0])
            self._readers[request] = time.monotonic()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._readers.pop(request, None)

    def service_actions(self) -> None:
        """Hang up on readers whose time is over: one who sends a byte now and then is never idle."""
        with self._lock:
            late = [each for each, began in self._readers.items() if time.monotonic() - began > READER_SECS]
            for request in late:
                _hang_up(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a reader that went away is not an event."""


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


@contextmanager
def serving(registry: CollectorRegistry, host: str, port: int) -> Iterator[str]:
    """Serve metrics until the end of the block; yield the URL.

    :param host: an address, or a name of this machine
    :param port: 0 takes a free one
    :raises ConfigurationError: if nobody can listen there
    """
    handler = type("Handler", (_Handler,), {"registry": registry})
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        server = _Server(host, found[0][0], found[0][4], handler)
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
