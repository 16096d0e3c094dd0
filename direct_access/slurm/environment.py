"""What Slurm tells a process by its environment; the only module that reads ``SLURM_*`` and ``SRUN_*``.

The variables are those of sbatch(1) and srun(1), "OUTPUT ENVIRONMENT VARIABLES". Outside Slurm every field is
None and names become ``local``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from direct_access.light_dataclass import dataclass
from direct_access.slurm.owner_name import LOCAL, Owner

SPANK_OPTION = "SLURM_SPANK__SLURM_SPANK_OPTION_"
"""What slurmd puts before ``<plugin>_<option>`` in a job's environment, also where it has no such plugin."""

JOB_TMPDIR = "SLURM_TMPDIR"
"""The job's directory on its node, where a site has one made."""

_SRUN_QUIET = 2
_SRUN_USUAL = 3
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class SlurmEnv:
    """The Slurm job, step and task that this process is part of.

    :param restart_count: how often the job was requeued; Slurm leaves it unset in the first life
    :param end_time: when the allocation ends, seconds since the epoch; unset before Slurm 23.02
    :param srun_debug: how much srun tells, a number of its own; None outside srun
    :param node: the node whose slurmd started the task; None in the shell of salloc, too
    :param task_pid: the process that slurmstepd itself started, the only one that gets TERM under cgroups
    """

    cluster: str | None = None
    job_id: int | None = None
    array_job_id: int | None = None
    array_task_id: int | None = None
    job_name: str | None = None
    restart_count: int = 0
    step_id: int | None = None
    proc_id: int | None = None
    node: str | None = None
    task_pid: int | None = None
    submit_dir: Path | None = None
    end_time: float | None = None
    srun_debug: int | None = None

    @property
    def in_job(self) -> bool:
        """Whether this process runs inside a Slurm job."""
        return self.job_id is not None

    @property
    def srun_verbose(self) -> int:
        """How often ``-v`` was given to srun."""
        return max(0, (self.srun_debug or 0) - _SRUN_USUAL)

    @property
    def srun_is_quiet(self) -> bool:
        """Whether ``--quiet`` was given to srun."""
        return self.srun_debug == _SRUN_QUIET

    def is_signalled(self, pid: int) -> bool:
        """Whether Slurm signals a process: under cgroups it does so only to those that it started itself."""
        return not self.in_job or self.task_pid in (None, pid)

    def owner(self, uid: int, step: int | None = None) -> str:
        """Return ``<cluster>/<uid>/<slurm job>[_<task>].<restart>[.<step>]``, the prefix of object names.

        :param step: see :func:`step_of`
        """
        is_task = self.array_job_id is not None and self.array_task_id is not None
        owner = Owner(
            self.cluster or LOCAL,
            uid,
            self.array_job_id if is_task else self.job_id,
            self.array_task_id if is_task else None,
            self.restart_count,
            None if self.job_id is None else step,
        )
        return str(owner)


def step_of(slurm: SlurmEnv, proc: Path = Path("/proc")) -> int | None:
    """Return the step that this process is part of, None for a batch script, or where that is not certain.

    ``sbatch`` inside a step passes the step's variables on to the new job. So the title of slurmstepd counts,
    the parent of the task that it has started: ``slurmstepd: [<job>.<step>]``.
    """
    if slurm.step_id is None or slurm.task_pid is None:
        return None
    try:
        stat = (proc / str(slurm.task_pid) / "stat").read_text(encoding="utf-8", errors="replace")
        parent = int(stat.rpartition(")")[2].split()[1])
        title = (proc / str(parent) / "cmdline").read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError, IndexError):
        return None
    return slurm.step_id if title.startswith(f"slurmstepd: [{slurm.job_id}.{slurm.step_id}]") else None


def for_commands(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a command of Slurm whose answer a program reads.

    Times are seconds since the epoch, which no change to summer time doubles. What a user has set to see
    other jobs, another cluster or other columns is left out (squeue(1), "ENVIRONMENT VARIABLES").
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("SQUEUE_") and name not in ("SLURM_CLUSTERS", "SLURM_BITSTR_LEN")
    }
    return {**kept, "SLURM_TIME_FORMAT": "%s", "LC_ALL": "C"}


def read(environment: Mapping[str, str]) -> SlurmEnv:
    """Return what the environment says; values that are not numbers count as absent."""

    def number(name: str) -> int | None:
        text = environment.get(name, "")
        return int(text) if _NUMBER.fullmatch(text) else None

    submit_dir = environment.get("SLURM_SUBMIT_DIR")
    return SlurmEnv(
        cluster=environment.get("SLURM_CLUSTER_NAME") or None,
        job_id=number("SLURM_JOB_ID"),
        array_job_id=number("SLURM_ARRAY_JOB_ID"),
        array_task_id=number("SLURM_ARRAY_TASK_ID"),
        job_name=environment.get("SLURM_JOB_NAME") or None,
        restart_count=number("SLURM_RESTART_COUNT") or 0,
        step_id=number("SLURM_STEP_ID"),
        proc_id=number("SLURM_PROCID"),
        node=environment.get("SLURMD_NODENAME") or None,
        task_pid=number("SLURM_TASK_PID"),
        submit_dir=Path(submit_dir) if submit_dir else None,
        end_time=number("SLURM_JOB_END_TIME"),
        srun_debug=number("SRUN_DEBUG"),
    )


def spank_options(environment: Mapping[str, str], plugin: str) -> dict[str, str]:
    """Return the options of a SPANK plugin that the job was submitted with; ``-`` in their names is ``_``."""
    prefix = f"{SPANK_OPTION}{plugin}_"
    return {name[len(prefix) :]: value for name, value in environment.items() if name.startswith(prefix)}
