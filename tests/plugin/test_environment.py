"""What a job that asked for a quantum system finds in its environment, on a real cluster."""

from __future__ import annotations

import pytest

from tests.plugin import jobs
from tests.plugin.conftest import cluster_with, line
from tests.slurm.account import Account
from tests.slurm.waiting import eventually

BOTH = "--qpu=ibm_examplesite,ibm_other"
GRANTED = {
    "QRMI_JOB_QPU_RESOURCES": "ibm_examplesite,ibm_other",
    "QRMI_JOB_QPU_TYPES": "ibm-quantum-system,qiskit-runtime-service",
}


def granted(output: str) -> dict[str, str]:
    """Return what a task was granted."""
    return {name: value for name, value in jobs.variables(output).items() if name in GRANTED}


def test_a_batch_job_and_its_steps_get_it(alice: Account) -> None:
    state, _, output = jobs.ended(alice, "env; echo --; srun env", BOTH, "--qpu-timeout=300")
    batch, step = output.split("--\n")
    assert state == "COMPLETED"
    assert granted(batch) == granted(step) == GRANTED
    for seen in map(jobs.variables, (batch, step)):
        assert seen["DIRECT_ACCESS_TIMEOUT_SECS"] == seen["ibm_other_QRMI_JOB_TIMEOUT_SECONDS"] == "300"
    assert "DIRECT_ACCESS_REGISTRY" in jobs.variables(batch)
    assert "DIRECT_ACCESS_REGISTRY" not in jobs.variables(step)


def test_a_job_that_asks_for_nothing_sees_nothing_of_the_plugin(alice: Account) -> None:
    state, _, output = jobs.ended(alice, f"env | grep -E '{jobs.QUANTUM}' || echo nothing")
    assert (state, output) == ("COMPLETED", "nothing\n")


def test_the_timeout_is_a_setting_of_the_product(alice: Account) -> None:
    command = "direct-access config show --format json"
    _, _, output = jobs.ended(alice, command, "--qpu-timeout=321")
    assert "321" in output


def test_every_task_of_an_array_gets_it(alice: Account) -> None:
    job = alice.sbatch("#!/bin/bash\nenv\n", "--array=1-3", "--output=out-%a", BOTH)
    alice.cluster.wait(job)
    assert [granted(alice.read(f"out-{task}")) for task in (1, 2, 3)] == [GRANTED] * 3


def test_every_node_of_a_job_gets_it(alice: Account) -> None:
    told = alice.run(["srun", "-N3", "--ntasks-per-node=1", BOTH, "env"]).stdout
    assert told.count("QRMI_JOB_QPU_RESOURCES=ibm_examplesite,ibm_other\n") == 3
    _, _, output = jobs.ended(alice, "srun --label env", "-N3", BOTH)
    assert output.count("QRMI_JOB_QPU_RESOURCES=ibm_examplesite,ibm_other\n") == 3


def test_steps_of_an_interactive_allocation_get_it(alice: Account) -> None:
    told = alice.run(["salloc", "--quiet", BOTH, "srun", "env"]).stdout
    assert granted(told) == GRANTED


def test_a_requeued_job_gets_it_again(alice: Account) -> None:
    script = '#!/bin/bash\nenv > env-${SLURM_RESTART_COUNT:-0}\n[ -n "$SLURM_RESTART_COUNT" ] || sleep 600\n'
    job = alice.sbatch(script, BOTH, "--requeue")
    eventually(lambda: (alice.place / "env-0").exists() and "QRMI" in alice.read("env-0"), "the first life")
    alice.run(["scontrol", "requeue", str(job)])
    alice.cluster.wait_for(job, "COMPLETED")
    assert granted(alice.read("env-0")) == granted(alice.read("env-1")) == GRANTED


@pytest.mark.parametrize("export", ["--export=NONE", "--export=PATH"])
def test_a_job_that_exports_nothing_gets_it_all_the_same(alice: Account, export: str) -> None:
    _, _, output = jobs.ended(alice, "env; echo --; srun --export=ALL /usr/bin/env", export, BOTH)
    assert [granted(part) for part in output.split("--\n")] == [GRANTED, GRANTED]


def test_a_variable_of_the_users_does_not_replace_the_grant(alice: Account) -> None:
    forged = dict.fromkeys(("QRMI_JOB_QPU_RESOURCES", "DIRECT_ACCESS_REGISTRY", "SLURMD_NODENAME"), "forged")
    _, _, output = jobs.ended(alice, "env", BOTH, env=forged)
    assert granted(output) == GRANTED
    assert "forged" not in jobs.variables(output)["DIRECT_ACCESS_REGISTRY"]


# What is forged or wrong ends the task with a message, and the node stays up.


def refused(alice: Account, ended: tuple[str, str, str], message: str) -> None:
    state, code, output = ended
    assert (state, code) == ("FAILED", "78:0")
    assert f"direct-access: --qpu: {message}" in output
    jobs.clean(alice.cluster)


def test_an_option_forged_in_the_environment_of_sbatch_counts_for_nothing(alice: Account) -> None:
    forged = {"_SLURM_SPANK_OPTION_direct_access_qpu": "ibm_examplesite"}
    refused(alice, jobs.ended(alice, "env", env=forged), "not granted when the job began")


def test_an_option_forged_beside_another_one_counts_for_nothing(alice: Account) -> None:
    forging = "export _SLURM_SPANK_OPTION_direct_access_qpu=ibm_examplesite; srun env"
    assert "ibm_examplesite" not in granted(jobs.ended(alice, forging, "--qpu=ibm_other")[2]).values()


def test_an_option_of_a_step_is_refused(alice: Account) -> None:
    state, _, output = jobs.ended(alice, "srun --qpu=ibm_other env; echo step $?", "--qpu=ibm_examplesite")
    assert state == "COMPLETED"
    assert (
        "direct-access: --qpu: differs from what the job was granted: give it to sbatch or salloc" in output
    )
    assert output.endswith("step 78\n")


def test_a_name_that_vanished_from_the_list_ends_the_job(alice: Account) -> None:
    names = alice.cluster.etc / "qpu-names"
    before = names.read_text()
    job = alice.sbatch("#!/bin/bash\ntrue\n", "--output=out", "--hold", "--qpu=ibm_other")
    try:
        names.write_text("ibm_examplesite\n")
        alice.run(["scontrol", "release", str(job)])
        record = alice.cluster.wait(job)
    finally:
        names.write_text(before)
    ended = (record["JobState"], record["ExitCode"], alice.read("out"))
    refused(alice, ended, "unknown quantum system 'ibm_other' (known here: ibm_examplesite)")


def test_a_node_that_cannot_write_the_record_fails_the_job_and_stays_up(alice: Account) -> None:
    run = alice.cluster.directory / "qpu-run"
    kept = run.with_name("qpu-run.kept")
    if run.exists():
        run.rename(kept)
    try:
        run.write_text("not a directory")
        ended = jobs.ended(alice, "true", "--qpu=ibm_other")
    finally:
        run.unlink()
        if kept.exists():
            kept.rename(run)
    refused(alice, ended, "the record of this job on this node cannot be used")


def test_afterok_does_not_follow_a_refused_job(alice: Account) -> None:
    forged = {"_SLURM_SPANK_OPTION_direct_access_qpu": "ibm_examplesite"}
    first = alice.sbatch("#!/bin/bash\ntrue\n", "--hold", env=forged)
    second = alice.sbatch("#!/bin/bash\ntrue\n", f"--dependency=afterok:{first}", "--kill-on-invalid-dep=yes")
    alice.run(["scontrol", "release", str(first)])
    assert alice.cluster.wait(first)["ExitCode"] == "78:0"
    assert alice.cluster.wait(second)["JobState"] == "CANCELLED"


@pytest.mark.usefixtures("needs_slurm")
@pytest.mark.parametrize("word", ["required", "optional"])
def test_a_site_whose_list_is_missing_disturbs_only_who_uses_the_option(plugin: object, word: str) -> None:
    lines = line("names=/nonexistent/names").replace("required", word)
    with cluster_with(plugin, lines, nodes=1) as cluster:  # type: ignore[arg-type]
        alice = jobs.account(cluster)
        assert jobs.ended(alice, "echo ran")[2] == "ran\n"
        told = alice.run(["sbatch", "--qpu=ibm_other", "--wrap=true"], check=False)
        assert "/nonexistent/names, cannot be used: No such file or directory" in told.stderr
        jobs.clean(cluster)


@pytest.mark.usefixtures("needs_slurm")
def test_a_task_is_refused_also_where_the_plugin_is_optional(plugin: object) -> None:
    with cluster_with(plugin, line().replace("required", "optional"), nodes=1) as cluster:  # type: ignore[arg-type]
        alice = jobs.account(cluster)
        forged = {"_SLURM_SPANK_OPTION_direct_access_qpu": "ibm_examplesite"}
        refused(alice, jobs.ended(alice, "env", env=forged), "not granted when the job began")
