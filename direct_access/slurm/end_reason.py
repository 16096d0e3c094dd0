"""What shall become of the quantum job when Slurm ends us: a pure function of Slurm's own record.

The state alone does not tell the cases apart: it is COMPLETING for scancel, requeue and preemption alike.
The record changes before the signal is sent (observed with Slurm 22.05 and 24.11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from direct_access.slurm.squeue import ABSENT
from direct_access.units import parse_duration_secs

ENDS_SOON_SECS = 120
_GOES_ON = frozenset({"RUNNING", "SIGNALING", "CONFIGURING", "RESIZING", "STOPPED", "SUSPENDED"})
"""States of a job that Slurm is not ending; SIGNALING: it is just sending a signal (squeue(1))."""


class Fate(str, Enum):
    """What becomes of the quantum job."""

    CANCEL = "cancel"
    LEAVE = "leave"


@dataclass(frozen=True)
class EndReason:
    """Why Slurm ends us, in a word, and what follows for the quantum job."""

    name: str
    fate: Fate


UNKNOWN = EndReason("unknown", Fate.LEAVE)
TIME_LIMIT = "time limit"


def end_reason(
    record: Mapping[str, str] | None, restart_count: int, on_time_limit: Fate, now: float
) -> EndReason:
    """Return why we are ended; the first match counts.

    :param record: fields of our job, None if Slurm gave no answer
    :param restart_count: our own ``SLURM_RESTART_COUNT``
    :param on_time_limit: the user's wish for the quantum job at the time limit
    :param now: seconds since the epoch
    """
    if record is None:
        return UNKNOWN
    state = record.get("JobState", "")
    restarts = record.get("Restarts", "")
    if restarts.isdecimal() and int(restarts) > restart_count:
        return EndReason("requeued", Fate.LEAVE)
    if record.get("PreemptTime", "") not in ABSENT:
        return EndReason("preempted", Fate.LEAVE)
    if record.get("Reason") == "TimeLimit" or state in ("TIMEOUT", "DEADLINE"):
        return EndReason(TIME_LIMIT, on_time_limit)
    if state == "NODE_FAIL":
        return EndReason("node failure", Fate.LEAVE)
    if state == "COMPLETING" and _batch_script_failed(record) and _is_soon(_limit(record), now):
        return EndReason(TIME_LIMIT, on_time_limit)
    if state in ("COMPLETING", "CANCELLED"):
        return EndReason("cancelled", Fate.CANCEL)
    if state in _GOES_ON:
        soon = _is_soon(seconds(record.get("EndTime", "")), now)
        return EndReason(TIME_LIMIT, on_time_limit) if soon else EndReason("signalled", Fate.CANCEL)
    return UNKNOWN


def _batch_script_failed(record: Mapping[str, str]) -> bool:
    """Whether the job ends because its batch script died; ``scancel`` leaves the exit code at 0.

    So it is when ``--signal=B:TERM@60`` reaches a shell without a trap: then Slurm ends the job's steps.
    """
    return record.get("ExitCode", "0") not in ("", "0", "0:0")


def _limit(record: Mapping[str, str]) -> float | None:
    """Return when the time limit is reached, which EndTime does not tell any more once the job ends."""
    start = seconds(record.get("StartTime", ""))
    try:
        return None if start is None else start + parse_duration_secs(record.get("TimeLimit", ""))
    except ValueError:
        return None


def _is_soon(moment: float | None, now: float) -> bool:
    return moment is not None and moment - now <= ENDS_SOON_SECS


def seconds(time: str) -> float | None:
    """Return a time that Slurm prints, local or as a number, in seconds since the epoch, else None."""
    try:
        return float(time) if time.isdecimal() else datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError):
        return None
