from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from direct_access.config.secret_command import output_of
from direct_access.config.secret_source import MAX_BYTES, SecretSource
from direct_access.errors import ConfigurationError

PrivateFile = Callable[..., Path]
NAME = "systems.lab.api_key"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def from_file(path: Path) -> SecretSource:
    return SecretSource(NAME, path)


def from_script(script: str) -> SecretSource:
    return SecretSource(NAME, command=(sys.executable, "-c", script))


def test_the_line_of_a_private_file_is_the_secret(private_file: PrivateFile) -> None:
    assert from_file(private_file(b"  planted-secret \r\n\n")).read().reveal() == "planted-secret"


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_modes_for_the_owner_alone_are_accepted(private_file: PrivateFile, mode: int) -> None:
    assert from_file(private_file(mode=mode)).read()


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o601, 0o620, 0o610, 0o660, 0o644, 0o777])
def test_modes_open_to_others_are_refused_with_the_cure(private_file: PrivateFile, mode: int) -> None:
    path = private_file(mode=mode)
    with pytest.raises(ConfigurationError) as caught:
        from_file(path).read()
    assert caught.value.message == f"{NAME}: {path} is open to others (mode {mode:04o})"
    assert caught.value.advice == f"chmod 600 {path}"


@needs_root
def test_the_group_may_read_what_root_owns(private_file: PrivateFile) -> None:
    assert from_file(private_file(mode=0o640)).read()


@needs_root
def test_the_group_may_not_read_what_a_user_owns(
    private_file: PrivateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = private_file(mode=0o640)
    os.chown(path, 4321, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(ConfigurationError, match="is open to others"):
        from_file(path).read()


@needs_root
def test_a_file_of_another_user_is_refused(private_file: PrivateFile) -> None:
    path = private_file()
    os.chown(path, 4321, -1)
    with pytest.raises(ConfigurationError, match="belongs to user 4321") as caught:
        from_file(path).read()
    assert "chown root" in (caught.value.advice or "")


@needs_root
def test_a_file_that_only_root_can_mend_gets_another_advice(
    private_file: PrivateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = private_file(mode=0o644)
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(ConfigurationError) as caught:
        from_file(path).read()
    assert caught.value.advice == f"chmod 640 {path}, with the group that may use it"


def test_a_link_is_judged_by_what_it_leads_to(private_file: PrivateFile, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(private_file())
    assert from_file(link).read().reveal() == "planted-secret"
    private_file(mode=0o644)
    with pytest.raises(ConfigurationError, match="is open to others"):
        from_file(link).read()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    with pytest.raises(ConfigurationError, match=re.escape(f"{NAME}: cannot read {path}: No such file")):
        from_file(path).read()


def test_a_directory_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(ConfigurationError, match="Is a directory"):
        from_file(tmp_path).read()


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    with pytest.raises(ConfigurationError, match="not a regular file"):
        from_file(path).read()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"planted\nsecret\n", "is not one line of text"),
        (b'{\n "apikey": "planted"\n}\n', "is not one line of text"),
        (b"planted\0secret", "is not one line of text"),
        (b"planted\xff", "is not one line of text"),
        (b"planted" * MAX_BYTES, "is not one line of text"),
    ],
)
def test_what_is_not_one_line_is_refused_and_not_shown(
    private_file: PrivateFile, content: bytes, fault: str
) -> None:
    with pytest.raises(ConfigurationError, match=fault) as caught:
        from_file(private_file(content)).read()
    assert "planted" not in repr(caught.value)


def test_the_output_of_a_command_is_the_secret() -> None:
    assert from_script("print('planted-secret')").read().reveal() == "planted-secret"


def test_no_shell_reads_a_command() -> None:
    script = "import sys; print(sys.argv[1])"
    source = SecretSource(NAME, command=(sys.executable, "-c", script, "$HOME;`id`"))
    assert source.read().reveal() == "$HOME;`id`"


def test_a_command_has_our_environment_and_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example.org")
    script = "import os, sys; print(os.environ['VAULT_ADDR'] + repr(sys.stdin.read()))"
    assert from_script(script).read().reveal() == "https://vault.example.org''"


def test_a_failing_command_is_named_without_what_it_says(capfd: pytest.CaptureFixture[str]) -> None:
    source = from_script("import sys; print('planted'); print('planted', file=sys.stderr); sys.exit(3)")
    with pytest.raises(ConfigurationError, match="ended with status 3") as caught:
        source.read()
    assert "planted" not in caught.value.message
    assert capfd.readouterr() == ("", "")


def test_a_command_killed_is_told() -> None:
    with pytest.raises(ConfigurationError, match="was ended by signal 9"):
        from_script("import os; os.kill(os.getpid(), 9)").read()


def test_a_command_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConfigurationError, match="cannot be started: No such file"):
        SecretSource(NAME, command=("/nonexistent/vault", "get")).read()


def test_a_command_that_prints_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="is empty"):
        from_script("").read()


def test_a_command_that_prints_without_end_is_ended() -> None:
    with pytest.raises(ConfigurationError, match="prints more than"):
        from_script("while True: print('planted' * 1000)").read()


def test_a_command_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    # The child holds the write end of a pipe for as long as it lives.
    script = f"sleep 1000 >{pipe} & exec sleep 1000"
    ended = threading.Event()

    def watch() -> None:
        with pipe.open("rb") as file:
            file.read()
        ended.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    with pytest.raises(ConfigurationError, match="does not end in time"):
        output_of(NAME, ("/bin/sh", "-c", script), timeout_secs=0.3)
    assert ended.wait(10)
    watcher.join()


def test_a_source_shows_the_file_or_the_command_and_never_the_secret(private_file: PrivateFile) -> None:
    path = private_file()
    assert str(from_file(path)) == f"file {path}"
    assert str(SecretSource(NAME, command=("pass", "show", "key"))) == "command pass show key"
    assert "planted-secret" not in repr(from_file(path).read())
