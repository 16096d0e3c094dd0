"""A run says that it is under way, where somebody wants to know."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.plugin_registry import VARIABLE, registered

SLURM = SlurmEnv(job_id=7)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """The directory that the plugin made for job 7."""
    path = tmp_path / "7.runs"
    path.mkdir()
    return path


def test_a_run_leaves_the_start_time_of_its_process_while_it_lasts(registry: Path) -> None:
    with registered({VARIABLE: str(registry)}, SLURM):
        (entry,) = registry.iterdir()
        stat = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        assert (entry.name, entry.read_text()) == (str(os.getpid()), f"{stat[19]}\n")
    assert list(registry.iterdir()) == []


def test_a_run_that_fails_takes_its_entry_away(registry: Path) -> None:
    with pytest.raises(OSError, match="broken"), registered({VARIABLE: str(registry)}, SLURM):
        raise OSError("broken")
    assert list(registry.iterdir()) == []


def test_an_entry_that_a_dead_process_of_the_same_id_left_is_replaced(registry: Path) -> None:
    (registry / str(os.getpid())).write_text("1\n")
    with registered({VARIABLE: str(registry)}, SLURM):
        assert (registry / str(os.getpid())).read_text() != "1\n"


def test_the_registry_of_the_job_that_submitted_this_one_is_left_alone(registry: Path) -> None:
    with registered({VARIABLE: str(registry)}, SlurmEnv(job_id=8)):
        assert list(registry.iterdir()) == []


def test_outside_a_job_nothing_is_registered(registry: Path) -> None:
    with registered({VARIABLE: str(registry)}, SlurmEnv()):
        assert list(registry.iterdir()) == []


@pytest.mark.parametrize("path", ["", "gone/7.runs", "file/7.runs"])
def test_a_registry_that_cannot_be_written_disturbs_no_run(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("")
    ran = False
    with registered({VARIABLE: str(tmp_path / path) if path else ""}, SLURM):
        ran = True
    assert ran


def test_a_link_that_stands_in_the_way_is_not_followed(registry: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("kept")
    (registry / f".{os.getpid()}").symlink_to(target)
    with registered({VARIABLE: str(registry)}, SLURM):
        assert target.read_text() == "kept"


def test_a_registry_that_vanishes_meanwhile_disturbs_no_run(registry: Path) -> None:
    with registered({VARIABLE: str(registry)}, SLURM):
        for entry in registry.iterdir():
            entry.unlink()
        registry.rmdir()
    assert not registry.exists()
