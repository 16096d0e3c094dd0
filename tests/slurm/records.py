"""What Slurm writes of jobs: ``scontrol -o show job`` and the file of jobcomp/filetxt."""

from __future__ import annotations

import re
from collections.abc import Mapping

ENDED = {
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "TIMEOUT",
}
_FIELD = re.compile(r"(?:^|\s)([A-Za-z/:]+)=")


def fields(line: str) -> dict[str, str]:
    """Return the fields of a line ``Name=value Other=its value``."""
    parts = _FIELD.split(line)
    return {name: value.strip() for name, value in zip(parts[1::2], parts[2::2], strict=True)}


def has_ended(record: Mapping[str, str]) -> bool:
    """Whether nothing more will happen to a job."""
    return record["JobState"] in ENDED
