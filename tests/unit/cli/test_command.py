from __future__ import annotations

import json
import subprocess
import sys

import pytest

from direct_access._version import __version__
from direct_access.cli.entry import COMMANDS, group, run_command

from .conftest import Command


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("statu", "status"), ("colect", "collect"), ("Run", "run"), ("simulate", "simulator")],
)
def test_a_misspelt_command_is_answered_with_the_nearest_one(
    capsys: pytest.CaptureFixture[str], typed: str, meant: str
) -> None:
    assert run_command([typed]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"No such command '{typed}'. Did you mean '{meant}'?" in err


def test_a_command_like_no_other_gets_no_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["xyzzy"]) == 2
    assert capsys.readouterr().err.rstrip().endswith("No such command 'xyzzy'.")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run"],
        ["run", "--nonsense", "job.yaml"],
        ["run", "--keep", "some", "job.yaml"],
        ["status", "a", "b"],
    ],
)
def test_wrong_usage_ends_with_2_and_the_usage_on_standard_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run_command(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Usage: direct-access" in err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_begins_as_the_list_says(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert run_command([name, "--help"]) == 0
    assert f"Usage: direct-access {name}" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command(capsys: pytest.CaptureFixture[str], option: str) -> None:
    assert run_command([option]) == 0
    out = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  {name} " not in out] == []


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out.split()[-1] == __version__


def test_no_two_commands_take_the_same_word() -> None:
    assert group.list_commands(None) == list(COMMANDS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "kind", "status"),
    [
        (["status", "--format", "json", "./absent"], "input", 65),
        (["status", "./absent", "--format=json"], "input", 65),
        (["run", "--format", "json", "absent.yaml"], "input", 65),
        (["run", "--format", "json"], "usage", 2),
        (["statu", "--format", "json"], "usage", 2),
        (["list", "--format=json"], "configuration", 78),
        (["status", "--format=json", "x" * 300], "input", 65),
    ],
)
def test_a_failure_in_json_is_one_object_on_standard_error(
    command: Command, arguments: list[str], kind: str, status: int
) -> None:
    ended = command(*arguments)
    document = json.loads(ended.stderr)
    assert (ended.stdout, ended.returncode) == ("", status)
    assert (document["schema"], document["kind"]) == ("direct-access/error/v1", kind)
    assert document["exit_status"] == status


def test_a_bug_in_json_is_one_object_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr("direct_access.cli.invocation.target_of", broken)
    monkeypatch.delenv("DIRECT_ACCESS_DEBUG", raising=False)
    assert run_command(["status", "--format", "json", "job"]) == 70
    document = json.loads(capsys.readouterr().err)
    assert (document["kind"], document["message"]) == ("internal", "ZeroDivisionError: by accident")


def test_ctrl_c_before_a_run_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("direct_access.cli.invocation.target_of", interrupted)
    assert run_command(["status", "job"]) == 130


@pytest.mark.parametrize("name", ["a/b", "./absent", "/absent"])
def test_what_looks_like_a_path_and_is_no_run_directory_is_refused(command: Command, name: str) -> None:
    ended = command("status", name)
    assert ended.returncode == 65
    assert "neither a run directory nor a job id" in ended.stderr


def test_a_directory_without_a_journal_is_no_run_directory(command: Command) -> None:
    ended = command("status", ".")
    assert ended.returncode == 65
    assert "has no job.json" in ended.stderr


def test_the_package_is_a_command_too() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "direct_access", "--version"], capture_output=True, text=True, check=True
    )
    assert __version__ in ended.stdout
