"""The EpilogSlurmctld script: a marker of the ended job, and never a fault."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "slurm" / "epilog_slurmctld.sh"

ENDED = {
    "SLURM_CLUSTER_NAME": "lab",
    "SLURM_JOB_ID": "7",
    "SLURM_ARRAY_JOB_ID": "5",
    "SLURM_ARRAY_TASK_ID": "2",
    "SLURM_JOB_RESTART_COUNT": "1",
}


def end_of_job(copy: Path, spool: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script as a site installs it: a copy with its own directory at the top."""
    copy.write_text(
        SCRIPT.read_text().replace("directory=/var/spool/direct-access/ended", f"directory={spool}")
    )
    copy.chmod(0o755)
    return subprocess.run([copy], env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "ended").mkdir()
    return tmp_path / "ended"


def test_an_ended_job_leaves_a_marker_that_tells_it_from_others_of_its_id(spool: Path) -> None:
    done = end_of_job(spool.parent / "epilog", spool, ENDED)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in spool.iterdir()] == ["7.1"]
    fields = dict(line.split("=", 1) for line in (spool / "7.1").read_text().splitlines())
    assert fields.pop("end_time").isdecimal()
    assert fields == {
        "cluster": "lab",
        "job_id": "7",
        "array_job_id": "5",
        "array_task_id": "2",
        "restart_count": "1",
        "start_time": "",
    }


def test_nobody_else_reads_a_marker(spool: Path) -> None:
    end_of_job(spool.parent / "epilog", spool, ENDED)
    assert (spool / "7.1").stat().st_mode & 0o777 == 0o600


def test_a_job_that_was_never_requeued_has_restart_count_0(spool: Path) -> None:
    end_of_job(spool.parent / "epilog", spool, {"SLURM_CLUSTER_NAME": "lab", "SLURM_JOB_ID": "7"})
    assert "restart_count=0\n" in (spool / "7.0").read_text()


def test_the_marker_of_the_same_life_is_replaced(spool: Path) -> None:
    for _ in range(2):
        assert end_of_job(spool.parent / "epilog", spool, ENDED).returncode == 0
    assert [path.name for path in spool.iterdir()] == ["7.1"]


def test_a_missing_directory_breaks_no_job(tmp_path: Path) -> None:
    assert end_of_job(tmp_path / "epilog", tmp_path / "missing", ENDED).returncode == 0
    assert not (tmp_path / "missing").exists()


def test_what_cannot_be_written_breaks_no_job_and_leaves_nothing(spool: Path) -> None:
    (spool / "7.1").mkdir()
    (spool / "7.1" / "in the way").touch()
    assert end_of_job(spool.parent / "epilog", spool, ENDED).returncode == 0
    assert [path.name for path in spool.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("job_id", ["", "../7", "7;x"])
def test_what_is_no_job_id_names_no_file(spool: Path, job_id: str) -> None:
    assert end_of_job(spool.parent / "epilog", spool, {**ENDED, "SLURM_JOB_ID": job_id}).returncode == 0
    assert list(spool.iterdir()) == []


def test_it_asks_neither_slurm_nor_the_network() -> None:
    commands = [line for line in SCRIPT.read_text().splitlines() if not line.lstrip().startswith("#")]
    assert [
        word for word in ("scontrol", "squeue", "sacct", "curl", "nc ") if word in "\n".join(commands)
    ] == []


def test_it_can_be_executed() -> None:
    assert os.access(SCRIPT, os.X_OK)
