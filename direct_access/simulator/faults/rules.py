"""What may go wrong with an answer, as data."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from direct_access.simulator.documents import keyword_arguments

REPLIES: Mapping[str, tuple[str, str]] = {
    "html": (
        "text/html",
        "<html><head><title>Gateway error</title></head><body><h1>Gateway error</h1></body></html>",
    ),
    "garbage": ("application/json", '{"status": "Run'),
    "empty": ("application/json", ""),
    "text": ("text/plain", "upstream connect error or disconnect/reset before headers"),
}

APPS = ("iam", "api", "store", "cloud")


@dataclass
class Fault:
    """One thing that goes wrong, on the requests that it matches.

    :param app: ``iam``, ``api``, ``store``, ``cloud`` or ``*``
    :param method: HTTP method or ``*``
    :param path: shell pattern (:mod:`fnmatch`) of the decoded path, without the query
    :param times: how many requests it hits before it is used up, None for all
    :param skip: how many matching requests pass unharmed before
    :param status: answer with this status instead; the default body is the application's own error body
    :param code: error code in the application's own error body
    :param body: answer with this text
    :param reply: answer with one of the prepared bodies: ``html``, ``garbage``, ``empty``, ``text``
    :param headers: headers of the answer, besides or instead of its own
    :param after_work: do what was asked first, and spoil the answer only
    :param reset: close the connection with RST instead of answering
    :param cut_after: send only so many bytes of the body, then close the connection
    :param pause_secs: send the body in eight pieces with this time between them
    :param delay_secs: let so much time pass on the simulator's clock first
    """

    app: str = "api"
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    skip: int = 0
    status: int | None = None
    code: str | None = None
    body: str | None = None
    reply: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    after_work: bool = False
    reset: bool = False
    cut_after: int | None = None
    pause_secs: float = 0.0
    delay_secs: float = 0.0

    def __post_init__(self) -> None:
        if self.reply is not None and self.reply not in REPLIES:
            raise ValueError(f"reply {self.reply!r}; allowed: {', '.join(REPLIES)}")
        if self.app not in (*APPS, "*"):
            raise ValueError(f"app {self.app!r}; allowed: {', '.join(APPS)}, *")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times {self.times}; allowed: 1 or more, null for all")

    @classmethod
    def from_document(cls, document: Any) -> Fault:
        """Return the fault that this JSON object describes.

        :raises ValueError: unknown keys or values
        """
        return cls(**keyword_arguments(cls, document))

    def to_document(self) -> dict[str, Any]:
        """Return this fault as a JSON object."""
        return asdict(self)

    def matches(self, app: str, method: str, path: str) -> bool:
        """Return whether this request is one that the fault is meant for."""
        return (
            self.app in (app, "*") and self.method in (method, "*") and fnmatchcase(unquote(path), self.path)
        )

    @property
    def replaces_answer(self) -> bool:
        """Whether the application's own answer is not sent."""
        return self.reset or self.status is not None or self.body is not None or self.reply is not None


class FaultRules:
    """The faults that are still to come; the first that matches a request hits it."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Append a fault."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def pending(self) -> list[Fault]:
        """Return the faults that are not used up."""
        with self._lock:
            return list(self._faults)

    def take(self, app: str, method: str, path: str) -> Fault | None:
        """Return the fault that hits this request, and count it."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if not fault.matches(app, method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None
