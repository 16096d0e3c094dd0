from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from direct_access.auth.token_directory import make_private, token_directory


@pytest.fixture
def shared_memory(tmp_path: Path) -> Path:
    path = tmp_path / "shm"
    path.mkdir()
    path.chmod(0o1777)
    return path


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    path.mkdir(mode=0o700)
    return path


def test_the_runtime_directory_comes_first(runtime: Path, shared_memory: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(runtime)}
    assert token_directory(environment, shared_memory) == runtime / "direct-access"


def test_without_a_runtime_directory_it_is_ours_in_shared_memory(shared_memory: Path) -> None:
    assert token_directory({}, shared_memory) == shared_memory / f"direct-access-{os.geteuid()}"


@pytest.mark.parametrize("value", ["", "run", "/nonexistent/run/user/1000", "/etc/hostname"])
def test_a_runtime_directory_that_is_none_is_passed_over(shared_memory: Path, value: str) -> None:
    assert token_directory({"XDG_RUNTIME_DIR": value}, shared_memory).parent == shared_memory


def test_a_runtime_directory_open_to_others_is_passed_over(runtime: Path, shared_memory: Path) -> None:
    runtime.chmod(0o755)
    assert token_directory({"XDG_RUNTIME_DIR": str(runtime)}, shared_memory).parent == shared_memory


def test_a_new_directory_is_this_users_alone(shared_memory: Path) -> None:
    directory = shared_memory / "direct-access-1"
    assert make_private(directory) is None
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_an_existing_private_directory_is_accepted(shared_memory: Path) -> None:
    directory = shared_memory / "direct-access-1"
    make_private(directory)
    assert make_private(directory) is None


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o750, 0o777])
def test_a_directory_open_to_others_is_refused(shared_memory: Path, mode: int) -> None:
    directory = shared_memory / "direct-access-1"
    directory.mkdir()
    directory.chmod(mode)
    assert "is open to others" in (make_private(directory) or "")


def test_a_link_is_refused_even_to_a_good_directory(runtime: Path, shared_memory: Path) -> None:
    link = shared_memory / "direct-access-1"
    link.symlink_to(runtime)
    assert "is not a directory" in (make_private(link) or "")


def test_a_file_in_its_place_is_refused(shared_memory: Path) -> None:
    (shared_memory / "direct-access-1").touch()
    assert "is not a directory" in (make_private(shared_memory / "direct-access-1") or "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_another_user_is_refused(shared_memory: Path) -> None:
    directory = shared_memory / "direct-access-1"
    make_private(directory)
    os.chown(directory, 4321, -1)
    assert "belongs to user 4321" in (make_private(directory) or "")


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    assert "No such file or directory" in (make_private(tmp_path / "missing" / "direct-access") or "")
