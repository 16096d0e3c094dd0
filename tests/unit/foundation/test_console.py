from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

WITHOUT_CLICK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "click":
            raise ModuleNotFoundError("No module named 'click'", name="click")
sys.meta_path.insert(0, Absent())
"""
BROKEN = """
import direct_access.cli
def main():
    raise {}
direct_access.cli.main = main
"""


def command(
    tmp_path: Path, sitecustomize: str, redirection: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the installed console script in an interpreter that first runs ``sitecustomize``."""
    (tmp_path / "sitecustomize.py").write_text(sitecustomize)
    script = Path(sys.executable).with_name("direct-access")
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} {script} --version {redirection}"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_console_script_is_the_shim() -> None:
    (script,) = entry_points(group="console_scripts", name="direct-access")
    assert script.value == "direct_access._console:run"


def test_an_incomplete_installation_ends_with_70_and_says_so(tmp_path: Path) -> None:
    ended = command(tmp_path, WITHOUT_CLICK)
    assert (ended.returncode, ended.stdout) == (70, "")
    assert "ModuleNotFoundError: No module named 'click'" in ended.stderr
    assert "is the installation complete?" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_debugging_shows_where(tmp_path: Path) -> None:
    ended = command(tmp_path, WITHOUT_CLICK, DIRECT_ACCESS_DEBUG="1")
    assert ended.returncode == 70
    assert "Traceback" in ended.stderr


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", ">&- 2>&-"])
def test_70_needs_nobody_to_listen(tmp_path: Path, redirection: str) -> None:
    ended = command(tmp_path, WITHOUT_CLICK, redirection)
    assert (ended.returncode, ended.stdout) == (70, "")


@pytest.mark.parametrize(
    "bug", ["ZeroDivisionError('x')", "BaseException('a panic')", "MemoryError", "RecursionError"]
)
def test_every_bug_ends_with_70(tmp_path: Path, bug: str) -> None:
    ended = command(tmp_path, BROKEN.format(bug))
    assert ended.returncode == 70
    assert "internal error" in ended.stderr


def test_a_bug_shows_no_presigned_url(tmp_path: Path) -> None:
    ended = command(tmp_path, BROKEN.format("OSError('https://h/o?X-Amz-Signature=hush')"))
    assert "OSError: https://h/o?***" in ended.stderr


def test_ctrl_c_while_loading_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    ended = command(tmp_path, BROKEN.format("KeyboardInterrupt"))
    assert (ended.returncode, ended.stderr) == (130, "")


def test_an_exit_asked_for_is_granted(tmp_path: Path) -> None:
    assert command(tmp_path, BROKEN.format("SystemExit(75)")).returncode == 75


def test_no_file_of_ours_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    opens = BROKEN.format("SystemExit(open('/dev/null').fileno())")
    assert command(tmp_path, opens, "<&- >&- 2>&-").returncode > 2
