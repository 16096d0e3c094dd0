"""Where a process has less than usual around it, a command works or says what is missing."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from direct_access import clock
from direct_access.cli import main

USAGE, INPUT, CONFIGURATION = 2, 65, 78
JOB = (
    "program_id: sampler\nbackend: ibm_test\ntimeout_secs: 60\n"
    "pubs: [{circuit: 'OPENQASM 3.0; bit c; c = measure $0;'}]\n"
)
LAB = """\
systems:
  lab:
    url: https://quantum.example.org:30060
    service_crn: "crn:v1:bluemix:public:quantum-computing:us-east:a/lab:on-prem::"
    api_key_file: api-key
    storage: {type: s3_compatible, endpoint_url: "https://s3.example.org", bucket: jobs, region: us-east,
      access_key_id: key, secret_access_key_file: secret}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a job file and a configuration, also the current directory."""
    for name in [name for name in os.environ if name.startswith(("SLURM", "DIRECT_ACCESS", "SCRATCH"))]:
        monkeypatch.delenv(name)
    (tmp_path / "job.yaml").write_text(JOB)
    (tmp_path / "secret").touch(mode=0o600)
    (tmp_path / "secret").write_text("secret")
    configuration = tmp_path / "config.yaml"
    configuration.touch(mode=0o644)
    configuration.write_text(LAB)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DIRECT_ACCESS_CONFIG", str(configuration))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def nowhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current directory that was deleted."""
    gone = home / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    return home


def test_absolute_paths_need_no_current_directory(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = nowhere / "job.yaml"
    assert main(["run", "--dry-run", "-o", str(nowhere / "run"), str(job)]) == 0, capsys.readouterr().err
    assert main(["validate", str(job)]) == 0


@pytest.mark.parametrize("more", [[], ["-o", "run"]])
def test_a_relative_run_directory_in_a_deleted_one_is_refused(
    nowhere: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--dry-run", *more, str(nowhere / "job.yaml")]) == INPUT
    assert "the current directory no longer exists" in capsys.readouterr().err


def test_a_relative_configuration_in_a_deleted_directory_is_refused(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIRECT_ACCESS_CONFIG", "config.yaml")
    assert main(["config", "show"]) == CONFIGURATION


def test_a_user_without_a_home_has_no_file_of_their_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_uid: int) -> object:
        raise KeyError("uid not found")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert main(["run", "--dry-run", "-o", str(home / "run"), "job.yaml"]) == 0
    monkeypatch.delenv("DIRECT_ACCESS_CONFIG")
    assert main(["config", "show"]) == 0


@pytest.mark.parametrize("name", ["", " ", "/", "//"])
@pytest.mark.parametrize("command", [["run", "--dry-run", "job.yaml"], ["collect", "some-job"]])
def test_what_cannot_be_the_directory_of_one_run_is_refused(
    home: Path, command: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "-o", name]) == INPUT
    assert "cannot be the directory of a run" in capsys.readouterr().err


def test_a_boot_id_that_cannot_be_read_has_its_own_message(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clock, "BOOT_ID", home / "absent")
    assert main(["run", "job.yaml"]) == CONFIGURATION
    assert "/proc" in capsys.readouterr().err


@pytest.mark.parametrize("mode", [0o646, 0o666, 0o602])
def test_a_configuration_that_others_can_change_is_refused(
    home: Path, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "config.yaml").chmod(mode)
    assert main(["config", "show"]) == CONFIGURATION
    assert f"is writable for others (mode {mode:04o})" in capsys.readouterr().err


@pytest.mark.parametrize("mode", [0o644, 0o664, 0o400])
def test_a_configuration_that_others_cannot_change_is_read(home: Path, mode: int) -> None:
    (home / "config.yaml").chmod(mode)
    assert main(["config", "show"]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_configuration_of_another_user_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.chown(home / "config.yaml", 4321, -1)
    assert main(["config", "show"]) == CONFIGURATION
    assert "belongs to user 4321" in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK])
def test_a_file_system_without_locks_takes_no_token_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    from direct_access.auth.token_cache import FileCache

    def without(_descriptor: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", without)
    directory = tmp_path / "tokens"
    directory.mkdir(mode=0o700)
    told: list[str] = []
    with FileCache(directory, "key", told.append).lock() as is_ours:
        assert is_ours
    assert "cannot be locked" in told[0]


@pytest.mark.parametrize("kind", ["fifo", "device"])
def test_a_bundle_is_written_whatever_the_key_file_is(home: Path, kind: str) -> None:
    if kind == "fifo":
        os.mkfifo(home / "api-key", 0o600)
    else:
        (home / "api-key").symlink_to("/dev/zero")
    command = [sys.executable, "-m", "direct_access", "doctor", "--bundle", "support.tar.gz"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert (home / "support.tar.gz").exists(), done.stderr


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "limit of open files"),
        (RuntimeError("can't start new thread"), "limit of processes and threads"),
    ],
)
def test_a_limit_of_the_process_is_told_as_one(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    words: str,
) -> None:
    def fails(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("direct_access.jobfile.load", fails)
    assert main(["validate", "job.yaml"]) == CONFIGURATION
    assert words in capsys.readouterr().err
