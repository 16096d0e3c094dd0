"""Pages of commands, made from what click prints for ``--help``."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from packages.manual.roff import Page

ADMINISTRATORS = frozenset({"reap", "health", "doctor", "exporter", "simulator"})
"""Commands whose pages are in section 8."""


def section_of(command: str) -> int:
    """Return the section of a command's page."""
    return 8 if command in ADMINISTRATORS else 1


def describe(page: Page, name: str, command: click.Command) -> None:
    """Write a command's page."""
    page.heading("Synopsis")
    for words, part in _parts(name, command):
        page.example(_usage(words, part))
    page.heading("Description")
    page.text(_help(command))
    page.heading("Options")
    _options(page, command)
    parts = list(_parts(name, command))[1:]
    if parts:
        page.heading("Commands")
    for words, part in parts:
        page.subheading(words)
        page.text(_help(part))
        _options(page, part)


def _parts(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and the commands below it, each with the words that call it."""
    yield words, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            part = command.get_command(click.Context(command), name)
            if part and not part.hidden:
                yield from _parts(f"{words} {name}", part)


def _usage(words: str, command: click.Command) -> str:
    return " ".join(["direct-access", words, *command.collect_usage_pieces(click.Context(command))])


def _help(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _options(page: Page, command: click.Command) -> None:
    context = click.Context(command, help_option_names=["-h", "--help"])
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            page.item(*record)
