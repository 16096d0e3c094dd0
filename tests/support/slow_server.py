"""A server that takes connections, and then its time: it never answers, or sends a byte now and then."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

TRICKLE_SECS = 0.2
_ANSWERS_FOR_EVER = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


class SlowServer:
    """Listens on a loopback port until it is closed.

    :param sends: what it sends at once; None reads nothing and never answers
    :param trickles: then a byte every ``TRICKLE_SECS``
    """

    def __init__(self, sends: bytes | None, *, trickles: bool) -> None:
        self._sends = sends
        self._trickles = trickles
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            try:
                if self._sends is not None:
                    connection.recv(1 << 16)
                    connection.sendall(self._sends)
                while not self._over.wait(TRICKLE_SECS):
                    if self._trickles:
                        connection.sendall(b"x")
            except OSError:
                return

    def close(self) -> None:
        """Hang up."""
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def _serving(server: SlowServer) -> Iterator[SlowServer]:
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.close()


def silent() -> AbstractContextManager[SlowServer]:
    """Serve connections to which nothing is ever sent."""
    return _serving(SlowServer(None, trickles=False))


def trickling(head: bytes = _ANSWERS_FOR_EVER) -> AbstractContextManager[SlowServer]:
    """Serve a head at once, and then a body that never ends."""
    return _serving(SlowServer(head, trickles=True))
