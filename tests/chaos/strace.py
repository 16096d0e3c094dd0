"""System calls that change the world: recorded by strace(1), and a process killed before one of them.

``when=N`` of an injection counts per thread, so that the first thread dies that makes its Nth call of a name.
Nearly all are made by the one thread that takes the steps of a run, in the same order every time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NAMES = ("write", "pwrite64", "writev", "rename", "renameat", "renameat2", "link", "linkat")
REMOVALS = ("unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "ftruncate", "truncate")
SENDS = ("sendto", "sendmsg")
SYSTEM_CALLS = (*NAMES, *REMOVALS, *SENDS)
"""fsync(2) is not among them: a killed process loses nothing by it, and the next call is a point too."""

_CALL = re.compile(r"(?P<thread>\d+) +(?P<name>\w+)\((?P<arguments>.*)")
_NAME_AT = re.compile(r'\d+<(/[^>]*)>, "([^"/][^"]*)"')
_RANDOM = re.compile(r"\b[0-9a-f]{8,}\b|\bsimulator-\w+")
_REQUEST = re.compile(r'"(?P<method>GET|PUT|POST|DELETE|HEAD) /')


@dataclass(frozen=True)
class Point:
    """One system call of a run.

    :param number: counts the calls of this name in its thread, from 1: what ``when=`` means
    :param what: what it is about, the same in every run
    """

    name: str
    number: int
    what: str

    @property
    def injection(self) -> str:
        """The option that kills the process before this call."""
        return f"--inject={self.name}:signal=SIGKILL:when={self.number}"

    def __str__(self) -> str:
        return f"{self.name} {self.number} ({self.what})"


def tracing(log: Path, *options: str) -> list[str]:
    """Return the words that go before a command which is to be traced."""
    calls = f"--trace={','.join(SYSTEM_CALLS)}"
    return ["strace", "-f", "-y", "-s", "64", "-o", str(log), calls, *options]


def points(log: Path, home: Path) -> list[Point]:
    """Return the calls of a recorded run that change its home or a server, in their order."""
    found: dict[tuple[str, int], tuple[Point, str]] = {}
    for point, text in _calls(log, home):
        found.setdefault((point.name, point.number), (point, text))
    return [point for point, text in found.values() if _changes_the_world(point, text, home)]


def last_call(log: Path, home: Path, name: str) -> Point | None:
    """Return the last call of this name: of a process that was killed before one, that one."""
    found = [point for point, _ in _calls(log, home) if point.name == name]
    return found[-1] if found else None


def _calls(log: Path, home: Path) -> Iterator[tuple[Point, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        if found := _CALL.match(line):
            counts[found["thread"], found["name"]] += 1
            text = found["arguments"]
            number = counts[found["thread"], found["name"]]
            yield Point(found["name"], number, _what(found["name"], text, home)), text


def _what(name: str, arguments: str, home: Path) -> str:
    if name in SENDS:
        request = _REQUEST.search(arguments)
        return f"{request['method']} request" if request else "body"
    if name.endswith(("at", "at2")):  # a directory's descriptor and a name below it
        arguments = _NAME_AT.sub(r'"\1/\2"', arguments)
    paths: Sequence[str] = re.findall(r'[<"](/[^>"]*)[>"]', arguments)
    shown = [path.removeprefix(f"{home}/") for path in paths]
    return _RANDOM.sub("*", " ".join(shown))


def _changes_the_world(point: Point, text: str, home: Path) -> bool:
    if point.name in SENDS:
        return "<socket:" in text and point.what != "GET request"
    if point.name == "write" and not text.partition("<")[2].startswith(str(home)):
        return False  # messages, on a pipe
    return str(home) in text and "EEXIST" not in text
