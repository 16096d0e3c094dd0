"""Every test that docs/security.md names is there, and every library."""

from __future__ import annotations

import ast
import configparser
import re
from pathlib import Path

from direct_access.health.bundle import LIBRARIES

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs/security.md").read_text(encoding="utf-8")


def named() -> list[tuple[str, str]]:
    """Return file and function of each test on the page."""
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def functions(file: Path) -> set[str]:
    return {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_test_on_the_page_exists() -> None:
    assert len(named()) >= 30
    files = {name: functions(REPOSITORY / name) for name, _ in named()}
    assert [(name, test) for name, test in named() if test not in files[name]] == []


def test_every_row_about_a_threat_names_a_test_or_says_that_nothing_stands_against_it() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 4]
    threats = [row for row in rows if not row.startswith(("| who", "| threat", "| file"))]
    assert [
        row for row in threats if "`tests/" not in row and "nothing" not in row and "mode" not in row
    ] == []


def test_every_test_of_security_is_on_the_page() -> None:
    shown = {test for _, test in named()}
    found = {
        test
        for file in (REPOSITORY / "tests/security").glob("test_*.py")
        for test in functions(file)
        if test.startswith("test_")
    }
    assert found - shown == set()


def test_the_libraries_of_the_page_and_of_the_support_archive_are_those_that_are_needed() -> None:
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg")
    needed = re.findall(r"^[\w-]+", setup["options"]["install_requires"], re.MULTILINE)
    assert list(LIBRARIES) == needed
    assert f": {', '.join(needed)}. A library" in " ".join(PAGE.split())
