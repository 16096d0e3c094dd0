"""Finds the classic API in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from direct_access.light_dataclass import dataclass
from direct_access.migration.guide import UNMISTAKABLE
from direct_access.migration.paths import PATH, change_of
from direct_access.migration.words import ANY_API, HOSTS, NEW_BASE, PRESENT, WORDS, Host

_BEFORE_A_PATH = rf"(?P<before>[\"'`]|\}}|\$\{{?(?P<shell>\w+)\}}?|\{{(?P<python>\w+)\}})(?P<path>{PATH})"
_METHODS = re.compile(
    r"(?:-X\s*|--request\s+|request\(\s*)[\"']?(?P<named>GET|POST|PUT|PATCH|DELETE)\b"
    r"|\.(?P<called>get|post|put|patch|delete)\("
)
_NAMED_BASE = re.compile(r"(?P<name>\w+)\s*[:=]\s*f?[\"']?$")


@dataclass(frozen=True)
class Remark:
    """One thing of the classic API in a text.

    :param start: offset of the first character
    :param end: offset after the last one
    :param replacement: what to write instead, None where nothing replaces it
    :param certain: whether writing it, and nothing else, is right
    """

    start: int
    end: int
    found: str
    replacement: str | None
    note: str
    certain: bool


def remarks(text: str) -> list[Remark]:
    """Return what of the classic API a text holds, in its order, without overlaps."""
    bases = _base_names(text)
    every = [*_addresses(text), *_bare_paths(text, bases), *_words(text), *_missing_headers(text)]
    chosen: list[Remark] = []
    for remark in sorted(every, key=lambda remark: (remark.start, -remark.end)):
        if not chosen or remark.start >= chosen[-1].end or remark.start == remark.end:
            chosen.append(remark)
    return chosen


def rewritten(text: str) -> str:
    """Return the text with everything changed that is certain."""
    pieces, done = [], 0
    for remark in remarks(text):
        if remark.certain and remark.replacement is not None:
            pieces += [text[done : remark.start], remark.replacement]
            done = remark.end
    return "".join([*pieces, text[done:]])


def _base_names(text: str) -> set[str]:
    """Return the names that hold the base of an API in this text."""
    names = set()
    for host in (*(host.pattern for host in HOSTS), PRESENT):
        for base in re.finditer(host, text):
            named = _NAMED_BASE.search(text, max(0, base.start() - 80), base.start())
            if named:
                names.add(named["name"])
    return names


def _addresses(text: str) -> Iterator[Remark]:
    for host in HOSTS:
        for match in re.finditer(rf"(?P<base>{host.pattern})(?P<path>{PATH})?", text):
            yield _of_retired_host(text, match, host)
    for match in re.finditer(rf"(?P<base>{PRESENT})(?P<path>{PATH})", text):
        change = change_of(match["path"], _method(text, match.start()))
        if change:
            yield Remark(
                match.start("path"),
                match.end("path"),
                match["path"],
                change.replacement,
                change.note,
                change.certain,
            )


def _of_retired_host(text: str, match: re.Match[str], host: Host) -> Remark:
    path = match["path"] or ""
    note, certain, end = host.note, host.certain, match.end()
    replacement = host.replacement
    change = (
        change_of(path, _method(text, match.start()), ibm_cloud="cloud" in host.pattern) if path else None
    )
    if path.strip("/") and not path.startswith("/v1/") and change is None:
        note, certain = note or "this path is not in IBM's guide", False
    elif change is not None:
        note = "; ".join(part for part in (note, change.note) if part)
        certain = certain and change.certain
        replacement = replacement and change.replacement and replacement + change.replacement
    elif replacement is not None:
        replacement += path
    return Remark(match.start(), end, match[0], replacement, note, certain)


def _bare_paths(text: str, bases: set[str]) -> Iterator[Remark]:
    related = re.search(ANY_API, text) is not None
    for match in re.finditer(_BEFORE_A_PATH, text):
        path = match["path"]
        known = (match["shell"] or match["python"] or _added_to(text, match.start())) in bases
        unmistakable = path.startswith(UNMISTAKABLE)
        if not (known or unmistakable or related):
            continue
        change = change_of(path, _method(text, match.start()))
        if change:
            certain = change.certain and (known or unmistakable)
            yield Remark(
                match.start("path"), match.end("path"), path, change.replacement, change.note, certain
            )


def _added_to(text: str, start: int) -> str | None:
    """Return the name to which a string is added: ``BASE + "/jobs"``, ``BASE"/jobs"``."""
    named = re.search(r"(\w+)\s*\+\s*f?$", text[max(0, start - 80) : start])
    return named[1] if named else None


def _words(text: str) -> Iterator[Remark]:
    for word in WORDS:
        if word.needs and not re.search(word.needs, text):
            continue
        for match in re.finditer(word.pattern, text, word.flags):
            group = "found" if "found" in match.re.groupindex else 0
            replacement = match.expand(word.replacement) if word.replacement else None
            yield Remark(
                match.start(group), match.end(group), match[group], replacement, word.note, word.certain
            )


def _missing_headers(text: str) -> Iterator[Remark]:
    """Tell where the API is first called which headers the whole text never names."""
    first = re.search("|".join([*(host.pattern for host in HOSTS if host.replacement), PRESENT]), text)
    if first is None or "import qiskit" in text or "from qiskit" in text:
        return
    missing = [name for name in ("Service-CRN", "IBM-API-Version") if name.lower() not in text.lower()]
    if missing:
        note = f"every request to {NEW_BASE} needs it; without IBM-API-Version the oldest version answers"
        yield Remark(
            first.start(),
            first.start(),
            "no header " + " and no header ".join(missing),
            None,
            note,
            certain=False,
        )


def _method(text: str, position: int) -> str | None:
    """Return the HTTP method named on the same line, or on the lines of a curl command before it."""
    start = text.rfind("\n", 0, position) + 1
    while start > 1 and text[:start].endswith("\\\n"):
        start = text.rfind("\n", 0, start - 1) + 1
    found = None
    for found in _METHODS.finditer(text, start, position):  # noqa: B007 - the last one before the address
        pass
    return (found["named"] or found["called"].upper()) if found else None
