"""The one way to end a run from outside: by a signal, a deadline, or a wish to detach."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from direct_access.errors import DirectAccessError

if TYPE_CHECKING:
    from direct_access.runner.context import Context


@dataclass
class Control:
    """Shared by the thread that runs the steps and the thread that owns signals.

    :param stop: set when the run shall end early; everything that waits, waits on it
    :param reason: why, as the error that the run then ends with
    :param context: the run under way, once there is one
    """

    stop: threading.Event = field(default_factory=threading.Event)
    reason: DirectAccessError | None = None
    context: Context | None = None

    def end(self, reason: DirectAccessError) -> None:
        """Ask the run to end; the first reason stays."""
        if self.reason is None:
            self.reason = reason
        self.stop.set()

    def check(self) -> None:
        """Raise the reason if the run shall end."""
        if self.reason is not None:
            raise self.reason
