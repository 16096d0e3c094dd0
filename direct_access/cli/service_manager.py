"""What a service tells systemd about itself: sd_notify(3), "Protocol"."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"


def notify(environment: Mapping[str, str], state: str) -> None:
    """Tell the service manager a state; where there is none, or it does not listen, nothing happens."""
    name = environment.get("NOTIFY_SOCKET", "")
    if not name.startswith(("/", "@")):
        return
    address = "\0" + name[1:] if name.startswith("@") else name
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(state.encode(), address)
