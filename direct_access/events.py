"""What happens, told as events: one line each, of values that cannot hold a secret.

A line is logfmt: ``time=… level=… event=…`` and the fields of the event. Numbers and truth values pass as
they are; a text passes as a :class:`Text` and a URL as a :class:`Url` only, both of which hold what may be
shown and nothing else; whatever comes as another type is not written. Unless somebody listens, nothing is
done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, IntEnum

from direct_access.redact import HIDDEN, redact_text

LONGEST_TEXT = 400
_MOST_READ = 1 << 16


class EventLevel(IntEnum):
    """How much is told: of ``-v`` and ``-vv``."""

    NONE = 0
    INFO = 1
    DEBUG = 2


class Event(Enum):
    """Everything that is told, and from which level on."""

    START = ("start", EventLevel.INFO)
    CONFIG = ("config", EventLevel.DEBUG)
    SECRET = ("secret", EventLevel.DEBUG)
    TOKEN = ("token", EventLevel.INFO)
    HTTP = ("http", EventLevel.INFO)
    RETRY = ("retry", EventLevel.INFO)
    STEP = ("step", EventLevel.INFO)
    JOB = ("job", EventLevel.INFO)
    PAUSE = ("pause", EventLevel.DEBUG)
    SIGNAL = ("signal", EventLevel.INFO)
    SLURM = ("slurm", EventLevel.INFO)
    ERROR = ("error", EventLevel.INFO)
    END = ("end", EventLevel.INFO)

    def __init__(self, title: str, level: EventLevel) -> None:
        self.title = title
        self.level = level


class Text:
    """A text of ours or of others in one line, without secrets and queries of URLs."""

    __slots__ = ("_shown",)

    def __init__(self, text: str) -> None:
        text = text[:_MOST_READ]
        line = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
        shown = redact_text(line.strip())
        self._shown = shown if len(shown) <= LONGEST_TEXT else shown[: LONGEST_TEXT - 1] + "…"

    def __str__(self) -> str:
        return self._shown


class Url:
    """A URL without user, password, query and fragment: ``host`` and ``path`` in a line."""

    __slots__ = ("host", "path")

    def __init__(self, url: str) -> None:
        from urllib.parse import urlsplit

        parts = urlsplit(url)
        self.host = Text(parts.netloc.rpartition("@")[2])
        self.path = Text(parts.path or "/")


Value = int | float | bool | Text | None
Listener = Callable[[str], object]

_listener: Listener | None = None
_level = EventLevel.NONE


def listen(listener: Listener | None, level: EventLevel) -> None:
    """Have every event up to a level told to somebody, one line each, from all threads; None to nobody."""
    global _listener, _level
    _listener, _level = listener, level if listener else EventLevel.NONE


def wanted(event: Event) -> bool:
    """Return whether anybody listens: ask before you compute what to tell."""
    return event.level <= _level


def tell(event: Event, url: Url | None = None, **fields: Value) -> None:
    """Tell an event. Fields that are None are left out; units stand in their names."""
    if _listener is None or not wanted(event):
        return
    from direct_access.clock import rfc3339

    place = {"host": url.host, "path": url.path} if url else {}
    shown = {**place, **fields}
    begin = f"time={rfc3339(time.time())} level={event.level.name.lower()} event={event.title}"
    _listener(
        " ".join([begin, *(f"{name}={_shown(shown[name])}" for name in shown if shown[name] is not None)])
    )


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return _quoted(str(value)) if isinstance(value, Text) else HIDDEN


def _quoted(text: str) -> str:
    if text and not any(character in ' "=\\' for character in text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
