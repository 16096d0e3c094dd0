"""What the tests of the plugin run and look at on a cluster."""

from __future__ import annotations

import os
from pathlib import Path

from tests.slurm.account import Account
from tests.slurm.cluster import Cluster
from tests.slurm.waiting import eventually
from tests.slurm.world import ALICE

QUANTUM = "QRMI|DIRECT_ACCESS"


def ended(alice: Account, script: str, *args: str, **options: object) -> tuple[str, str, str]:
    """Run a batch job to its end; return its state, exit code and output."""
    job = alice.sbatch(f"#!/bin/bash\n{script}\n", "--output=out", *args, **options)
    record = alice.cluster.wait(job)
    output = alice.read("out") if (alice.place / "out").exists() else ""
    return record["JobState"], record["ExitCode"], output


def variables(output: str) -> dict[str, str]:
    """Return the variables that ``env`` printed."""
    return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)


def records(cluster: Cluster) -> list[str]:
    """Return what the plugin has on its nodes."""
    return sorted(path.name for path in Path(cluster.directory, "qpu-run").glob("*/*"))


def clean(cluster: Cluster) -> None:
    """Wait until every node is idle and no record is left."""
    states = ["idle"] * len(cluster.nodes)
    eventually(lambda: cluster.node_states() == states and records(cluster) == [], "idle nodes, no records")


def forget(cluster: Cluster, job: int) -> None:
    """Remove the record of a job that was requeued and never began again, as a job of its number would."""
    for record in Path(cluster.directory, "qpu-run").glob(f"*/{job}.record"):
        record.unlink()


def account(cluster: Cluster) -> Account:
    """Return an ordinary user at a place of her own."""
    return Account(cluster, ALICE, f"place-{os.urandom(4).hex()}")
