"""Hundreds of jobs leave no record and no drained node."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin import jobs
from tests.plugin.conftest import cluster_with, line

JOBS = 500


@pytest.mark.usefixtures("needs_slurm")
@pytest.mark.timeout(600)
def test_many_jobs_leave_nothing(plugin: Path) -> None:
    settings = {"MaxArraySize": "2000", "MaxJobCount": "5000", "PrologFlags": "Alloc"}
    with cluster_with(plugin, line(), cpus=16, settings=settings) as cluster:
        alice = jobs.account(cluster)
        script = '#!/bin/sh\necho "$QRMI_JOB_QPU_RESOURCES" > "got-$SLURM_ARRAY_TASK_ID"\n'
        array = f"--array=1-{JOBS}"
        job = alice.sbatch(script, array, "--output=/dev/null", "--ntasks=1", "--qpu=ibm_other")
        cluster.wait(job, 550)
        states = {record["JobState"] for record in cluster.tasks(job)}
        assert states == {"COMPLETED"}
        assert len(cluster.tasks(job)) == JOBS
        assert {path.read_text() for path in alice.place.glob("got-*")} == {"ibm_other\n"}
        jobs.clean(cluster)
