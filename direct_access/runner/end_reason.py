"""What shall become of the quantum job when Slurm ends us: a pure function of Slurm's own record.

Only ``scontrol -o show job`` tells the cases apart: squeue shows COMPLETING for scancel, requeue and
preemption alike. The record changes before the signal is sent (observed with Slurm 22.05 and 24.11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

ENDS_SOON_SECS = 120
_FIELD = re.compile(r"(\S+?)=(\S*)")
_ABSENT = ("", "None", "Unknown", "N/A")


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


def parse_record(output: str, job_id: int) -> Mapping[str, str] | None:
    """Return the fields of our job from ``scontrol -o show job``; an array's last task prints all tasks.

    Only what stands between JobName and Command is read: those and Comment are texts that users choose.
    """
    for line in output.splitlines():
        ids, _, rest = line.partition(" UserId=")
        if ids.partition(" ")[0] == f"JobId={job_id}":
            return dict(_FIELD.findall(rest.partition(" Command=")[0]))
    return None


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
    if record.get("PreemptTime", "") not in _ABSENT:
        return EndReason("preempted", Fate.LEAVE)
    if record.get("Reason") == "TimeLimit" or state in ("TIMEOUT", "DEADLINE"):
        return EndReason(TIME_LIMIT, on_time_limit)
    if state == "NODE_FAIL":
        return EndReason("node failure", Fate.LEAVE)
    if state in ("COMPLETING", "CANCELLED"):
        return EndReason("cancelled", Fate.CANCEL)
    if state == "RUNNING":
        soon = _ends_soon(record.get("EndTime", ""), now)
        return EndReason(TIME_LIMIT, on_time_limit) if soon else EndReason("signalled", Fate.CANCEL)
    return UNKNOWN


def _ends_soon(end_time: str, now: float) -> bool:
    ends = seconds(end_time)
    return ends is not None and ends - now <= ENDS_SOON_SECS


def seconds(time: str) -> float | None:
    """Return a time that Slurm prints, local or as a number, in seconds since the epoch, else None."""
    try:
        return float(time) if time.isdecimal() else datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError):
        return None
