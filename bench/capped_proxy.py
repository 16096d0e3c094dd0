"""A proxy between a client and one server that passes on at most so much on each connection, as stores do.

``capped_proxy.py HOST PORT BYTES_A_SECOND``; 0 for no bound. It prints its own port, and ends with its input.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time

BLOCK_BYTES = 1 << 18


def _pass_on(source: socket.socket, target: socket.socket, bytes_a_second: float) -> None:
    block = memoryview(bytearray(BLOCK_BYTES))
    due = time.monotonic()
    with contextlib.suppress(OSError):
        while used := source.recv_into(block):
            target.sendall(block[:used])
            if bytes_a_second:
                due = max(due, time.monotonic() - 0.1) + used / bytes_a_second
                time.sleep(max(0.0, due - time.monotonic()))
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def main(host: str, port: int, bytes_a_second: float) -> None:
    """Serve until standard input ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve() -> None:
        while True:
            client, _ = listener.accept()
            server = socket.create_connection((host, port))
            for ends in ((client, server, 0.0), (server, client, bytes_a_second)):
                threading.Thread(target=_pass_on, args=ends, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
