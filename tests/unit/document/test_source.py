"""A file that is not a readable regular file of bearable size is an error, at once and in clear words."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from direct_access.document import open_regular, read, read_regular
from direct_access.errors import InputError


@contextmanager
def _as_nobody() -> Iterator[None]:
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def refusal_of(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read(path)
    (finding,) = refused.value.findings
    assert finding.file == str(path)
    return str(finding).removeprefix(f"{path}: ")


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text("a: 1\n")
    document = read(path)
    assert (document.name, document.value) == (str(path), {"a": 1})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "job.yaml") == "does not exist"


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert refusal_of(tmp_path) == "is a directory; allowed: a regular file"


def test_a_fifo_that_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    assert refusal_of(path) == "is a named pipe; allowed: a regular file"


def test_a_device_that_never_ends_is_refused() -> None:
    assert refusal_of(Path("/dev/zero")) == "is a device; allowed: a regular file"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        assert "cannot be read" in refusal_of(Path("s"))


def test_a_file_of_one_gigabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    started = time.process_time()
    assert refusal_of(path) == "has 1.0 GiB; allowed: at most 16.0 MiB"
    assert time.process_time() - started < 0.2


def test_a_file_at_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_regular(path, 100) == b"x" * 100
    with pytest.raises(InputError):
        read_regular(path, 99)


def test_a_file_that_claims_no_size_is_read_up_to_the_limit() -> None:
    assert read_regular(Path("/proc/self/stat"), 1 << 16)
    with pytest.raises(InputError):
        read_regular(Path("/proc/self/stat"), 3)


def test_a_loop_of_links_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.symlink_to(path)
    assert "cannot be read" in refusal_of(path)


def test_a_name_with_a_nul_is_an_input_error() -> None:
    assert "NUL" in refusal_of(Path("a\0b"))


def test_a_file_without_permission_is_refused() -> None:
    with _as_nobody():
        assert refusal_of(Path("/etc/shadow")) == "may not be read (permission denied)"


def test_nothing_stays_open_after_a_refusal(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(InputError):
            open_regular(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
