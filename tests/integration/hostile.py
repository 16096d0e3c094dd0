"""Answers with hostile values in their fields, and commands that are given them in this process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from direct_access.cli.entry import run_command
from tests.support.between import Answer, Between, Exchange

from .conftest import Site

DIGITS = "9" * 5000
HOSTILE = {
    "digits": DIGITS,
    "negative digits": f"-{DIGITS}",
    "digits as text": f'"{DIGITS}"',
    "infinite": "1e400",
    "huge": "1e300",
    "not a number": "NaN",
    "deep": "[" * 900 + "]" * 900,
    "deep objects": '{"a":' * 900 + "1" + "}" * 900,
    "long text": '"%s"' % ("http://a@" * 20_000),
    "controls": '"\\ud800\\u001b[2J\\n\\u0000\\u202e"',
    "empty text": '""',
    "fraction": "-1.5",
    "yes": "true",
    "null": "null",
    "list": '[null, 1, "a", {}]',
    "object": '{"a": null}',
    "no address": '"https://[::1]@[/a?start=1&next=1"',
    "far date": '"9999-12-31T23:59:59+23:59"',
}
EACH_ALONE = ("null", "huge", "no address", "list", "object")
"""Forms that a field may still have once an answer has been read: the others become null, or are refused."""
MARK = "@@hostile@@"
INTERNAL_ERROR = 70
COMMAND_SECS = 20.0


def body(document: Any, form: str) -> bytes:
    """Return a document as JSON with a hostile form in each place that is marked."""
    return json.dumps(document).replace(f'"{MARK}"', HOSTILE[form]).encode()


def variants(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield the document with each of its values, and itself, marked in turn; of a list the first entry."""
    yield "$", MARK
    if isinstance(document, dict):
        for name, value in document.items():
            for path, marked in variants(value):
                yield f"{name}.{path}", {**document, name: marked}
    elif isinstance(document, list) and document:
        for path, marked in variants(document[0]):
            yield f"0.{path}", [marked, *document[1:]]


def all_marked(document: Any, needed: frozenset[str], *, leaves: bool) -> Any:
    """Return a document with all fields marked but those without which there is no record.

    :param leaves: mark what stands in objects and lists in their place
    """
    if isinstance(document, list):
        return [all_marked(entry, needed, leaves=leaves) for entry in document]
    if isinstance(document, dict):
        return {
            name: all_marked(value, needed, leaves=leaves)
            if name in needed or (leaves and isinstance(value, (dict, list)))
            else MARK
            for name, value in document.items()
        }
    return document


def bodies(document: Any, needed: frozenset[str]) -> Iterator[bytes]:
    """Yield a document in all forms: in all fields at once, and as a whole and in each needed field alone."""
    together = [all_marked(document, needed, leaves=leaves) for leaves in (False, True)]
    alone = [
        marked for place, marked in variants(document) if {"", *needed}.issuperset(place.split(".")[-2:-1])
    ]
    yield from (body(marked, form) for form in HOSTILE for marked in together)
    yield from (body(marked, form) for form in EACH_ALONE for marked in alone)


class Fuzzing:
    """Runs commands in this process, where a bug of ours is an exception or exit status 70."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        monkeypatch.chdir(site.home)
        for name, value in site.environment.items():
            monkeypatch.setenv(name, value)

    def run(self, *arguments: str) -> int:
        began = time.thread_time()
        status = run_command(arguments)
        assert time.thread_time() - began < COMMAND_SECS, arguments
        assert status != INTERNAL_ERROR, arguments
        return status

    def run_without_token(self, *arguments: str) -> int:
        for token in self.site.home.glob("direct-access*/*"):
            token.unlink()
        return self.run(*arguments)

    def each_field(self, between: Between, method: str, path: str, command: str, needed: str) -> None:
        """Give a command an answer in all forms: in all fields at once, and in each needed field alone.

        :param needed: fields without which an answer is refused, so that the others are not looked at
        """
        told: list[Answer] = []

        def remember(request: Exchange) -> Answer:
            told.append(request.upstream())
            return told[-1]

        between.rule(method, path, remember)
        assert self.run(*command.split()) == 0
        for content in bodies(json.loads(told[0].body), frozenset(needed.split())):
            answer = Answer(told[0].status, content, told[0].headers)
            between.rule(method, path, lambda _request, answer=answer: answer)
            self.run(*command.split())
