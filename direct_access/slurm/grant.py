"""The backends that Slurm granted this job, by the SPANK plugin or a TaskProlog, and a grant that was lost.

Where a node lacks the plugin the job runs all the same, with what it asked for in its environment, ungranted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from direct_access.errors import ConfigurationError
from direct_access.slurm import environment as slurm_env
from direct_access.slurm.environment import SlurmEnv

QPU_RESOURCES = "QRMI_JOB_QPU_RESOURCES"
"""Backends that Slurm granted to this job, separated by commas, as QRMI's SPANK plugin spells it."""

PLUGIN = "direct_access"
TIMEOUT_OPTION = "_timeout"
TIMEOUT = "DIRECT_ACCESS_TIMEOUT_SECS"
"""What the plugin makes of ``--qpu-timeout``: a setting."""

ASKED = "DIRECT_ACCESS_QPU"
"""What a job asks for where ``slurm/task_prolog.sh`` is the TaskProlog."""


def granted_backends(environment: Mapping[str, str]) -> list[str]:
    """Return the backends that were granted, in the job's order; none where Slurm restricts nothing."""
    return _names(environment.get(QPU_RESOURCES, ""))


def check(environment: Mapping[str, str], slurm: SlurmEnv) -> None:
    """Make sure that a Slurm job has what it asked for: it must not run on another backend instead.

    :raises ConfigurationError: if it asked for backends or a timeout and was not granted them
    """
    if not slurm.in_job:
        return
    for asked, is_granted in _requests(environment):
        if is_granted:
            continue
        where = f"on node {slurm.node}" if slurm.node else "in the shell of salloc"
        raise ConfigurationError(
            f"{asked} was asked for and is not granted {where}",
            subject=asked,
            advice=_advice(slurm),
        )


def _requests(environment: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield what the job asked for, and whether that was granted."""
    granted = granted_backends(environment)
    if asked := environment.get(ASKED):
        yield f"{ASKED}={asked}", _names(asked) == granted
    for option, value in slurm_env.spank_options(environment, PLUGIN).items():
        is_timeout = option.endswith(TIMEOUT_OPTION)
        is_granted = TIMEOUT in environment if is_timeout else _names(value) == granted
        yield f"--{option.replace('_', '-')}={value}", is_granted


def _advice(slurm: SlurmEnv) -> str:
    if not slurm.node:
        return "start the command with srun"
    return (
        f"submit with --exclude={slurm.node}, and tell your administrator that this node runs neither the "
        "SPANK plugin direct_access.so nor slurm/task_prolog.sh"
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
