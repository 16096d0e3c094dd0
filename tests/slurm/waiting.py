"""Waiting for a condition, with a bound that only a broken machine reaches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECS = 90.0
STEP_SECS = 0.05


def eventually(condition: Callable[[], T], what: str = "", secs: float = SECS) -> T:
    """Return what the condition says once that is true.

    :param what: what is waited for, for the message
    """
    deadline = time.monotonic() + secs
    while True:
        if answer := condition():
            return answer
        assert time.monotonic() < deadline, f"not within {secs:.0f} s: {what or condition}; last: {answer!r}"
        time.sleep(STEP_SECS)
