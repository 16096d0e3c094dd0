from __future__ import annotations

from pathlib import Path

import pytest

from direct_access.errors import InputError
from direct_access.runner.output_dir import base_directory, node_local_reason
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.filename_pattern import expand

OUTSIDE = SlurmEnv()
JOB = SlurmEnv(cluster="alps", job_id=4711, job_name="bell", proc_id=3, submit_dir=Path("/home/alice/jobs"))
TASK = SlurmEnv(job_id=4712, array_job_id=4700, array_task_id=5, job_name="bell")


@pytest.mark.parametrize(
    ("pattern", "slurm", "expanded"),
    [
        ("%x-%j", JOB, "bell-4711"),
        ("%x-%j", OUTSIDE, "stem-local"),
        ("%A_%a", TASK, "4700_5"),
        ("%j", TASK, "4712"),
        ("%A_%a", JOB, "4711_0"),
        ("%u/%t", JOB, "alice/3"),
        ("%t", OUTSIDE, "0"),
        ("100%%", JOB, "100%"),
        ("%%j", JOB, "%j"),
        ("%", JOB, "%"),
        ("plain", JOB, "plain"),
    ],
)
def test_patterns_are_those_of_sbatch(pattern: str, slurm: SlurmEnv, expanded: str) -> None:
    assert expand(pattern, slurm, "stem", "alice") == expanded


@pytest.mark.parametrize("symbol", ["N", "n", "s", "J", "b", "5j", "q"])
def test_any_other_symbol_is_refused_with_the_allowed_ones(symbol: str) -> None:
    with pytest.raises(InputError, match="allowed: %j %A %a %x %u %t") as caught:
        expand(f"run-%{symbol}", JOB, "stem", "alice")
    assert "requeued" in str(caught.value.advice)


def test_a_name_with_slashes_makes_no_directories() -> None:
    slurm = SlurmEnv(job_id=1, job_name="../../etc/bell")
    assert expand("%x", slurm, "stem", "alice") == ".._.._etc_bell"


def base(
    pattern: str | None = None, slurm: SlurmEnv = OUTSIDE, scratch: str | None = None, **environment: str
) -> Path:
    return base_directory(pattern, scratch and Path(scratch), slurm, environment, "stem", "alice")  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_setting_wins_over_the_environment() -> None:
    assert base(scratch="/lustre/alice", SCRATCH="/scratch", slurm=JOB) == Path("/lustre/alice/bell-4711")


def test_the_setting_may_name_the_user() -> None:
    assert base(scratch="/lustre/%u") == Path("/lustre/alice/stem-local")


def test_scratch_of_the_environment_wins_over_the_submit_directory() -> None:
    assert base(SCRATCH="/scratch/alice", slurm=JOB) == Path("/scratch/alice/bell-4711")


def test_the_submit_directory_is_next() -> None:
    assert base(slurm=JOB) == Path("/home/alice/jobs/bell-4711")


def test_outside_slurm_the_working_directory_is_last(tmp_path: Path) -> None:
    assert base() == tmp_path / "stem-local"


def test_a_pattern_wins_over_all_and_starts_at_the_working_directory(tmp_path: Path) -> None:
    assert base("out/%x", slurm=JOB, scratch="/lustre", SCRATCH="/scratch") == tmp_path / "out" / "bell"


def test_an_absolute_pattern_stays_absolute() -> None:
    assert base("/data/%j", slurm=JOB) == Path("/data/4711")


def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/alice")
    assert base("~/runs") == Path("/home/alice/runs")


def test_the_home_of_a_user_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="~nobody-of-this-name"):
        base("~nobody-of-this-name/runs")


@pytest.mark.parametrize(
    ("directory", "environment", "reason"),
    [
        ("/tmp/run", {}, "/tmp"),
        ("/var/tmp/run", {}, "/var/tmp"),
        ("/dev/shm/run", {}, "/dev/shm"),
        ("/local/7/run", {"SLURM_TMPDIR": "/local/7"}, "$SLURM_TMPDIR"),
        ("/local/7", {"TMPDIR": "/local/7/"}, "$TMPDIR"),
        ("/scratch/run", {"TMPDIR": "/local/7"}, None),
        ("/tmpfiles/run", {}, None),
        ("/local/77/run", {"TMPDIR": "/local/7"}, None),
    ],
)
def test_node_local_space_is_known(directory: str, environment: dict[str, str], reason: str | None) -> None:
    found = node_local_reason(Path(directory), environment)
    assert found is None if reason is None else reason in str(found)
