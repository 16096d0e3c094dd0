"""Backends: one is one quantum computer as the APIs name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Backend:
    """What a service says of one backend.

    :param status: online, offline or paused
    :param locked: whether a reservation is active; None where the server does not tell
    """

    name: str
    status: str
    message: str | None = None
    version: str | None = None
    locked: bool | None = None
