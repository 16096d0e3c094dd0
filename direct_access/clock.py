"""Time, behind a protocol, so that tests and the simulator can move it by hand."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

from direct_access.errors import ConfigurationError

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """The three times this project needs, all in seconds, and waiting."""

    def wall(self) -> float:
        """Return the time of day as seconds since the epoch; it can be set back."""

    def boottime(self) -> float:
        """Return seconds since boot, suspend included: never set back, one for all processes of a node."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until the event is set, at most so many seconds; return whether it is set."""


class SystemClock:
    """The machine's own clocks (clock_gettime(2))."""

    def wall(self) -> float:
        return time.time()

    def boottime(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(min(seconds, threading.TIMEOUT_MAX))


class ManualClock:
    """A clock that moves only when told to, or when somebody waits on it."""

    def __init__(self, wall: float = 1_770_000_000.0) -> None:
        self._epoch = wall
        self._elapsed = 0.0
        self._lock = threading.Lock()

    def wall(self) -> float:
        return self._epoch + self._elapsed

    def boottime(self) -> float:
        return self._elapsed

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Return at once, as if the time had passed."""
        if not event.is_set():
            self.advance(seconds)
        return event.is_set()

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        with self._lock:
            self._elapsed += max(0.0, seconds)

    def set_wall(self, wall: float) -> None:
        """Set the time of day, forward or back; the boot time does not notice."""
        with self._lock:
            self._epoch = wall - self._elapsed


def rfc3339(wall: float) -> str:
    """Return a time of day as RFC 3339 in UTC with microseconds, as the API prints it."""
    moment = datetime.fromtimestamp(wall, timezone.utc)
    # strftime(3) writes the year 999 with three digits; RFC 3339 demands four.
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_rfc3339(text: str) -> float:
    """Return the seconds since the epoch of an RFC 3339 time.

    :raises ValueError: if it is none
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def start_ticks(pid: int) -> int | None:
    """Return when a process started, clock ticks since the boot; None if it has ended.

    That is field 22 of ``/proc/pid/stat`` (proc(5)); the pid is one of this pid namespace.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else int(rest[18])


def process_began() -> float:
    """Return when this process was started, seconds since the epoch; now, where /proc does not tell.

    Its program may have begun seconds later, where modules come from a file system that many nodes read.
    """
    ticks = start_ticks(os.getpid())
    if ticks is None:
        return time.time()
    age_secs = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.time() - max(0.0, age_secs)


def boot_id() -> str:
    """Return the id of this boot of this machine (random(4), /proc/sys/kernel/random/boot_id).

    :raises ConfigurationError: if it cannot be read
    """
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(
            f"{BOOT_ID} cannot be read: {error.strerror}; without it processes cannot be told apart",
            subject=str(BOOT_ID),
            advice="have /proc mounted where this runs, also in a container (proc(5))",
        ) from error
