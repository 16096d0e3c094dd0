"""Numbers and depths beyond reason, in what a user gives, are told as the user's mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from direct_access.cli import main

CIRCUIT = "OPENQASM 3.0; bit c; c = measure $0;"
JOB = "program_id: sampler\nbackend: ibm_test\n{timeout}pubs: [{{circuit: '" + CIRCUIT + "'}}]\n"
DIGITS = "9" * 5000
DEEP = "[" * 900 + "]" * 900
ABSURD = (
    "1e12",
    "1e308",
    DIGITS,
    "9" * 250,
    f"'{DIGITS}'",
    f"'{DIGITS}:00'",
    f"'{DIGITS}-00'",
    "'1e12'",
    "99999d",
)
USAGE, INPUT, CONFIGURATION = 2, 65, 78


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def job_file(timeout: str = "timeout_secs: 60\n", more: str = "") -> str:
    Path("job.yaml").write_text(JOB.format(timeout=timeout) + more)
    return "job.yaml"


@pytest.mark.parametrize("duration", ABSURD)
@pytest.mark.parametrize("field", ["timeout_secs", "wait_deadline_secs", "collect_by", "session.max_ttl"])
def test_a_duration_in_a_job_file(field: str, duration: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, _, inner = field.partition(".")
    line = f"{name}: {{{inner}: {duration}}}\n" if inner else f"{name}: {duration}\n"
    job = job_file(timeout=line) if field == "timeout_secs" else job_file(more=line)
    assert main(["validate", job]) == INPUT
    told = capsys.readouterr().err
    assert f" {field}: " in told
    assert len(told) < 2000


@pytest.mark.parametrize("duration", ABSURD)
def test_a_duration_in_a_configuration(duration: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Path("config.yaml")
    configuration.touch(mode=0o600)
    configuration.write_text(f"collect_by: {duration}\n")
    monkeypatch.setenv("DIRECT_ACCESS_CONFIG", str(configuration))
    assert main(["config", "show"]) == CONFIGURATION


@pytest.mark.parametrize("duration", [DIGITS, f"{DIGITS}:00", "1e400", "1000000000000"])
@pytest.mark.parametrize("option", ["--wait-deadline", "--collect-by", "--timeout-secs", "--detach-after"])
def test_a_duration_of_an_option(option: str, duration: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", option, duration, job_file()]) == USAGE
    assert len(capsys.readouterr().err) < 2000


def test_a_port_of_an_option() -> None:
    assert main(["exporter", "--listen", f"localhost:{DIGITS}"]) == USAGE


@pytest.mark.parametrize("more", [f"options: {DEEP}\n", f"options: {{default_shots: {DIGITS}}}\n"])
def test_a_job_file(more: str) -> None:
    assert main(["validate", job_file(more=more)]) == INPUT


def test_a_configuration_that_is_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Path("config.yaml")
    configuration.touch(mode=0o600)
    configuration.write_text("systems: " + "{a: " * 900 + "1" + "}" * 900)
    monkeypatch.setenv("DIRECT_ACCESS_CONFIG", str(configuration))
    assert main(["config", "show"]) == CONFIGURATION


@pytest.mark.parametrize("params", ['{"pubs": ' + DIGITS + "}", '{"pubs": ' + DEEP * 200 + "}"])
def test_a_params_file(params: str) -> None:
    Path("params.json").write_text(params)
    job = Path("job.yaml")
    job.write_text("program_id: sampler\nbackend: ibm_test\ntimeout_secs: 60\nparams: params.json\n")
    assert main(["validate", str(job)]) == INPUT


@pytest.mark.parametrize(
    "notebook", ['{"cells": [5]}', '{"cells": [{"source": 5}]}', '{"cells": [], "x": ' + DEEP + "}"]
)
def test_a_notebook(notebook: str) -> None:
    Path("notes.ipynb").write_text(notebook)
    assert main(["migrate", "notes.ipynb"]) == INPUT
