"""docs/health.md, made from its text, the checks, and the days that the tests play."""

from __future__ import annotations

from pathlib import Path

from direct_access.health.check import Check
from direct_access.health.registry import CHECKS
from tests.health.bad_days import table

TEXT = Path(__file__).with_name("page.md")


def page() -> str:
    """Return docs/health.md."""
    checks = "".join(_row(check) for check in CHECKS if not check.name.endswith((".api", ".store")))
    text = TEXT.read_text(encoding="utf-8")
    return text.replace("{checks}", checks).replace("{days}", table())


def _row(check: Check) -> str:
    """Return what a check does; those of one server stand for those of all three."""
    name, _, server = check.name.partition(".")
    cells = [check.tried, check.advice]
    if server:
        cells = [cell.replace("IAM", "the server") for cell in cells]
    return f"| `{name}` | {' | '.join(cells)} |\n"
