from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .conftest import Command


@pytest.fixture(autouse=True)
def _large(tmp_path: Path) -> None:
    (tmp_path / "params.json").write_bytes(json.dumps({"pubs": ["x" * 500_000]}).encode())
    (tmp_path / "job.yaml").write_text(
        "program_id: sampler\nbackend: b\ntimeout_secs: 60\nparams: params.json\n"
    )


DATA = [
    "--help",
    "--version",
    "run --help",
    "validate --schema",
    "validate --print-params job.yaml",
    "validate job.yaml",
]


@pytest.mark.parametrize("arguments", DATA)
def test_a_reader_that_goes_away_is_no_failure(shell: Command, arguments: str) -> None:
    ended = shell(f"$COMMAND {arguments} | head -c0; exit ${{PIPESTATUS[0]}}")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("arguments", DATA)
def test_a_closed_standard_output_is_no_failure(shell: Command, arguments: str) -> None:
    ended = shell(f"$COMMAND {arguments} >&-")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("arguments", DATA)
def test_a_full_disk_below_standard_output_is_told(shell: Command, arguments: str) -> None:
    ended = shell(f"$COMMAND {arguments} >/dev/full")
    assert ended.returncode == 74
    assert ended.stderr == "direct-access: cannot write to standard output: No space left on device\n"


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "2> >(exit)"])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [("status ./absent", 65), ("frobnicate", 2), ("run", 2), ("", 2), ("run absent", 65)],
)
def test_nobody_listening_to_errors_does_not_change_the_exit_status(
    shell: Command, arguments: str, status: int, redirection: str
) -> None:
    ended = shell(f"$COMMAND {arguments} {redirection}")
    assert (ended.returncode, ended.stdout) == (status, "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_that_knows_no_unicode_gets_all_data_all_the_same(
    command: Command, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "grün😀.yaml").write_text((tmp_path / "job.yaml").read_text())
    ended = command("validate", "grün😀.yaml", variables={"PYTHONIOENCODING": encoding}, encoding=encoding)
    assert ended.returncode == 0
    assert ended.stdout.endswith(": valid\n")


def test_json_is_json_in_every_locale(command: Command, tmp_path: Path) -> None:
    (tmp_path / "grün😀.yaml").write_text((tmp_path / "job.yaml").read_text())
    ended = command("validate", "grün😀.yaml", "--format=json", variables={"PYTHONIOENCODING": "ascii"})
    assert json.loads(ended.stdout)["job_file"] == "grün😀.yaml"


def test_a_file_name_that_is_no_unicode_is_named_in_the_error(command: Command) -> None:
    ended = command("validate", b"b\xff.yaml")
    assert ended.returncode == 65
    assert "b\\udcff.yaml" in ended.stderr


def test_params_are_printed_byte_for_byte(command: Command, tmp_path: Path) -> None:
    ended = command("validate", "--print-params", "job.yaml")
    assert ended.stdout == (tmp_path / "params.json").read_text() + "\n"


def test_a_path_that_is_no_unicode_is_printed_byte_for_byte(command: Command, tmp_path: Path) -> None:
    name = os.fsdecode(b"b\xff.yaml")
    (tmp_path / "job.yaml").rename(tmp_path / name)
    ended = command("validate", name, errors="surrogateescape")
    assert ended.stdout == f"{name}: valid\n"
