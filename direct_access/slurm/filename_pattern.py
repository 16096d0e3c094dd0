"""The symbols of sbatch(1), "filename pattern", that a run directory's name may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from direct_access.errors import InputError
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.owner_name import LOCAL

ALLOWED = "%j %A %a %x %u %t"
CHANGES_ON_REQUEUE: Mapping[str, str] = {"N": "the node", "n": "the node's number", "s": "the step"}
"""What these are, which are another one after a requeue, so that the run would not be found again."""


def symbols(pattern: str) -> list[str]:
    """Return the characters after each ``%``, in their order; an empty one for a ``%`` at the end."""
    return re.findall("%(.?)", pattern, re.DOTALL)


def is_replaced(symbol: str) -> bool:
    """Return whether a symbol stands for something; ``%%`` stands for ``%``."""
    return symbol == "%" or f"%{symbol}" in ALLOWED.split()


def expand(pattern: str, slurm: SlurmEnv, stem: str, user: str) -> str:
    """Return the pattern with sbatch(1)'s replacements ``%j %A %a %x %u %t %%``.

    :param stem: name of the job file without its suffix, used for ``%x`` outside Slurm
    :raises InputError: for any other symbol; ``%N %n %s`` change when a job is requeued
    """
    job = LOCAL if slurm.job_id is None else str(slurm.job_id)
    values = {  # the symbols of ALLOWED
        "j": job,
        "A": job if slurm.array_job_id is None else str(slurm.array_job_id),
        "a": str(slurm.array_task_id or 0),
        "x": (slurm.job_name if slurm.in_job else None) or stem,
        "u": user,
        "t": str(slurm.proc_id or 0),
        "%": "%",
    }

    def value(match: re.Match[str]) -> str:
        symbol = match[1]
        if symbol not in values:
            raise InputError(
                f"output_dir: %{symbol} is not allowed; allowed: {ALLOWED}",
                subject=pattern,
                advice="%N, %n and %s change when a job is requeued, and the run would not be found again",
            )
        return values[symbol].replace("/", "_") if symbol in "xu" else values[symbol]

    return re.sub("%(.)", value, pattern)
