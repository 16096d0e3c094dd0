"""The log of one job: lines of "time level message", from the level on that the job asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

LEVELS = ("debug", "info", "warning", "error", "critical")


def job_log(level: str, emit: Callable[[str], None]) -> logging.Logger:
    """Return a logger whose lines, newline included, go to a function; unknown levels are warning."""
    log = logging.Logger("job", level.upper() if level in LEVELS else logging.WARNING)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    log.addHandler(_Lines(formatter, emit))
    return log


class _Lines(logging.Handler):
    def __init__(self, formatter: logging.Formatter, emit_line: Callable[[str], None]) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._emit_line = emit_line

    def emit(self, record: logging.LogRecord) -> None:
        self._emit_line(self.format(record) + "\n")
