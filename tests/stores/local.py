"""What child processes on this machine need."""

from __future__ import annotations

import itertools
import random
import shutil
import socket

FIRST_PORT, BEHIND_LAST_PORT = 20000, 32768
"""Below the ephemeral ports (ip_local_port_range): no client takes one meanwhile."""


def dies_with_us() -> list[str]:
    """Return a prefix that lets a server die even if we are killed (setpriv(1))."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def free_ports(number: int, offset: int = 0) -> list[int]:
    """Return ports that are free, as are those that are so much higher."""
    candidates = range(FIRST_PORT, BEHIND_LAST_PORT - offset)
    free = (
        port
        for port in random.sample(candidates, len(candidates))
        if _is_free(port) and _is_free(port + offset)
    )
    return list(itertools.islice(free, number))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
