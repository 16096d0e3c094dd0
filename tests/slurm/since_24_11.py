"""What Slurm 24.11 tells a job and 22.05 does not; beside the suite, in ``make test-slurm-24``."""

from __future__ import annotations

from datetime import datetime

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.integration.conftest import BELL
from tests.slurm.account import Account
from tests.slurm.waiting import eventually

MINUTES = 10
TOLD = "#!/bin/bash\necho $SLURM_JOB_END_TIME\nsrun printenv SLURM_JOB_END_TIME\n"
RUN = """\
#!/bin/bash
touch begun
until test -e go; do sleep 0.1; done
PATH=$PWD:$PATH
exec direct-access run -o results bell.yaml
"""
COUNTED = '#!/bin/sh\necho "$@" >>asked\nPATH=${PATH#*:} exec squeue "$@"\n'
LEFT = "124:0"


@pytest.fixture
def user(alice: Account) -> Account:
    """Alice, whose questions to Slurm are noted in a file ``asked``."""
    alice.write("bell.yaml", BELL)
    alice.write("squeue", COUNTED).chmod(0o755)
    return alice


@pytest.fixture
def short(user: Account, simulator: Simulator) -> int:
    """A job of one minute; a file ``go`` makes it run a quantum job, which lasts until somebody ends it."""
    simulator.outcomes.add(OutcomeRule(manual=True))
    job = user.sbatch(RUN, "--time=1", "--output=out")
    eventually((user.place / "begun").exists, "the beginning of the job")
    return job


def test_a_job_and_its_steps_are_told_when_the_job_ends(alice: Account) -> None:
    job = alice.sbatch(TOLD, f"--time={MINUTES}", "--output=out")
    begin = datetime.fromisoformat(alice.cluster.wait(job)["StartTime"]).timestamp()
    assert {float(line) for line in alice.read("out").split()} == {begin + MINUTES * 60}


def test_a_run_with_time_enough_does_not_ask_slurm(user: Account) -> None:
    user.write("go", "")
    job = user.sbatch(RUN, f"--time={MINUTES}", "--output=out")
    assert user.cluster.wait(job)["JobState"] == "COMPLETED", user.read("out")
    assert not (user.place / "asked").exists()


def test_a_run_at_the_end_of_its_job_asks_and_lets_go(user: Account, short: int) -> None:
    user.write("go", "")
    assert user.cluster.wait(short)["ExitCode"] == LEFT, user.read("out")
    assert f"--jobs={short}" in user.read("asked")


def test_a_limit_that_was_extended_meanwhile_counts(user: Account, short: int, simulator: Simulator) -> None:
    user.cluster.scontrol("update", f"jobid={short}", f"TimeLimit={MINUTES}")
    user.write("go", "")
    eventually((user.place / "asked").exists, "the question to Slurm")
    simulator.jobs.release(simulator.jobs.jobs()[0].id)
    assert user.cluster.wait(short)["JobState"] == "COMPLETED", user.read("out")
