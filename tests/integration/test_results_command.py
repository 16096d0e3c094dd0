"""``direct-access results`` as a subprocess: what it prints and saves, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = [["0x0"] * 9 + ["0x1"], ["0x1"] * 10]
SENT = ["OPENQASM 3.0; input float theta;", {"theta": [0, 2.356194]}, 10]
WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None
from direct_access.cli import main
sys.exit(main())
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run directory with the results of a sweep."""
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    data = {"c": {"samples": SAMPLES, "num_bits": 1}}
    (directory / "results.json").write_text(json.dumps({"results": [{"data": data}]}))
    (directory / "params.json").write_text(json.dumps({"pubs": [SENT]}))
    return directory


def results(*arguments: str | Path, program: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    start = ["-c", program] if program else ["-m", "direct_access"]
    return subprocess.run(
        [sys.executable, *start, "results", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )


def test_rows_have_the_names_of_the_params_beside_the_results(run: Path) -> None:
    for place in (run, run / "results.json"):
        done = results(place)
        assert (done.returncode, done.stderr) == (0, "")
        assert "    theta=2.356   0  10" in done.stdout.splitlines()


def test_the_c_locale_gets_ascii(run: Path) -> None:
    done = results(run, "--plot", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", COLUMNS="40")
    assert done.stdout.isascii()
    assert "\\u" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 40


def test_what_is_shown_can_be_chosen(run: Path) -> None:
    done = results(run, "--rows", "1", "--expectation", "Z0")
    assert "    theta=0   0.80 ± 0.19" in done.stdout.splitlines()
    assert "… and 1 more row (--rows all)" in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        ["--rows", "0"],
        ["--top", "0"],
        ["--marginal", "x"],
        ["--expectation", "ZZ"],
        ["--expectation", "Z7"],
        ["--format", "json", "--plot"],
        ["--save", "a.xls"],
    ],
)
def test_what_cannot_be_shown_is_wrong_usage(run: Path, options: list[str]) -> None:
    done = results(run, *options)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_file_is_saved_and_nothing_printed(run: Path) -> None:
    done = results(run, "--save", run / "a.csv")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"direct-access: saved {run / 'a.csv'}\n"
    assert (run / "a.csv").read_text().splitlines()[1] == "0,0,0,c,0,9,10"


def test_without_matplotlib_a_picture_is_refused_with_what_to_install(run: Path) -> None:
    done = results(run, "--save", run / "a.png", program=WITHOUT_MATPLOTLIB)
    assert done.returncode == 78
    assert "pip install 'slurm-direct-access[plot]'" in done.stderr
    assert not (run / "a.png").exists()
    assert results(run, "--save", run / "a.npz", program=WITHOUT_MATPLOTLIB).returncode == 0
