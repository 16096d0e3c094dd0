"""Signals as bytes in a pipe, so that none is missed.

A handler in Python runs too late where a signal comes after the interpreter's last look at its flags and
before the system call that waits; the C handler of the interpreter writes to this pipe at once
(signal.set_wakeup_fd).
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from direct_access.errors import SignalError

WAKE = 0


class SignalPipe:
    """Catches signals while it is entered; to be used in the main thread.

    :param numbers: the signals; one that is ignored at the start (nohup(1)) stays ignored
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers = tuple(numbers)
        self._before: dict[int, Any] = {}
        self._descriptor_before = -1

    def __enter__(self) -> SignalPipe:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._descriptor_before = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in self._numbers:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, _caught)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, SignalError):  # else the process ends: another signal must not change how
            for number, handler in self._before.items():
                signal.signal(number, handler)
        signal.set_wakeup_fd(self._descriptor_before)
        os.close(self._reader)
        writer, self._writer = self._writer, -1
        os.close(writer)

    def next(self) -> int:
        """Wait for and return the number of a signal, or :data:`WAKE`."""
        return os.read(self._reader, 1)[0]

    def wake(self) -> None:
        """Let :meth:`next` return; from any thread, also when nobody waits any more."""
        with contextlib.suppress(OSError):
            os.write(self._writer, bytes([WAKE]))


def _caught(_number: int, _frame: object) -> None:
    """Nothing: the byte is in the pipe already."""
