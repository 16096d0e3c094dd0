"""``docs/slurm-quickstart.md``, followed word for word."""

from __future__ import annotations

import re

import pytest

from tests.slurm.account import Account
from tests.slurm.world import CHECKOUT

GUIDE = CHECKOUT / "docs" / "slurm-quickstart.md"
EXAMPLES = CHECKOUT / "slurm" / "examples"
PRINTED_ID = "42"


def blocks() -> list[str]:
    """Return what the guide shows as shell."""
    return re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def commands() -> list[str]:
    """Return what the guide has its reader type."""
    lines = [line for block in blocks() if not block.startswith("#!") for line in block.splitlines()]
    return [line.partition("#")[0].strip() for line in lines]


def test_the_batch_script_that_it_shows_is_the_example() -> None:
    assert (EXAMPLES / "bell.sbatch").read_text() in blocks()


def test_every_example_is_named() -> None:
    guide = GUIDE.read_text()
    assert [path.name for path in sorted(EXAMPLES.iterdir()) if f"{path.name}`" not in guide] == []


@pytest.mark.timeout(300)
def test_its_commands_lead_to_a_result(alice: Account) -> None:
    for path in EXAMPLES.glob("bell.*"):
        alice.copy(path)
    job, told = PRINTED_ID, ""
    for command in commands():
        told = alice.run(["sh", "-c", command.replace(PRINTED_ID, job)]).stdout
        if submitted := re.fullmatch(r"Submitted batch job (\d+)\n", told):
            job = submitted[1]
            alice.cluster.wait(int(job))
    assert job != PRINTED_ID
    assert "PUB 0" in told
