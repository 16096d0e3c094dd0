"""The one way to end a run from outside: by a signal, a deadline, or a request to detach."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import field

from direct_access.errors import DirectAccessError
from direct_access.light_dataclass import dataclass


@dataclass
class Control:
    """Shared by the thread that runs the steps and the thread that owns signals.

    :param stop: set when the run shall end early; everything that waits, waits on it
    :param reason: why, as the error that the run then ends with
    :param at_report: what to do once the caller has reported how the run ended; None: do it at once
    """

    stop: threading.Event = field(default_factory=threading.Event)
    reason: DirectAccessError | None = None
    at_report: contextlib.ExitStack | None = None
    _follows: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self, reason: DirectAccessError) -> None:
        """Ask the run to end; the first reason stays."""
        if self.reason is None:
            self.reason = reason
        self.stop.set()

    @contextlib.contextmanager
    def following(self) -> Iterator[None]:
        """Follow another process's run meanwhile; :meth:`check` before a run of our own begins after it."""
        with self._lock:
            self._follows = True
        try:
            yield
        finally:
            with self._lock:
                self._follows = False

    def end_following(self, reason: DirectAccessError) -> bool:
        """Ask to end if we follow another process's run; return whether we do."""
        with self._lock:
            if self._follows:
                self.end(reason)
            return self._follows

    def after_report(self, work: Callable[[], object]) -> None:
        """Do what lets the next call begin a new run: not before the end of this one is reported."""
        if self.at_report is None:
            work()
        else:
            self.at_report.callback(work)

    def check(self) -> None:
        """Raise the reason if the run shall end."""
        if self.reason is not None:
            raise self.reason
