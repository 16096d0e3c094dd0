"""Pages made from code are those in the repository."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def _generator():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list(_generator().PAGES))
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == _generator().PAGES[name](), "run 'make docs'"


PAGES = [DOCS.parent / "README.md", DOCS.parent / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_links_only_to_files_that_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in DOCS.iterdir() if page.suffix in (".md", ".json")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


def test_every_file_that_the_architecture_page_names_exists() -> None:
    package = DOCS.parent / "direct_access"
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    paths = re.findall(r"(?<![\w./])((?:\w+/)+(?:\w+\.py)?|\w+\.py)(?![\w/])", text)
    missing = [path for path in paths if not any((root / path).exists() for root in (package, DOCS.parent))]
    assert missing == []
