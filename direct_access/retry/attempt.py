"""Which attempt a thread makes, for those far below who tell of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_this_thread = threading.local()


def attempt_under_way() -> int:
    """Return the number of the attempt that this thread makes, counted from 1."""
    return getattr(_this_thread, "number", 1)


@contextmanager
def attempt_numbered(number: int) -> Iterator[None]:
    """Have what happens meanwhile belong to an attempt; attempts within attempts count for themselves."""
    outer = attempt_under_way()
    _this_thread.number = number
    try:
        yield
    finally:
        _this_thread.number = outer
