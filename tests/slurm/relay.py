"""Passes TCP connections from this network into that of process 1: ``relay.py PORT``, the same port in both.

A program. Its sockets stay in the network in which they were made: it listens here, then moves over there.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import sys
import threading

CLONE_NEWNET = 0x40000000


def main(port: int) -> None:
    """Serve until killed."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        network = os.open("/proc/1/ns/net", os.O_RDONLY)
        if ctypes.CDLL(None, use_errno=True).setns(network, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        while True:
            near, _ = listening.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with source.makefile("rb", 0) as reading, target.makefile("wb", 0) as writing:
        shutil.copyfileobj(reading, writing)
    target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main(int(sys.argv[1]))
