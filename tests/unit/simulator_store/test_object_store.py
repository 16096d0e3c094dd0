"""The store as a Python object, for the simulator around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from direct_access.simulator.store import StoreError
from tests.unit.simulator_store.conftest import BUCKET, Running

CONTENT = b"what was measured" * 100_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "source").write_bytes(CONTENT)
    return tmp_path / "source"


def test_what_is_written_here_is_read_over_http(running: Running, source: Path) -> None:
    running.store.write(BUCKET, "results:1", source)
    got = running.client().get_object(Bucket=BUCKET, Key="results:1")
    assert got["Body"].read() == CONTENT
    assert got["LastModified"].timestamp() == int(running.clock.wall())


def test_what_is_sent_over_http_is_read_here(running: Running) -> None:
    running.client().put_object(Bucket=BUCKET, Key="params:1", Body=CONTENT)
    found = running.store.read(BUCKET, "params:1")
    assert found
    path, length = found
    assert path.read_bytes()[:length] == CONTENT
    assert length == len(CONTENT)


def test_what_is_not_there_is_none(running: Running) -> None:
    assert running.store.read(BUCKET, "params:1") is None
    assert running.store.read("no-such-bucket", "params:1") is None


def test_writing_needs_a_bucket(running: Running, source: Path) -> None:
    with pytest.raises(StoreError, match="NoSuchBucket"):
        running.store.write("no-such-bucket", "key", source)


def test_a_bucket_is_created_once(running: Running, source: Path) -> None:
    running.store.write(BUCKET, "key", source)
    running.store.create_bucket(BUCKET)
    assert running.store.read(BUCKET, "key")


def test_all_objects_are_listed_in_the_order_of_buckets_and_keys(running: Running, source: Path) -> None:
    running.store.create_bucket("another")
    for bucket, key in ((BUCKET, "b"), (BUCKET, "a"), ("another", "z")):
        running.store.write(bucket, key, source)
    listed = [(found.bucket, found.key, found.length) for found in running.store.objects()]
    length = len(CONTENT)
    assert listed == [("another", "z", length), (BUCKET, "a", length), (BUCKET, "b", length)]
    assert [found.key for found in running.store.objects(BUCKET)] == ["a", "b"]
