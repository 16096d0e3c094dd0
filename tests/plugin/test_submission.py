"""--qpu as users of sbatch, srun and salloc see it, on a real cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin import jobs
from tests.plugin.build import compiled
from tests.plugin.conftest import cluster_with, line
from tests.slurm.account import Account

OTHER_PLUGIN = r"""
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <slurm/spank.h>
SPANK_PLUGIN(other, 1)
static int chosen(int value, const char *text, int remote)
{
    if (!remote)
        slurm_error("other plugin got %s", text);
    return 0;
}
int slurm_spank_init(spank_t spank, int count, char *values[])
{
    struct spank_option option = {"qpu", "NAME", "of the other plugin", 1, 0, chosen};
    return spank_option_register(spank, &option);
}
"""


@pytest.mark.parametrize("command", ["sbatch", "srun", "salloc"])
def test_help_lists_both_options(alice: Account, command: str) -> None:
    told = alice.run([command, "--help"]).stdout
    assert "--qpu=NAME[,NAME]       quantum systems that the job uses" in told
    assert "--qpu-timeout=SECONDS" in told


@pytest.mark.parametrize("command", [["sbatch", "--wrap=true"], ["srun", "true"], ["salloc", "true"]])
def test_an_unknown_name_is_refused_at_submission(alice: Account, command: list[str]) -> None:
    told = alice.run([command[0], "--qpu=ibm_nope", *command[1:]], check=False)
    assert told.returncode != 0
    message = "error: --qpu: unknown quantum system 'ibm_nope' (known here: ibm_examplesite, ibm_other)"
    assert message in told.stderr
    assert alice.run(["squeue", "-h"]).stdout == ""


def test_an_unknown_name_in_the_script_is_refused_too(alice: Account) -> None:
    script = "#!/bin/bash\n#SBATCH --qpu=ibm_nope\ntrue\n"
    told = alice.run(["sbatch"], input=script, check=False)
    assert told.returncode != 0
    assert "unknown quantum system 'ibm_nope'" in told.stderr


def test_a_wrong_timeout_is_refused_at_submission(alice: Account) -> None:
    told = alice.run(["sbatch", "--qpu-timeout=5m", "--wrap=true"], check=False)
    assert told.returncode != 0
    assert "error: --qpu-timeout: wants a number of whole seconds" in told.stderr


def test_the_command_line_wins_over_the_script(alice: Account) -> None:
    script = "#SBATCH --qpu=ibm_examplesite\nenv"
    _, _, output = jobs.ended(alice, script, "--qpu=ibm_other")
    assert jobs.variables(output)["QRMI_JOB_QPU_RESOURCES"] == "ibm_other"


def test_names_that_the_admin_adds_count_at_once(alice: Account) -> None:
    names = alice.cluster.etc / "qpu-names"
    before = names.read_text()
    try:
        names.write_text(f"{before}ibm_new\n")
        assert jobs.ended(alice, "true", "--qpu=ibm_new")[0] == "COMPLETED"
    finally:
        names.write_text(before)


@pytest.mark.usefixtures("needs_slurm")
def test_behind_a_plugin_that_has_the_same_option_it_leaves_that_ones_jobs_alone(
    plugin: Path, tmp_path: Path
) -> None:
    other = compiled(OTHER_PLUGIN, tmp_path / "other.so")
    plugstack = ("required {etc}/../other.so", line())
    with cluster_with(
        plugin, *plugstack, nodes=1, more=[other], settings={"PrologFlags": "Alloc"}
    ) as cluster:
        alice = jobs.account(cluster)
        for command in (["sbatch", "--wrap=true"], ["srun", "true"], ["salloc", "true"]):
            told = alice.run([command[0], "--qpu=theirs", *command[1:]]).stderr
            assert "direct_access: another plugin has --qpu, _SLURM_SPANK_OPTION_other_qpu" in told
            assert "direct_access:" not in alice.run(command).stderr
        for command in ("env; srun env", "env"):
            state, _, output = jobs.ended(alice, command, "--qpu=theirs")
            assert (state, "QRMI" in output) == ("COMPLETED", False)
        assert alice.run(["srun", "--qpu=theirs", "echo", "ran"]).stdout == "ran\n"
        jobs.clean(cluster)


@pytest.mark.usefixtures("needs_slurm")
def test_it_works_beside_a_plugin_that_has_the_same_option(plugin: Path, tmp_path: Path) -> None:
    other = compiled(OTHER_PLUGIN, tmp_path / "other.so")
    beside = ("required {etc}/../other.so", line("option=ibm-qpu"))
    with cluster_with(plugin, *beside, nodes=1, more=[other]) as cluster:
        alice = jobs.account(cluster)
        told = alice.run(["sbatch", "--help"])
        assert "--ibm-qpu=NAME[,NAME]" in told.stdout
        assert "of the other plugin" in told.stdout
        assert "provided by both" not in told.stderr
        both = ["--qpu=theirs", "--ibm-qpu=ibm_other", "--ibm-qpu-timeout=9"]
        seen = jobs.variables(jobs.ended(alice, "env", *both)[2])
        assert (seen["QRMI_JOB_QPU_RESOURCES"], seen["DIRECT_ACCESS_TIMEOUT_SECS"]) == ("ibm_other", "9")
        jobs.clean(cluster)
