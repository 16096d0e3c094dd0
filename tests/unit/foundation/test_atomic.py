from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from direct_access import atomic


def names(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def test_a_file_is_written(tmp_path: Path) -> None:
    atomic.write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old, and longer")
    atomic.write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.parametrize(("mode", "umask", "got"), [(0o600, 0o022, 0o600), (0o666, 0o027, 0o640)])
def test_permissions_are_those_asked_for_less_the_umask(
    tmp_path: Path, mode: int, umask: int, got: int
) -> None:
    before = os.umask(umask)
    try:
        atomic.write(tmp_path / "a", b"", mode)
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == got


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, OSError])
def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def half_of_it() -> None:
        with atomic.replacing(tmp_path / "a") as file:
            file.write(b"half of the ne")
            raise failure

    with pytest.raises(failure):
        half_of_it()
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_readers_see_the_old_file_until_the_block_ends(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with atomic.replacing(tmp_path / "a") as file:
        file.write(b"new")
        file.flush()
        assert (tmp_path / "a").read_bytes() == b"old"
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_process_killed_in_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    script = (
        "import os, signal, sys, pathlib\n"
        "from direct_access import atomic\n"
        "with atomic.replacing(pathlib.Path(sys.argv[1])) as file:\n"
        "    file.write(b'new'); file.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    end = subprocess.run([sys.executable, "-c", script, str(tmp_path / "a")], check=False)
    assert end.returncode == -signal.SIGKILL
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_directory_that_does_not_exist_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        atomic.write(tmp_path / "gone" / "a", b"")


def test_a_directory_in_the_place_of_the_file_is_an_os_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError):
        atomic.write(tmp_path / "a", b"new")
    assert names(tmp_path) == ["a"]


def test_content_is_on_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def watch(name: str) -> None:
        original = getattr(os, name)

        def wrapper(*args: object, **named: object) -> object:
            is_directory = name == "fsync" and Path(f"/proc/self/fd/{args[0]}").is_dir()
            calls.append("fsync directory" if is_directory else name)
            return original(*args, **named)

        monkeypatch.setattr(os, name, wrapper)

    for name in ("fsync", "rename"):
        watch(name)
    atomic.write(tmp_path / "a", b"new")
    assert calls == ["fsync", "rename", "fsync directory"]


def _limit_file_size() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


@pytest.mark.parametrize("size", [1001, 1 << 20])
def test_a_disk_that_is_full_leaves_the_old_file_and_nothing_else(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(b"old")
    script = (
        "import sys, pathlib\n"
        "from direct_access import atomic\n"
        "try: atomic.write(pathlib.Path(sys.argv[1]), bytes(int(sys.argv[2])))\n"
        "except OSError as error: sys.exit(error.errno)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a"), str(size)]
    end = subprocess.run(command, check=False, preexec_fn=_limit_file_size)
    assert os.strerror(end.returncode) == "File too large"
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_directory_that_is_none_is_an_os_error() -> None:
    with pytest.raises(OSError, match="Not a directory"), atomic.opened_directory(Path("/dev/null")):
        pass


@pytest.mark.parametrize("document", [{"ä": [1, None, "\u2028"]}, {"cut": "\ud83d"}, {"name": "b\udcff"}])
def test_any_json_document_can_be_written_and_read_again(tmp_path: Path, document: object) -> None:
    atomic.write_json(tmp_path / "a", document)
    content = (tmp_path / "a").read_bytes()
    assert json.loads(content.decode("utf-8")) == document
    assert content.endswith(b"\n")
