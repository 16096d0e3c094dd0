"""A report as a document, and the state file that one node publishes for all that make no request.

Nodes that read it never leave service because of a server: the quantum system being away is no
reason to drain a node, and a file that nobody renewed says nothing about anything.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from direct_access import atomic
from direct_access.clock import rfc3339
from direct_access.errors import LocalStorageError
from direct_access.health.check import CheckReport, Result
from direct_access.light_dataclass import dataclass
from direct_access.model.server_json import read_json
from direct_access.units import format_duration

SCHEMA = "direct-access/health/v1"
_MOST_BYTES = 1 << 20


def document(report: CheckReport) -> dict[str, Any]:
    """Return a report as JSON data, with its version."""
    cause = report.cause
    return {
        "schema": SCHEMA,
        "system": report.system or None,
        "level": report.level.name,
        "checked_at": rfc3339(report.checked_at),
        "secs": round(report.secs, 6),
        "cause": cause.finding.check if cause else None,
        "findings": [_finding(result) for result in report.results],
    }


def _finding(result: Result) -> dict[str, Any]:
    finding = result.finding
    measures = [
        {"name": measure.name, "value": measure.value, "labels": dict(measure.labels)}
        for measure in finding.measures
    ]
    return {
        **asdict(finding),
        "level": finding.level.name,
        "secs": round(finding.secs, 6),
        "kind": result.error.kind if result.error else None,
        "because": result.because,
        "next": result.command or None,
        "measures": measures,
    }


def publish(path: Path, report: CheckReport) -> None:
    """Replace the state file; everybody may read it, and it holds no secret.

    :raises LocalStorageError: if it cannot be written
    """
    state = {**document(report), "checked_at_secs": report.checked_at}
    write(path, json.dumps(state, indent=1) + "\n")


def write(path: Path, text: str) -> None:
    """Replace a file that other users read, by rename(2).

    :raises LocalStorageError: if it cannot be written
    """
    try:
        with atomic.replacing(path) as file:
            os.fchmod(file.fileno(), 0o644)  # whatever the umask
            file.write(text.encode())
    except OSError as error:
        raise LocalStorageError(f"cannot write {path}: {error.strerror}", subject=str(path)) from error


@dataclass(frozen=True)
class State:
    """What the state file says.

    :param words: one line
    :param is_fresh: whether it says anything about now
    """

    words: str
    is_fresh: bool


def read_state(path: Path, stale_secs: float, now: float) -> State:
    """Return what was published; a file that is missing, damaged or old is not an error.

    :param now: seconds since the epoch
    """
    try:
        with path.open("rb") as file:
            state = read_json(file.read(_MOST_BYTES))
        level, cause, checked_at = state["level"], state["cause"], float(state["checked_at_secs"])
        seen = next((f["seen"] for f in state["findings"] if f["check"] == cause and not f["because"]), "")
        if not math.isfinite(checked_at):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        return State(f"{path} says nothing", is_fresh=False)
    age = now - checked_at
    if not -stale_secs <= age <= stale_secs:
        return State(f"{path} is {format_duration(max(0.0, age))} old and says nothing", is_fresh=False)
    return State(f"{level}: {cause}: {seen}" if cause else str(level), is_fresh=True)
