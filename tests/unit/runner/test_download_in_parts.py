"""A large object whose first connection is slow is fetched in parts, by several connections."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from direct_access.errors import (
    AccessError,
    DirectAccessError,
    LocalStorageError,
    SignalError,
    StoreError,
    UnavailableError,
)
from direct_access.model.checksum import Checksum
from direct_access.runner.download import download
from direct_access.runner.download_bounds import DownloadBounds
from direct_access.runner.part_map import name_of_map
from direct_access.runner.transfer import MOST_RESUMPTIONS
from direct_access.services.protocol import Download

MIB = 1 << 20
CONTENT = random.Random(4711).randbytes(12 * MIB + 345)
OTHER = random.Random(815).randbytes(len(CONTENT))
BOUNDS = DownloadBounds(connections=4, measured_bytes=MIB, slow_bytes_a_second=float("inf"), part_bytes=MIB)
ROOT = Path(__file__).parents[3]


def no_pause(number: int, error: DirectAccessError) -> None: ...


@functools.cache
def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


@dataclass
class Store:
    """A store with one object; what is not said otherwise is as a store should be.

    :param breaks: positions at which the connection breaks that gets there, each once
    :param answer: changes the answer to a request with a range
    :param before_read: called with position and end of a stream before each of its reads
    """

    content: bytes = CONTENT
    etag: str | None = '"a"'
    algorithm: str | None = "md5"
    breaks: set[int] = field(default_factory=set)
    answer: Callable[[Answer], Answer] = lambda answer: answer
    before_read: Callable[[Answer], None] = lambda answer: None
    asked: list[tuple[int, str | None, int | None]] = field(default_factory=list)
    open_now: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, offset: int = 0, etag: str | None = None, end: int | None = None) -> Download:
        with self.lock:
            self.asked.append((offset, etag, end))
        digest = Checksum("md5", md5(self.content)) if self.algorithm else None
        whole = len(self.content)
        answer = Answer(self, self.content, whole, offset, min(end or whole, whole), digest, self.etag)
        if (offset, end) != (0, None):
            answer = self.answer(answer)
        with self.lock:
            self.open_now += 1
        return answer

    @property
    def parts(self) -> list[tuple[int, int]]:
        """The ranges that were asked for, in their order in the object, without the first request."""
        return sorted((offset, end or len(self.content)) for offset, _, end in self.asked[1:])


@dataclass
class Answer:
    """A stream of a part of an object (:class:`direct_access.services.protocol.Download`)."""

    store: Store
    content: bytes
    size: int | None
    offset: int
    end: int | None
    checksum: Checksum | None
    etag: str | None
    is_chunked: bool = False
    read: int = 0

    def readinto(self, buffer: memoryview) -> int:
        self.store.before_read(self)
        begin = self.offset + self.read
        end = min(begin + len(buffer), self.end or len(self.content))
        with self.store.lock:
            met = [position for position in self.store.breaks if begin <= position < end]
            if begin in met:
                self.store.breaks.remove(begin)
                raise UnavailableError("the connection broke", retryable=True)
        data = self.content[begin : min([end, *met])]
        buffer[: len(data)] = data
        self.read += len(data)
        return len(data)

    def close(self) -> None:
        with self.store.lock:
            self.store.open_now -= 1

    def __enter__(self) -> Download:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / ".results.json.part"


def map_of(part: Path) -> Path:
    return part.with_name(name_of_map(part.name))


@pytest.mark.parametrize("algorithm", ["md5", None])
@pytest.mark.parametrize("size", [MIB, 2 * MIB, 2 * MIB + 1, 5 * MIB - 1, len(CONTENT)])
def test_an_object_of_any_size_arrives_as_it_is(part: Path, size: int, algorithm: str | None) -> None:
    store = Store(CONTENT[:size], algorithm=algorithm)
    fetched = download(store.open, part, no_pause, BOUNDS)
    assert part.read_bytes() == CONTENT[:size]
    assert (fetched.size_bytes, fetched.verified_by) == (size, algorithm or "length")
    assert store.open_now == 0


def test_the_parts_lie_side_by_side_and_are_of_the_object_that_was_begun(part: Path) -> None:
    store = Store()
    download(store.open, part, no_pause, BOUNDS)
    assert store.asked[0] == (0, None, None)
    assert {etag for _, etag, _ in store.asked[1:]} == {'"a"'}
    starts, ends = zip(*store.parts, strict=True)
    assert starts == (MIB, *ends[:-1])
    assert ends[-1] == len(CONTENT)
    assert max(end - start for start, end in store.parts) <= BOUNDS.part_bytes


def test_as_many_connections_are_open_at_once_as_are_allowed(part: Path) -> None:
    together = threading.Barrier(BOUNDS.connections)
    most = []

    def meet(answer: Answer) -> None:
        most.append(answer.store.open_now)
        if answer.offset and answer.read == 0:
            together.wait(30)

    store = Store(CONTENT[: 9 * MIB], before_read=meet)
    download(store.open, part, no_pause, BOUNDS)
    assert len(store.parts) == 2 * BOUNDS.connections
    assert max(most) == BOUNDS.connections


@pytest.mark.parametrize(
    ("bounds", "store"),
    [
        (replace(BOUNDS, slow_bytes_a_second=0), Store()),
        (replace(BOUNDS, connections=1), Store()),
        (replace(BOUNDS, measured_bytes=len(CONTENT) + 1), Store()),
        (replace(BOUNDS, part_bytes=len(CONTENT)), Store()),
        (BOUNDS, Store(etag=None)),
    ],
    ids=["fast", "one connection allowed", "small", "a small rest", "no ETag"],
)
def test_one_connection_goes_on_where_several_are_of_no_use(
    part: Path, bounds: DownloadBounds, store: Store
) -> None:
    download(store.open, part, no_pause, bounds)
    assert part.read_bytes() == CONTENT
    assert store.asked == [(0, None, None)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(0, len(CONTENT) - 1), max_size=MOST_RESUMPTIONS))
def test_wherever_connections_break_the_content_is_whole(part: Path, breaks: set[int]) -> None:
    store = Store(breaks=set(breaks))
    download(store.open, part, no_pause, BOUNDS)
    assert part.read_bytes() == CONTENT
    assert store.breaks == set()


def test_a_part_goes_on_at_the_byte_where_its_connection_broke(part: Path) -> None:
    store = Store(breaks={5_000_000})
    download(store.open, part, no_pause, BOUNDS)
    assert part.read_bytes() == CONTENT
    assert [offset for offset, _, _ in store.asked].count(5_000_000) == 1


def test_a_part_that_breaks_for_ever_is_given_up_and_the_others_are_kept(part: Path) -> None:
    def breaks(answer: Answer) -> None:
        if answer.offset and answer.end == 5 * MIB:
            raise UnavailableError("the connection broke", retryable=True)

    pauses: list[int] = []
    store = Store(CONTENT[: 5 * MIB], before_read=breaks)
    with pytest.raises(UnavailableError, match="the connection broke"):
        download(store.open, part, lambda number, _: pauses.append(number), BOUNDS)
    again = Store(CONTENT[: 5 * MIB])
    download(again.open, part, no_pause, BOUNDS)
    assert part.read_bytes() == CONTENT[: 5 * MIB]
    assert sum((end or 5 * MIB) - offset for offset, _, end in again.asked) < 5 * MIB


def test_whoever_pauses_may_end_the_download(part: Path) -> None:
    def stop(_number: int, _error: DirectAccessError) -> None:
        raise SignalError("ended by SIGTERM")

    store = Store(breaks={5_000_000})
    with pytest.raises(SignalError):
        download(store.open, part, stop, BOUNDS)
    assert store.open_now == 0
    assert map_of(part).exists()


def without_range(answer: Answer) -> Answer:
    return replace(answer, offset=0, end=len(CONTENT))


def to_the_end(answer: Answer) -> Answer:
    return replace(answer, end=len(CONTENT))


def without_etag(answer: Answer) -> Answer:
    return replace(answer, etag=None)


@pytest.mark.parametrize("algorithm", ["md5", None])
@pytest.mark.parametrize("ignores", [without_range, to_the_end])
def test_a_server_that_ignores_ranges_is_read_by_one_connection(
    part: Path, ignores: Callable[[Answer], Answer], algorithm: str | None
) -> None:
    store = Store(answer=ignores, algorithm=algorithm)
    download(store.open, part, no_pause, BOUNDS)
    assert part.read_bytes() == CONTENT
    assert store.open_now == 0


def test_a_part_without_an_etag_is_not_believed(part: Path) -> None:
    store = Store(answer=without_etag)
    download(store.open, part, no_pause, BOUNDS)
    assert part.read_bytes() == CONTENT
    assert store.asked[-1][2] is None


def refused(_answer: Answer) -> Answer:
    raise StoreError("the object was replaced", http_status=412)


REPLACED: dict[str, Callable[[Answer], Answer]] = {
    "412": refused,
    "another ETag": lambda answer: replace(answer, etag='"b"', content=OTHER),
    "another length": lambda answer: replace(answer, size=len(CONTENT) + 1, content=OTHER),
    "another digest": lambda answer: replace(answer, checksum=Checksum("md5", "0" * 32), content=OTHER),
}


@pytest.mark.parametrize("replaced", REPLACED.values(), ids=REPLACED)
@pytest.mark.parametrize("from_position", [MIB, 5 * MIB])
def test_an_object_that_was_replaced_is_fetched_from_its_start(
    part: Path, replaced: Callable[[Answer], Answer], from_position: int
) -> None:
    """A server that does not know If-Match sends the new object; half of each never makes a file."""

    def answer(answer: Answer) -> Answer:
        return replaced(answer) if answer.offset >= from_position else answer

    store = Store(answer=answer)

    def seen(_number: int, error: DirectAccessError) -> None:
        assert "was replaced while it was read" in error.message
        store.content, store.etag = OTHER, '"b"'

    download(store.open, part, seen, BOUNDS)
    assert part.read_bytes() == OTHER
    assert store.open_now == 0


def test_what_another_attempt_does_not_cure_ends_all_parts(part: Path) -> None:
    def denied(answer: Answer) -> Answer:
        if answer.offset > 4 * MIB:
            raise AccessError("may not read", http_status=403)
        return answer

    with pytest.raises(AccessError):
        download(Store(answer=denied).open, part, no_pause, BOUNDS)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("worker")]


def test_parts_whose_bytes_are_wrong_leave_nothing(part: Path) -> None:
    damaged = CONTENT[: 6 * MIB] + b"\x00" + CONTENT[6 * MIB + 1 :]
    store = Store(answer=lambda answer: replace(answer, content=damaged))
    with pytest.raises(StoreError, match="the store says"):
        download(store.open, part, no_pause, BOUNDS)
    assert list(part.parent.iterdir()) == []


def test_a_full_disk_ends_all_parts_and_leaves_nothing(part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pwrite = os.pwrite

    def full(descriptor: int, data: memoryview, position: int) -> int:
        if position > 5 * MIB:
            raise OSError(28, "No space left on device")
        return pwrite(descriptor, data, position)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(LocalStorageError, match="No space left"):
        download(Store().open, part, no_pause, BOUNDS)
    assert list(part.parent.iterdir()) == []


KILLED = """
import json, os, signal, sys, threading
from pathlib import Path
from direct_access.runner.download import download
from tests.unit.runner.test_download_in_parts import BOUNDS, CONTENT, MIB, Store, map_of, no_pause

part = Path(sys.argv[1])

def noted():
    return json.loads(map_of(part).read_bytes())["written"] if map_of(part).exists() else [[0, 0]]

def hole(answer):
    if answer.offset == MIB:
        while noted()[-1][1] < 4 * MIB:  # the map is written beside the transfer
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGKILL)

store = Store(before_read=hole)
download(store.open, part, no_pause, BOUNDS)
"""


@pytest.mark.parametrize(
    "bounds", [BOUNDS, DownloadBounds(connections=1)], ids=["in parts", "by one connection"]
)
def test_what_a_killed_process_had_of_any_part_is_not_fetched_again(
    part: Path, bounds: DownloadBounds
) -> None:
    command = [sys.executable, "-c", KILLED, str(part)]
    assert subprocess.run(command, cwd=ROOT, timeout=60).returncode == -signal.SIGKILL
    written = json.loads(map_of(part).read_bytes())["written"]
    assert len(written) > 1
    store = Store()
    download(store.open, part, no_pause, bounds)
    assert part.read_bytes() == CONTENT
    fetched = [(offset, end or len(CONTENT)) for offset, _, end in store.asked]
    assert not [1 for start, end in fetched for there in written if start < there[1] and there[0] < end]
    assert not map_of(part).exists()


MEMORY = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from direct_access.runner.download import download
from tests.unit.runner.test_download_in_parts import BOUNDS, Answer, Store, no_pause

SIZE = 300 << 20

class Zeros(Answer):
    def readinto(self, buffer):
        used = min(len(buffer), self.end - self.offset - self.read)
        self.read += used
        return used

def open_at(offset=0, etag=None, end=None):
    return Zeros(store, b"", SIZE, offset, end or SIZE, None, '"a"')

store = Store(b"")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
download(open_at, Path(sys.argv[1]), no_pause, replace(BOUNDS, part_bytes=32 << 20))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_object_needs_no_more_memory_than_a_small_one(part: Path) -> None:
    command = [sys.executable, "-c", MEMORY, str(part)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < 16 * 1024
    assert part.stat().st_size == 300 << 20
