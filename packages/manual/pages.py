"""Every page, by the name of its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from direct_access._version import __version__
from direct_access.cli.entry import COMMANDS, group
from direct_access.config.reference import markdown as configuration
from docs.generate import exit_status_page, job_file_page
from packages.manual import commands
from packages.manual.markdown import add
from packages.manual.roff import Page

OVERVIEW = ("direct-access", 1)
JOB_FILE = ("direct-access-job", 5)
CONFIGURATION = ("direct-access-config", 5)

_FILES = {
    "/etc/direct-access/config.yaml": "The site's configuration, see **direct-access-config**(5).",
    "~/.config/direct-access/config.yaml": "The user's; `$DIRECT_ACCESS_CONFIG` names another one.",
    "results.json, logs.txt, job.json": "In the run directory: what a run brought, and what it did.",
}


def pages(date: str) -> Mapping[str, str]:
    """Return the source of all pages.

    :param date: that of the pages, ``YYYY-MM-DD``
    """
    every = [_overview(date), _job_file(date), _configuration(date), *_commands(date)]
    names = [(page.name, page.section) for page in every]
    for page in every:
        page.see_also(names if page.name == OVERVIEW[0] else [OVERVIEW, JOB_FILE, CONFIGURATION])
    return {page.file_name: str(page) for page in every}


def command_of(name: str) -> click.Command:
    """Return a command, with its options."""
    found = group.get_command(click.Context(group), name)
    assert found
    return found


def _page(name: str, section: int, about: str, date: str) -> Page:
    return Page(name, section, about.rstrip("."), date=date, version=__version__)


def _commands(date: str) -> Iterator[Page]:
    for name, about in COMMANDS.items():
        page = _page(f"direct-access-{name}", commands.section_of(name), about, date)
        commands.describe(page, name, command_of(name))
        yield page


def _overview(date: str) -> Page:
    page = _page(*OVERVIEW, "run quantum jobs on an IBM on-premises quantum computer from Slurm", date)
    page.heading("Synopsis")
    page.example("direct-access [-h | --help | --version]\ndirect-access COMMAND [OPTIONS] [ARGUMENTS]")
    page.heading("Description")
    page.text(group.help or "")
    page.heading("Commands")
    for name, about in COMMANDS.items():
        page.item(name, f"{about} See **direct-access-{name}**({commands.section_of(name)}).")
    add(page, exit_status_page().replace("# Exit status\n", "## Exit status\n"))
    page.heading("Environment")
    page.text(
        "Settings have variables named `DIRECT_ACCESS_*`; **direct-access-config**(5) lists them all. "
        "`DIRECT_ACCESS_CONFIG` names the user's configuration."
    )
    page.heading("Files")
    for path, about in _FILES.items():
        page.item(path, about)
    return page


def _job_file(date: str) -> Page:
    page = _page(*JOB_FILE, "job file of direct-access", date)
    page.heading("Description")
    add(page, job_file_page())
    return page


def _configuration(date: str) -> Page:
    page = _page(*CONFIGURATION, "configuration of direct-access", date)
    page.heading("Description")
    add(page, configuration())
    return page
