from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from direct_access.errors import (
    DirectAccessError,
    LocalStorageError,
    NotFoundError,
    OutputError,
    SignalError,
    StoreError,
    UnavailableError,
)
from direct_access.model.checksum import Checksum
from direct_access.runner.download import Downloaded, download
from direct_access.runner.download_bounds import DownloadBounds
from direct_access.runner.parallel_digest import BLOCK_BYTES
from direct_access.runner.part_map import name_of_map
from direct_access.runner.transfer import MOST_RESUMPTIONS
from direct_access.services.protocol import Download

from .memory_service import MemoryDownload, Stream

CONTENT = random.Random(4711).randbytes(1000) * 4000  # not a multiple of the block


LARGER = CONTENT * 2
SMALL_PARTS = DownloadBounds(part_bytes=1 << 20)
ROOT = Path(__file__).parents[3]


def no_pause(number: int, error: DirectAccessError) -> None: ...


class Object:
    """An object in a store, with the downloads made of it."""

    def __init__(self, content: bytes = CONTENT, **behaviour: object) -> None:
        self.content = content
        self.stream = Stream(**behaviour)  # type: ignore[arg-type]
        self.opened: list[int] = []
        self.downloads: list[MemoryDownload] = []

    def open(self, offset: int = 0, etag: str | None = None, end: int | None = None) -> Download:
        self.opened.append(offset)
        self.downloads.append(MemoryDownload(self.content, offset, self.stream, end))
        return self.downloads[-1]


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / ".results.json.part"


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 5 * BLOCK_BYTES])
def test_an_object_of_any_size_arrives_as_it_is(part: Path, size: int) -> None:
    content = os.urandom(size)
    fetched = download(Object(content).open, part, no_pause)
    assert part.read_bytes() == content
    assert fetched == Downloaded(part, size, Checksum("md5", hashlib.md5(content).hexdigest()), "md5")


def test_what_was_there_before_is_overwritten(part: Path) -> None:
    part.write_bytes(b"x" * (len(CONTENT) + 5))
    download(Object().open, part, no_pause)
    assert part.read_bytes() == CONTENT


def test_others_cannot_read_the_file(part: Path) -> None:
    download(Object().open, part, no_pause)
    assert part.stat().st_mode & 0o077 == 0


def test_a_crc_is_compared_where_the_store_gives_one(part: Path) -> None:
    source = Object()
    right = Checksum("crc32", f"{zlib.crc32(CONTENT):08x}")

    class WithCrc(MemoryDownload):
        checksum = right  # type: ignore[assignment]

    fetched = download(lambda offset=0, *_: WithCrc(CONTENT, offset, source.stream), part, no_pause)
    assert fetched.checksum == right


def test_without_a_digest_the_length_counts(part: Path) -> None:
    assert download(Object(algorithm=None).open, part, no_pause).checksum is None
    assert part.read_bytes() == CONTENT


def test_without_a_length_the_end_of_the_stream_counts(part: Path) -> None:
    fetched = download(Object(tells_size=False).open, part, no_pause)
    assert fetched.size_bytes == len(CONTENT)


def test_a_broken_connection_is_taken_up_at_the_byte_where_it_broke(part: Path) -> None:
    source = Object(breaks=[1_234_567])
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [0, 1_234_567]


def test_a_connection_may_break_again_and_again(part: Path) -> None:
    source = Object(breaks=[1000 * number for number in range(1, MOST_RESUMPTIONS + 1)])
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT


def test_a_connection_that_breaks_for_ever_is_given_up(part: Path) -> None:
    pauses: list[int] = []
    source = Object(breaks=[1000] * 100)
    with pytest.raises(UnavailableError, match="the connection broke"):
        download(source.open, part, lambda number, _: pauses.append(number))
    assert pauses == list(range(1, MOST_RESUMPTIONS + 1))
    assert part.read_bytes() == CONTENT[:1000]


def test_an_error_that_another_attempt_does_not_cure_is_not_resumed(part: Path) -> None:
    class Refusing(MemoryDownload):
        def readinto(self, buffer: memoryview) -> int:
            raise StoreError("encrypted by a key that is gone")

    opened: list[int] = []

    def open_at(offset: int = 0, etag: str | None = None, end: int | None = None) -> Download:
        opened.append(offset)
        return Refusing(CONTENT, offset, Stream())

    with pytest.raises(StoreError, match="a key that is gone"):
        download(open_at, part, no_pause)
    assert opened == [0]


def test_a_store_that_is_away_for_a_while_is_asked_again(part: Path) -> None:
    source = Object(breaks=[1000])
    away = [UnavailableError("no answer", retryable=True), UnavailableError("no answer", retryable=True)]

    def open_at(offset: int = 0, etag: str | None = None, end: int | None = None) -> Download:
        if offset and away:
            raise away.pop()
        return source.open(offset)

    download(open_at, part, no_pause)
    assert part.read_bytes() == CONTENT


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, len(CONTENT)), max_size=MOST_RESUMPTIONS), st.booleans(), st.booleans())
def test_wherever_it_breaks_the_content_is_whole(
    part: Path, breaks: list[int], ignores_range: bool, tells_size: bool
) -> None:
    source = Object(breaks=sorted(breaks), ignores_range=ignores_range, tells_size=tells_size)
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT


def test_a_server_that_ignores_the_range_is_passed_over(part: Path) -> None:
    source = Object(breaks=[3_000_001], ignores_range=True)
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT


def test_an_object_that_ends_early_is_asked_for_its_rest(part: Path) -> None:
    source = Object(CONTENT[:-7], announced_size=len(CONTENT), algorithm=None, etag='"a"')
    with pytest.raises(StoreError, match=f"{len(CONTENT) - 7} bytes arrived, the store says {len(CONTENT)}"):
        download(source.open, part, no_pause)
    assert source.opened[1:] == [len(CONTENT) - 7] * MOST_RESUMPTIONS
    assert not part.exists()


def test_without_etag_and_digest_nothing_is_put_together(part: Path) -> None:
    source = Object(breaks=[1000], algorithm=None)
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [0, 0]


@pytest.mark.parametrize(
    ("changes", "is_started_again"),
    [
        ({}, False),
        ({"etag": '"b"'}, True),
        ({"etag": None}, True),
        ({"announced_size": len(CONTENT) + 1}, True),
    ],
    ids=["the same", "another ETag", "no ETag any more", "another length"],
)
def test_an_object_that_was_replaced_is_fetched_from_its_start(
    part: Path, changes: dict[str, object], is_started_again: bool
) -> None:
    first, second = Stream(breaks=[1000], algorithm=None, etag='"a"'), Stream(algorithm=None, etag='"a"')
    for name, value in changes.items():
        setattr(second, name, value)
    new = CONTENT if not changes else bytes(len(CONTENT) + ("announced_size" in changes))
    asked: list[tuple[int, str | None]] = []

    def open_at(offset: int = 0, etag: str | None = None, end: int | None = None) -> Download:
        asked.append((offset, etag))
        return MemoryDownload(
            CONTENT if len(asked) == 1 else new, offset, first if len(asked) == 1 else second
        )

    download(open_at, part, no_pause)
    assert part.read_bytes() == new
    assert asked == [(0, None), (1000, '"a"'), *([(0, None)] if is_started_again else [])]


@pytest.mark.parametrize(
    ("behaviour", "verified_by"),
    [
        ({}, "md5"),
        ({"algorithm": None}, "length"),
        ({"algorithm": None, "tells_size": False, "is_chunked": True}, "chunked"),
        ({"algorithm": None, "tells_size": False}, None),
    ],
)
def test_it_is_told_what_a_download_was_verified_by(
    part: Path, behaviour: dict[str, object], verified_by: str | None
) -> None:
    assert download(Object(**behaviour).open, part, no_pause).verified_by == verified_by


def test_more_bytes_than_announced_are_never_taken_for_the_object(part: Path) -> None:
    with pytest.raises(StoreError, match="bytes arrived"):
        download(Object(announced_size=10, algorithm=None).open, part, no_pause)
    assert not part.exists()


def test_a_wrong_digest_is_an_error_that_another_attempt_may_cure(part: Path) -> None:
    with pytest.raises(
        StoreError, match=f"md5 is {hashlib.md5(CONTENT).hexdigest()}, the store says 000"
    ) as caught:
        download(Object(wrong_digests=9).open, part, no_pause)
    assert caught.value.retryable
    assert not part.exists()


def test_an_object_that_does_not_exist_leaves_no_file(part: Path) -> None:
    def absent(*_: object) -> Download:
        raise NotFoundError("no such object")

    with pytest.raises(NotFoundError):
        download(absent, part, no_pause)
    assert not part.exists()


def test_whoever_pauses_may_end_the_download(part: Path) -> None:
    def stop(_number: int, _error: DirectAccessError) -> None:
        raise SignalError("ended by SIGTERM")

    with pytest.raises(SignalError):
        download(Object(breaks=[5]).open, part, stop)
    assert part.read_bytes() == CONTENT[:5]


def leave(part: Path, there: int, content: bytes = CONTENT, **behaviour: object) -> None:
    """Have a download end after so many bytes."""

    def end(_number: int, _error: DirectAccessError) -> None:
        raise SignalError("ended by SIGTERM")

    source = Object(content, **{"etag": '"a"', **behaviour}, breaks=[there])
    with pytest.raises(SignalError):
        download(source.open, part, end)


def map_of(part: Path) -> Path:
    return part.with_name(name_of_map(part.name))


@pytest.mark.parametrize("algorithm", ["md5", None])
@pytest.mark.parametrize("there", [1, 5000, (1 << 20) + 1, len(CONTENT)])
def test_what_an_earlier_process_left_is_gone_on_with(part: Path, there: int, algorithm: str | None) -> None:
    leave(part, there, algorithm=algorithm)
    source = Object(etag='"a"', algorithm=algorithm)
    fetched = download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert (fetched.size_bytes, fetched.verified_by) == (len(CONTENT), algorithm or "length")
    assert source.opened == [there]
    assert all(stream.closed for stream in source.downloads)


def test_a_digest_that_was_told_once_is_compared_by_whoever_goes_on(part: Path) -> None:
    leave(part, 5000)
    fetched = download(Object(etag='"a"', algorithm=None).open, part, no_pause)
    assert fetched.checksum == Checksum("md5", hashlib.md5(CONTENT).hexdigest())


def test_what_a_killed_process_left_is_gone_on_with(part: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(part)]
    assert subprocess.run(command, cwd=ROOT, timeout=60).returncode == -signal.SIGKILL
    source = Object(LARGER, etag='"a"')
    download(source.open, part, no_pause, SMALL_PARTS)
    assert part.read_bytes() == LARGER
    assert source.opened[0] >= SMALL_PARTS.part_bytes


def test_the_length_of_what_is_there_proves_nothing(part: Path) -> None:
    part.write_bytes(CONTENT[:5000])
    source = Object(etag='"a"')
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [0]


def test_bytes_that_changed_below_the_map_are_found_by_the_digest(part: Path) -> None:
    leave(part, 5000)
    part.write_bytes(CONTENT[:2000] + bytes(3000))
    source = Object(etag='"a"')
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [5000, 0]


@pytest.mark.parametrize("algorithm", ["md5", None])
def test_a_file_that_is_shorter_than_its_map_is_fetched_from_the_first_byte(
    part: Path, algorithm: str | None
) -> None:
    leave(part, 5000, algorithm=algorithm)
    os.truncate(part, 4999)
    source = Object(etag='"a"', algorithm=algorithm)
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [0]


def test_a_map_of_another_file_is_as_good_as_none(part: Path) -> None:
    """A process that was thought dead writes into the file that it has opened, and its map."""
    leave(part, 5000, algorithm=None)
    part.rename(part.with_name("opened by another"))
    part.write_bytes(bytes(5000))
    source = Object(etag='"a"', algorithm=None)
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [0]


def test_a_download_that_begins_anew_does_not_touch_what_another_process_has_open(part: Path) -> None:
    part.write_bytes(b"old")
    with part.open("rb") as opened_before:
        download(Object().open, part, no_pause)
        assert opened_before.read() == b"old"


@pytest.mark.parametrize(
    "now", [{"etag": '"b"'}, {"etag": None}, {"announced_size": len(CONTENT) + 1}], ids=str
)
def test_what_is_left_of_another_object_is_fetched_from_the_first_byte(
    part: Path, now: dict[str, object]
) -> None:
    leave(part, 5000, bytes(len(CONTENT)), algorithm=None)
    new = CONTENT + b"x" if "announced_size" in now else CONTENT
    source = Object(new, **{"etag": '"a"', **now}, algorithm=None)
    download(source.open, part, no_pause)
    assert part.read_bytes() == new
    assert source.opened == [5000, 0]


@pytest.mark.parametrize("left", [{"algorithm": None, "etag": None}, {"etag": None}, {"tells_size": False}])
def test_of_an_object_that_cannot_be_known_again_no_map_is_left(part: Path, left: dict[str, object]) -> None:
    leave(part, 5000, **left)
    assert not map_of(part).exists()
    source = Object(**{"etag": '"a"', **left})
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [0]


DAMAGED: dict[str, object] = {
    "no object": [],
    "no ETag": {"etag": None},
    "a size that is none": {"size_bytes": "4000000"},
    "a truth value as size": {"size_bytes": True},
    "ranges behind the end": {"written": [[0, len(CONTENT) + 1]]},
    "ranges in disorder": {"written": [[4000, 5000], [0, 1000]]},
    "ranges that overlap": {"written": [[0, 3000], [2000, 5000]]},
    "an empty range": {"written": [[0, 0]]},
    "half a range": {"written": [[0]]},
    "positions below zero": {"written": [[-1, 5000]]},
    "numbers that are none": {"written": [[0.0, 5000.0]]},
    "an unknown digest": {"checksum": {"algorithm": "sha0", "hex": "00"}},
    "half a digest": {"checksum": {"algorithm": "md5"}},
    "nothing written": {"written": []},
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_map_is_as_good_as_none(part: Path, damage: object) -> None:
    leave(part, 5000)
    document = json.loads(map_of(part).read_bytes())
    changed = {**document, **damage} if isinstance(damage, dict) else damage
    map_of(part).write_text(json.dumps(changed))
    source = Object(etag='"a"')
    download(source.open, part, no_pause)
    assert part.read_bytes() == CONTENT
    assert source.opened == [0]


@pytest.mark.parametrize("text", ["", "{", "null", "[" * 100_000, "9" * 5000])
def test_a_map_that_is_no_json_is_as_good_as_none(part: Path, text: str) -> None:
    leave(part, 5000)
    map_of(part).write_text(text)
    source = Object(etag='"a"')
    download(source.open, part, no_pause)
    assert source.opened == [0]


def test_a_map_that_everybody_may_write_is_refused(part: Path) -> None:
    leave(part, 5000)
    map_of(part).chmod(0o666)
    with pytest.raises(OutputError, match="everybody may write it"):
        download(Object(etag='"a"').open, part, no_pause)


def test_others_cannot_read_the_map(part: Path) -> None:
    leave(part, 5000)
    assert map_of(part).stat().st_mode & 0o077 == 0


def test_nothing_but_the_file_is_left_in_the_end(part: Path) -> None:
    leave(part, 5000)
    download(Object(etag='"a"').open, part, no_pause)
    assert list(part.parent.iterdir()) == [part]


@pytest.mark.parametrize(
    "ends", [{"wrong_digests": 99}, {"announced_size": len(CONTENT) + 1, "algorithm": None}], ids=str
)
def test_nothing_is_left_of_what_is_wrong(part: Path, ends: dict[str, object]) -> None:
    leave(part, 5000)
    with pytest.raises(StoreError):
        download(Object(etag='"a"', **ends).open, part, no_pause)
    assert list(part.parent.iterdir()) == []


@pytest.mark.parametrize("breaks", [[], [5], [5, 10, 15]])
def test_every_stream_is_closed(part: Path, breaks: list[int]) -> None:
    source = Object(breaks=list(breaks))
    download(source.open, part, no_pause)
    assert [stream.closed for stream in source.downloads] == [True] * (len(breaks) + 1)


def test_an_unknown_digest_is_refused_at_once(part: Path) -> None:
    class Foreign(MemoryDownload):
        checksum = Checksum("sha0", "00")  # type: ignore[assignment]

    with pytest.raises(ValueError, match="sha0"):
        download(lambda offset=0, *_: Foreign(CONTENT, offset, Stream()), part, no_pause)


def test_a_directory_that_is_gone_is_a_local_error(tmp_path: Path) -> None:
    with pytest.raises(LocalStorageError, match="No such file or directory"):
        download(Object().open, tmp_path / "gone" / "part", no_pause)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.unit.runner.test_download import CONTENT, Object, no_pause
from direct_access.errors import LocalStorageError
from direct_access.runner.download import download
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
try:
    download(Object().open, Path(sys.argv[1]), no_pause)
except LocalStorageError as error:
    print(error, "|", error.advice)
"""


def run_python(code: str, *arguments: object) -> str:
    """Run code in an interpreter of its own and return what it prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_full_disk_leaves_nothing_half_written(part: Path) -> None:
    told = run_python(FULL_DISK, part)
    assert told.startswith(f"cannot write {part}: File too large")
    assert "the job and its objects are untouched" in told
    assert not part.exists()


KILLED = """
import os, signal, sys, threading
from pathlib import Path
from direct_access.runner.download import download
from tests.unit.runner.memory_service import MemoryDownload, Stream
from tests.unit.runner.test_download import LARGER, SMALL_PARTS, map_of, no_pause

path = Path(sys.argv[1])

class Killing(MemoryDownload):
    def readinto(self, buffer):
        if self._position > len(LARGER) // 2:
            while not map_of(path).exists():  # it is written beside the transfer
                threading.Event().wait(0.01)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().readinto(buffer)

download(lambda: Killing(LARGER, 0, Stream(etag='"a"')), path, no_pause, SMALL_PARTS)
"""

LARGE = """
import resource, sys
from pathlib import Path
from direct_access.runner.download import download
from direct_access.model.checksum import Checksum

class Zeros:
    size, offset, left = 300 << 20, 0, 300 << 20
    checksum = Checksum("md5", "{md5}")
    etag, is_chunked, end = None, False, 300 << 20
    def readinto(self, buffer):
        used = min(len(buffer), self.left)
        self.left -= used
        return used
    def __enter__(self): return self
    def __exit__(self, *exc): pass

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
download(lambda offset=0, *_: Zeros(), Path(sys.argv[1]), None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_object_needs_no_more_memory_than_a_small_one(part: Path) -> None:
    md5 = hashlib.md5()
    for _ in range(300):
        md5.update(bytes(1 << 20))
    grown_kib = int(run_python(LARGE.replace("{md5}", md5.hexdigest()), part))
    assert grown_kib < 16 * 1024
    assert part.stat().st_size == 300 << 20
