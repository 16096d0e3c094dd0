"""Connections that obey time limits, and note when the certificate of their server expires."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from direct_access.retry.deadline import limit_under_way
from direct_access.transport.sockets import TimedSocket, connected

Expiries = dict[tuple[str, int], float]
"""When the certificate of a host and port expires, seconds since the epoch."""


def pool_classes(send_timeout_secs: float, expiries: Expiries) -> dict[str, type[HTTPConnectionPool]]:
    """Return pools whose connections may take as long to send as to answer.

    urllib3 leaves the connect timeout on the socket until the whole request is sent, so that a store which
    stalls for some seconds would break an upload; and it calls a slow TLS handshake a slow answer. What a
    connection does obeys the time limit (:class:`.TimeLimit`) of the request that it is made or used for.
    """

    class Connection(HTTPConnection):
        debuglevel = 0  # http.client prints headers where somebody sets its own to 1

        def _new_conn(self) -> socket.socket:
            return _connected(self)

        def connect(self) -> None:
            super().connect()
            self.sock.settimeout(send_timeout_secs)

        def request(self, *args: Any, **options: Any) -> None:
            _begin(self)
            super().request(*args, **options)

    class TlsConnection(HTTPSConnection):
        debuglevel = 0

        def _new_conn(self) -> socket.socket:
            return _connected(self)

        def connect(self) -> None:
            try:
                super().connect()
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "the TLS handshake timed out") from error
            self.sock.settimeout(send_timeout_secs)
            _note(expiries, self)

        def request(self, *args: Any, **options: Any) -> None:
            _begin(self)
            super().request(*args, **options)

        def send(self, data: Any) -> None:
            try:
                super().send(data)
            except ssl.SSLEOFError:
                # A TLS 1.3 server refuses our certificate after the handshake (RFC 8446, 4.4.2.4): its alert
                # is there to be read, and raised by reading, though nothing can be sent any more.
                self.sock.recv(1)
                raise

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": Pool, "https": TlsPool}


def _connected(connection: HTTPConnection) -> socket.socket:
    """Return a connection's socket, with the errors of urllib3's own ``_new_conn``."""
    options = connection.socket_options or ()
    host, port = connection._dns_host, connection.port or 80  # with the dot of an absolute name
    try:
        return connected(host, port, connection.timeout, limit_under_way(), options)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "the TCP connection timed out") from error
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error


def _begin(connection: HTTPConnection) -> None:
    """Make a connection, new or used before, obey the limit of the request that follows.

    TLS to a server through TLS to a proxy is not a socket: it reads and writes by that of the proxy.
    """
    own = connection.sock
    timed = getattr(own, "socket", own)
    if isinstance(timed, TimedSocket):
        timed.begin(limit_under_way())


def _note(expiries: Expiries, connection: HTTPSConnection) -> None:
    """Note when the certificate of a verified connection expires (RFC 5280, 4.1.2.5)."""
    read = getattr(connection.sock, "getpeercert", None)
    certificate: dict[str, str] = (read and read()) or {}
    if expiry := certificate.get("notAfter"):
        tunnel, port = connection._tunnel_host, connection._tunnel_port
        host = (tunnel or connection.host).strip("[]")
        expiries[host, port or connection.port or 443] = ssl.cert_time_to_seconds(expiry)
