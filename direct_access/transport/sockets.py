"""Sockets that obey the time limit of a request in each step, and give up when almost no bytes come.

A timeout of a socket bounds one step. A server that sends a byte a minute never meets it, and would hold a
request for days.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Any

from direct_access.retry.deadline import TimeLimit

SLOWEST_BYTES_A_SECOND = 1024
LONGEST_LOOK_UP_SECS = 20.0
"""A resolver asks the next name server after 5 s (resolv.conf(5))."""


class TooSlow(TimeoutError):
    """The other side takes or sends less than ``SLOWEST_BYTES_A_SECOND``."""


class _Flow:
    """Bytes in one direction, and how long we waited for them; the wait for the first one does not count."""

    def __init__(self) -> None:
        self._bytes = 0
        self._secs = 0.0
        self._has_begun = False

    def passed(self, count: int, secs: float, window_secs: float) -> None:
        """Count bytes; in each window of waiting there must be enough of them.

        :raises TooSlow: if there are not
        """
        if self._has_begun:
            self._secs += secs
        self._has_begun = True
        self._bytes += count
        if self._secs < window_secs:
            return
        if count and self._bytes < SLOWEST_BYTES_A_SECOND * self._secs:
            raise TooSlow(f"less than {SLOWEST_BYTES_A_SECOND} bytes a second")
        self._bytes, self._secs = 0, 0.0


class TimedSocket(socket.socket):
    """A socket for one request at a time."""

    # Defaults of the class, since ssl makes its sockets without calling __init__ of a class of ours.
    _limit: TimeLimit | None = None
    _timeout_secs: float | None = None
    _received: _Flow | None = None
    _sent: _Flow | None = None

    def begin(self, limit: TimeLimit | None) -> None:
        """Begin another request, with a time limit and counts of its own."""
        self._limit = limit
        self._received = self._sent = None

    def settimeout(self, value: float | None, /) -> None:
        """Set the longest time for one step."""
        self._timeout_secs = value
        super().settimeout(value)

    def gettimeout(self) -> float | None:
        """Return the longest time for the next step."""
        return self._limit.shortened(self._timeout_secs) if self._limit else self._timeout_secs

    def connect(self, address: Any, /) -> None:
        self._begin_step()
        super().connect(address)

    def recv(self, *args: Any) -> bytes:
        began = self._begin_step()
        data = super().recv(*args)
        self._received = self._counted(self._received, len(data), began)
        return data

    def recv_into(self, *args: Any) -> int:
        began = self._begin_step()
        count = super().recv_into(*args)
        self._received = self._counted(self._received, count, began)
        return count

    def send(self, *args: Any) -> int:
        began = self._begin_step()
        count = super().send(*args)
        self._sent = self._counted(self._sent, count, began)
        return count

    def sendall(self, data: Any, *args: Any) -> None:
        with memoryview(data) as whole, whole.cast("B") as left:
            sent = 0
            while sent < len(left):
                sent += self.send(left[sent:], *args)

    def _begin_step(self) -> float:
        super().settimeout(self.gettimeout())
        return time.monotonic()

    def _counted(self, flow: _Flow | None, count: int, began: float) -> _Flow:
        flow = flow or _Flow()
        if self._timeout_secs is not None:
            flow.passed(count, time.monotonic() - began, self._timeout_secs)
        return flow


class TimedTlsSocket(TimedSocket, ssl.SSLSocket):
    """The TLS sockets of our contexts (``SSLContext.sslsocket_class``)."""


def connected(
    host: str,
    port: int,
    timeout_secs: float | None,
    limit: TimeLimit | None,
    options: Sequence[tuple[int, int, int | bytes]] = (),
) -> TimedSocket:
    """Return a socket that is connected to the first address of a host that takes it.

    :param timeout_secs: longest time for one address
    :raises socket.gaierror: the name does not resolve, or not in time
    :raises TimeoutError: the last address did not answer in time
    :raises OSError: no address takes the connection
    """
    failed: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for family, kind, protocol, _, address in _look_up(host, port, limit):
        connection = TimedSocket(family, kind, protocol)
        try:
            connection.begin(limit)
            for option in options:
                connection.setsockopt(*option)
            connection.settimeout(timeout_secs)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failed = error
        else:
            return connection
    raise failed


def _look_up(host: str, port: int, limit: TimeLimit | None) -> Sequence[tuple[Any, ...]]:
    """Return what getaddrinfo(3) does, which has no timeout: at the limit we stop waiting for it."""
    name = host.strip("[]")
    secs = limit.shortened(LONGEST_LOOK_UP_SECS) if limit else LONGEST_LOOK_UP_SECS
    if _is_address(name):
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    ended: queue.SimpleQueue[Sequence[tuple[Any, ...]] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            ended.put(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except OSError as error:
            ended.put(error)
        except UnicodeError:
            ended.put(socket.gaierror(socket.EAI_NONAME, "not a valid name"))

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        found = ended.get(timeout=secs)
    except queue.Empty:
        raise socket.gaierror(socket.EAI_AGAIN, "the name servers did not answer in time") from None
    if isinstance(found, OSError):
        raise found
    return found


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
