"""Objects of any size pass through little memory."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest

from tests.contract.object_store.targets import seaweedfs

SIZE = 192 << 20
MOST_MEMORY = 8 << 20


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """A store in a process of its own, whose memory is not ours."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as started:
        yield started


@pytest.fixture
def large_file(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        for number in range(SIZE >> 20):
            file.write(number.to_bytes(4, "big") * (1 << 18))
    return path


def test_a_large_object_is_put_and_got_in_constant_memory(store, name, large_file):
    buffer = memoryview(bytearray(1 << 20))
    received = hashlib.md5()
    tracemalloc.start()
    try:
        store.put(name, large_file)
        with store.get(name) as download:
            while count := download.readinto(buffer):
                received.update(buffer[:count])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    with large_file.open("rb") as file:
        assert received.hexdigest() == hashlib.file_digest(file, "md5").hexdigest()
    assert peak < MOST_MEMORY
