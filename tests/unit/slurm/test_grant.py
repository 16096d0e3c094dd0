"""What a Slurm job asked for, and was or was not granted."""

from __future__ import annotations

import pytest

from direct_access.errors import ConfigurationError
from direct_access.slurm import environment as slurm_env
from direct_access.slurm import grant

OPTION = "SLURM_SPANK__SLURM_SPANK_OPTION_direct_access_"
GRANTED = "QRMI_JOB_QPU_RESOURCES"
JOB = {"SLURM_JOB_ID": "7", "SLURMD_NODENAME": "n2"}


def check(environment: dict[str, str], **more: str) -> None:
    """Check the environment of a job with these variables."""
    environment = {**environment, **more}
    grant.check(environment, slurm_env.read(environment))


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {GRANTED: "ibm_a"},
        {f"{OPTION}qpu": "ibm_a,ibm_b", GRANTED: "ibm_a,ibm_b"},
        {f"{OPTION}ibm_qpu": "ibm_a", GRANTED: "ibm_a"},
        {f"{OPTION}qpu_timeout": "60", "DIRECT_ACCESS_TIMEOUT_SECS": "60"},
        {"DIRECT_ACCESS_QPU": "ibm_a", GRANTED: "ibm_a"},
        {"SLURM_SPANK__SLURM_SPANK_OPTION_other_qpu": "ibm_a"},
    ],
)
def test_a_job_with_what_it_asked_for_goes_on(variables: dict[str, str]) -> None:
    check(JOB, **variables)


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({f"{OPTION}qpu": "ibm_a"}, "--qpu=ibm_a"),
        ({f"{OPTION}ibm_qpu": "ibm_a"}, "--ibm-qpu=ibm_a"),
        ({f"{OPTION}qpu": "ibm_a", GRANTED: "ibm_b"}, "--qpu=ibm_a"),  # inherited from another job
        ({f"{OPTION}qpu": "ibm_a,ibm_b", GRANTED: "ibm_a"}, "--qpu=ibm_a,ibm_b"),
        ({f"{OPTION}qpu_timeout": "60"}, "--qpu-timeout=60"),
        ({"DIRECT_ACCESS_QPU": "ibm_a"}, "DIRECT_ACCESS_QPU=ibm_a"),
    ],
)
def test_a_job_without_it_is_refused(variables: dict[str, str], asked: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        check(JOB, **variables)
    assert str(error.value) == f"{asked} was asked for and is not granted on node n2"
    assert "--exclude=n2" in str(error.value.advice)


def test_in_the_shell_of_salloc_the_advice_is_srun() -> None:
    with pytest.raises(ConfigurationError, match="in the shell of salloc") as error:
        check({"SLURM_JOB_ID": "7"}, **{f"{OPTION}qpu": "ibm_a"})
    assert error.value.advice == "start the command with srun"


def test_outside_slurm_nothing_was_asked_for() -> None:
    check({"DIRECT_ACCESS_QPU": "ibm_a", f"{OPTION}qpu": "ibm_a"})
