"""The states of a Slurm job (squeue(1), "JOB STATE CODES"), and what each says of its processes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class Stage(Enum):
    """How far a job is."""

    WAITING = auto()
    """Nothing of it runs; it has not begun, or was requeued."""
    GOING_ON = auto()
    """It has its nodes, and Slurm is not ending it."""
    ENDING = auto()
    """Slurm is ending it; processes of it may still run."""
    ENDED = auto()
    """Nothing of it is left."""


STAGES: Mapping[str, Stage] = {
    "PENDING": Stage.WAITING,
    "CONFIGURING": Stage.GOING_ON,
    "RUNNING": Stage.GOING_ON,
    "RESIZING": Stage.GOING_ON,
    "SIGNALING": Stage.GOING_ON,  # Slurm is just sending a signal
    "STOPPED": Stage.GOING_ON,
    "SUSPENDED": Stage.GOING_ON,
    "COMPLETING": Stage.ENDING,
    "BOOT_FAIL": Stage.ENDED,
    "CANCELLED": Stage.ENDED,
    "COMPLETED": Stage.ENDED,
    "DEADLINE": Stage.ENDED,
    "FAILED": Stage.ENDED,
    "NODE_FAIL": Stage.ENDED,
    "OUT_OF_MEMORY": Stage.ENDED,
    "PREEMPTED": Stage.ENDED,
    "REVOKED": Stage.ENDED,
    "TIMEOUT": Stage.ENDED,
}
"""A state that is not in this table says nothing."""
