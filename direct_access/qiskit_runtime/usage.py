"""What a job, a workload or an instance has used, whichever version of the API tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import number, text

_SECONDS = ("qpu_charge_time_seconds", "seconds", "quantum_seconds")
"""Its names, the newest first; before version 2026-03-15 it was ``seconds``."""


@dataclass(frozen=True)
class Usage:
    """Time on the quantum computer that is charged.

    :param seconds: None where the server does not tell
    :param status: ``pending`` while it may still change, ``complete``; None before version 2026-03-15
    """

    seconds: float | None
    status: str | None = None


def parse_usage(value: object) -> Usage | None:
    """Read a ``usage`` object; None where there is none, or one without a time."""
    if not isinstance(value, Mapping):
        return None
    told: Mapping[str, Any] = value
    seconds = next((found for name in _SECONDS if (found := number(told.get(name))) is not None), None)
    status = text(told.get("status"))
    return None if seconds is None and status is None else Usage(seconds, status)
