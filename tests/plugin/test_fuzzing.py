"""The plugin's parsers hold whatever they are fed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.plugin import build


@pytest.mark.usefixtures("needs_compiler")
def test_changed_texts_break_no_parser(tmp_path: Path) -> None:
    fuzz = build.sanitized("fuzz", tmp_path)
    fed = subprocess.run([fuzz, "100000", "20"], capture_output=True, text=True, timeout=100)
    assert fed.returncode == 0, fed.stdout + fed.stderr
