"""What Slurm says is asked and read in one package; docstrings and sentences for users may speak of it."""

from __future__ import annotations

import re

import pytest

from direct_access.slurm.job_states import STAGES
from direct_access.slurm.squeue import JOB

from .source import modules

COMMANDS = (
    *("sacct", "sacctmgr", "salloc", "sattach", "sbatch", "sbcast", "scancel", "scontrol", "sdiag", "sinfo"),
    *("sprio", "squeue", "sreport", "srun", "sshare", "sstat"),
)
CONFIGURATION = (
    *("AccountingStorageType", "AuthType", "ClusterName", "EpilogSlurmctld", "JobSubmitPlugins", "KillWait"),
    *("Licenses", "MaxArraySize", "MinJobAge", "PlugStackConfig", "PreemptMode", "PrivateData"),
    *("ProctrackType", "SlurmUser", "SlurmctldHost", "SlurmdSpoolDir", "TaskPlugin", "TaskProlog"),
)
"""What slurm.conf(5) has that a program may want to know."""

FORBIDDEN = {
    "a command": re.compile(rf"({'|'.join(COMMANDS)})( |$)"),
    "a variable": re.compile(r".*\b(SLURM|SLURMD|SRUN|SBATCH|SALLOC|SQUEUE|SPANK|QRMI)_[A-Z]", re.DOTALL),
    "a key of slurm.conf": re.compile(rf"({'|'.join(CONFIGURATION)})(=|$)"),
    "a field of a job": re.compile(rf"({'|'.join([*JOB, *JOB.values()])})(=|$)"),
    "a state of a job": re.compile(rf"({'|'.join(STAGES)})$"),
}
"""How a text begins that is meant for Slurm, or comes from it."""

MODULES = modules()
OTHERS = [module for module in MODULES if module.part not in ("slurm", "simulator")]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_outside_its_package_nothing_of_slurm_is_named(kind: str) -> None:
    found = [(m.name, text) for m in OTHERS for text in m.texts if FORBIDDEN[kind].match(text)]
    assert found == []


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_its_package_names_each_kind(kind: str) -> None:
    inside = [module for module in MODULES if module.part == "slurm"]
    assert any(FORBIDDEN[kind].match(text) for module in inside for text in module.texts)


def test_one_module_reads_the_variables_of_slurm() -> None:
    names = re.compile("(SLURM|SLURMD|SRUN)_")
    readers = {module.name for module in MODULES if any(names.match(text) for text in module.texts)}
    assert readers == {"slurm.environment"}
