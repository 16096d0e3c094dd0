"""The progress of a run on standard error: a line for each stage, and on a terminal what goes on between."""

from __future__ import annotations

from direct_access.cli.streams import say, stderr_is_terminal
from direct_access.events import Event, wanted
from direct_access.printable import plain_line

_CLEAR_LINE = "\r\x1b[K"


class TerminalReporter:
    """A :class:`direct_access.runner.reporter.Reporter` on standard error.

    :param verbosity: 0 warnings only, 1 stages and notes too
    """

    def __init__(self, verbosity: int = 1) -> None:
        self._verbosity = verbosity
        self._terminal = stderr_is_terminal()
        self._unfinished_line = False
        self._last_stage = ("", "")

    def stage(self, name: str, text: str) -> None:
        if self._verbosity >= 1 and (name, text) != self._last_stage:
            self._line(f"{name}: {text}")
        self._last_stage = (name, text)

    def note(self, text: str) -> None:
        if self._verbosity >= 1:
            self._line(text)

    def warning(self, text: str) -> None:
        self._line(f"warning: {text}")

    def progress(self, text: str) -> None:
        if self._terminal and not wanted(Event.START) and self._verbosity >= 1:
            say(f"{_CLEAR_LINE}direct-access: {plain_line(text)}", end="")
            self._unfinished_line = True

    def end(self) -> None:
        """Leave the cursor at the start of a line."""
        if self._unfinished_line:
            say(_CLEAR_LINE, end="")
            self._unfinished_line = False

    def _line(self, text: str) -> None:
        self.end()
        say(f"direct-access: {plain_line(text)}")
