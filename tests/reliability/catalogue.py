"""All rows, and the page that they make."""

from __future__ import annotations

from tests.reliability import jobs, signals, submitting, surroundings
from tests.reliability.row import Rows, table

ROWS: Rows = {
    "Submitting": submitting.SUBMITTING,
    "Waiting": submitting.WAITING,
    "The end of the job": jobs.ENDS,
    "Results and clean-up": jobs.RESULTS,
    "Access": surroundings.ACCESS,
    "Disk": surroundings.DISK,
    "Crashes, and two at once": surroundings.CRASHES,
    "Signals": signals.SIGNALS,
    "Signals inside a Slurm job": signals.SLURM,
}

INTRODUCTION = """\
# What happens when something goes wrong

One row per fault. Each is made from a test in `tests/reliability` that plays it with the command and the
simulator, and compares all but the second and the last column with what it finds. The last column says what
QRMI's `task_runner` 0.26.4 does where that was measured; `-` says that it was not.

"Left on disk" is what is in the run directory besides the journal `job.json`; "mark" is the empty object
`detached:…`, which tells the reaper to leave a job alone.
"""


def page() -> str:
    """Return docs/reliability.md."""
    count = sum(map(len, ROWS.values()))
    parts = [f"## {heading}\n\n{table(rows)}" for heading, rows in ROWS.items()]
    return "\n\n".join([f"{INTRODUCTION}\n{count} faults.", *parts]) + "\n"
