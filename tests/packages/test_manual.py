"""The manual pages are complete, and no formatter complains of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from direct_access.cli.entry import COMMANDS
from direct_access.cli.exit_status import TABLE
from direct_access.config.table import SETTINGS
from direct_access.jobfile import schema
from packages.manual.commands import section_of
from packages.manual.pages import command_of, pages

DATE = "2026-11-21"


@pytest.fixture(scope="module")
def manual() -> Mapping[str, str]:
    """All pages."""
    return pages(DATE)


@pytest.fixture(scope="module")
def directory(manual: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where they are files."""
    directory = tmp_path_factory.mktemp("manual")
    for name, text in manual.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def needs(program: str) -> None:
    """Skip where a formatter is missing."""
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")


def shown(page: Path) -> str:
    """Return the words of a page, as a reader sees them, with single spaces."""
    needs("mandoc")
    formatted = subprocess.run(["mandoc", "-Tutf8", "-O", "width=200", page], capture_output=True, text=True)
    return " ".join(re.sub(".\b", "", formatted.stdout).split())


def test_a_terminal_without_unicode_shows_every_page_whole(manual: Mapping[str, str]) -> None:
    assert [name for name, text in manual.items() if not text.isascii()] == []


def test_mandoc_has_no_complaint(directory: Path) -> None:
    needs("mandoc")
    lint = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", *directory.iterdir()], capture_output=True, text=True
    )
    assert (lint.returncode, lint.stdout, lint.stderr) == (0, "", "")


def test_groff_has_no_complaint(directory: Path) -> None:
    needs("groff")
    for page in directory.iterdir():
        groff = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-z", "-k", page], capture_output=True, text=True
        )
        assert (groff.returncode, groff.stdout, groff.stderr) == (0, "", ""), page.name


def leaves(command: click.Command) -> Iterator[click.Command]:
    """Yield a command and all below it."""
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            part = command.get_command(click.Context(command), name)
            assert part
            yield from leaves(part)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_a_command_has_every_option_with_its_help(name: str, directory: Path) -> None:
    page = shown(directory / f"direct-access-{name}.{section_of(name)}")
    for command in leaves(command_of(name)):
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert all(word in page for word in option.opts), option
                assert plain(option.help or "") in plain(page), option


def plain(text: str) -> str:
    """Return text without its marks."""
    return " ".join(text.replace("`", "").split())


def test_the_overview_names_every_command_and_every_exit_status(directory: Path) -> None:
    page = shown(directory / "direct-access.1")
    for name, about in COMMANDS.items():
        assert f"{name} {about}" in page or f"{about} See direct-access-{name}(" in page
    for row in TABLE:
        assert plain(row.meaning) in plain(page)


def test_the_page_of_the_configuration_has_every_setting_and_variable(directory: Path) -> None:
    page = plain(shown(directory / "direct-access-config.5"))
    for setting in SETTINGS:
        assert setting.path[-1] in page
        assert plain(setting.help) in page
        assert (setting.environment or "") in page


def test_the_page_of_the_job_file_has_every_field(directory: Path) -> None:
    page = shown(directory / "direct-access-job.5")
    for field in schema()["properties"]:
        assert f" {field} " in page


def test_pages_name_only_pages_that_exist(manual: Mapping[str, str]) -> None:
    named = {
        f"{name}.{section}"
        for text in manual.values()
        for name, section in re.findall(
            r"(direct-access[a-z-]*)\\?(?:\\fR)?\s?\(([158])\)", text.replace("\\-", "-")
        )
    }
    assert named == set(manual)


def test_text_that_looks_like_a_request_stays_text() -> None:
    from packages.manual.roff import Page

    needs("mandoc")
    page = Page("name", 1, "about", date=DATE, version="1")
    page.heading("text")
    page.text("words ([more](elsewhere.md)) and [a name](there.md)")
    page.text('.B is no request, \'br neither; a\\b `--code` ~ ^ "quoted"')
    page.example(".so /etc/passwd\n'so x\n")
    formatted = subprocess.run(["mandoc", "-Tascii"], input=str(page), capture_output=True, text=True)
    words = " ".join(re.sub(".\b", "", formatted.stdout).split())
    assert "words and a name" in words
    assert '.B is no request, \'br neither; a\\b --code ~ ^ "quoted"' in words
    assert ".so /etc/passwd 'so x" in words
