"""What is asked of Slurm, and when its answers are not believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from direct_access.errors import AccessError, ConfigurationError, UnavailableError
from direct_access.slurm.cluster_query import SlurmQuestions

UP = "Slurmctld(primary) at login is UP"
DOWN = "Slurmctld(primary) at login is DOWN"
CONFIG = """\
Configuration data as of 1795271281
AccountingStorageType   = {accounting}
ClusterName             = lab
SlurmUser               = slurm(64030)
"""
NOBODY = 4_000_000_000
Slurm = Callable[..., SlurmQuestions]


@pytest.fixture
def slurm(tmp_path: Path) -> Slurm:
    """Make commands that answer as Slurm's did, and log how they were called."""

    def make(uid: int = 0, ping: str = UP, accounting: str = "none", level: str = "None") -> SlurmQuestions:
        config = CONFIG.format(accounting=f"accounting_storage/{accounting}")
        (tmp_path / "config").write_text(config)
        scripts = {
            "scontrol": f"case $1 in ping) echo '{ping}';; show) cat {tmp_path}/config;; esac",
            "sacctmgr": f'echo "$4|{level}"',
        }
        for name, script in scripts.items():
            path = tmp_path / name
            path.write_text(f'#!/bin/sh\necho {name} "$@" >>{tmp_path}/calls\n{script}\n')
            path.chmod(0o755)
        return SlurmQuestions({"PATH": f"{tmp_path}:{os.environ['PATH']}"}, uid)

    return make


@pytest.fixture(autouse=True)
def own_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


@pytest.mark.parametrize("uid", [0, 64030])
def test_root_and_slurm_user_may_ask(slurm: Slurm, uid: int, tmp_path: Path) -> None:
    assert slurm(uid).cluster() == "lab"
    assert (tmp_path / "calls").read_text().splitlines() == ["scontrol ping", "scontrol show config"]


def test_an_ordinary_user_may_not_ask(slurm: Slurm) -> None:
    with pytest.raises(AccessError):
        slurm(os.geteuid() or 1).cluster()


@pytest.mark.parametrize("level", ["Operator", "Administrator"])
def test_an_operator_may_ask_where_accounting_knows_operators(slurm: Slurm, level: str) -> None:
    assert slurm(1, accounting="slurmdbd", level=level).cluster() == "lab"


@pytest.mark.parametrize(("accounting", "level"), [("slurmdbd", "None"), ("none", "Operator")])
def test_nobody_else_is_an_operator(slurm: Slurm, accounting: str, level: str) -> None:
    with pytest.raises(AccessError):
        slurm(1, accounting=accounting, level=level).cluster()


def test_a_user_without_a_name_is_no_operator(slurm: Slurm) -> None:
    with pytest.raises(AccessError):
        slurm(NOBODY, accounting="slurmdbd", level="Operator").cluster()


def test_nothing_is_believed_while_slurmctld_is_down(slurm: Slurm, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        slurm(ping=DOWN).cluster()
    assert (tmp_path / "calls").read_text().splitlines() == ["scontrol ping"]


def test_a_backup_controller_that_is_up_is_enough(slurm: Slurm) -> None:
    both = f"{DOWN}\nSlurmctld(backup) at login2 is UP"
    assert slurm(ping=both).cluster() == "lab"


def test_a_question_that_fails_is_no_empty_list(slurm: Slurm, tmp_path: Path) -> None:
    questions = slurm()
    squeue = tmp_path / "squeue"
    squeue.write_text("#!/bin/sh\necho 'slurm_load_jobs error' >&2\nexit 1\n")
    squeue.chmod(0o755)
    with pytest.raises(UnavailableError, match="slurm_load_jobs error"):
        questions.jobs()


def test_a_machine_without_slurm_is_a_matter_of_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="scontrol is not installed"):
        SlurmQuestions({"PATH": str(tmp_path)}).cluster()
