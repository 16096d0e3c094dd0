"""What we write others read, and what others write we read."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext

import pytest

from direct_access.errors import ConfigurationError, NotFoundError, StoreError
from direct_access.model.checksum import Checksum
from tests.contract.object_store.expectations import SEAWEEDFS

CONTENT = bytes(range(256)) * 40
ODD_NAMES = [
    "params:0b6a5f0e-7a55-4d0c-9b0e-3f1f7f3d2c11",
    "a b+c&d=é/%41.txt",
    "100%",
    "量子/результат:1",
    "~user/-._~/*'()!,;@$",
    'quotes " < > # ? [x] {y} |^`',
]


def md5(content):
    return Checksum("md5", hashlib.md5(content).hexdigest())


def test_a_file_that_we_put_is_read_by_the_sdks(store, judge, name, file):
    store.put(name, file(CONTENT))
    assert judge.read(name) == CONTENT


def test_an_object_of_the_sdks_is_read_by_us(store, judge, name, read_all):
    judge.write(name, CONTENT)
    download = store.get(name)
    assert (download.size, download.offset) == (len(CONTENT), 0)
    assert download.checksum in (md5(CONTENT), None)
    assert read_all(download) == CONTENT


@pytest.mark.parametrize("odd", ODD_NAMES)
def test_an_odd_name_is_the_same_for_the_sdks_and_for_us(odd, store, judge, name, file, read_all):
    full_name = f"{name}/{odd}"
    store.put(full_name, file(CONTENT))
    assert judge.names(name) == [full_name]
    assert judge.read(full_name) == CONTENT
    assert read_all(store.get(full_name)) == CONTENT
    store.delete(full_name)
    assert judge.names(name) == []


def test_an_upload_replaces_what_was_there(store, judge, name, file):
    store.put(name, file(b"older and longer"))
    store.put(name, file(b"newer"))
    assert judge.read(name) == b"newer"


def test_an_empty_file_becomes_an_empty_object(store, judge, name, file, read_all):
    store.put(name, file(b""))
    assert judge.size(name) == 0
    assert read_all(store.get(name)) == b""


def test_a_mark_is_an_empty_object(store, judge, name):
    store.put_empty(name)
    assert judge.size(name) == 0


def test_what_is_said_with_a_mark_is_read_by_the_sdks_and_by_us(store, judge, name):
    store.put_empty(name, {"collect-by": "2026-02-22T12:00:00.000000Z"})
    store.put_empty(name, {"collect-by": "2026-02-23T12:00:00.000000Z"})
    assert judge.metadata(name) == {"collect-by": "2026-02-23T12:00:00.000000Z"}
    assert store.head(name).metadata == {"collect-by": "2026-02-23T12:00:00.000000Z"}


@pytest.mark.parametrize("offset", [1, 5000, len(CONTENT) - 1])
def test_a_download_goes_on_where_it_broke_off(offset, store, name, file, read_all):
    store.put(name, file(CONTENT))
    download = store.get(name, offset)
    assert (download.offset, download.size) == (offset, len(CONTENT))
    assert download.checksum in (md5(CONTENT), None)
    assert read_all(download) == CONTENT[offset:]


@pytest.mark.parametrize(("first", "end"), [(0, 1), (0, 5000), (5000, 5001), (7000, len(CONTENT))])
def test_a_part_is_what_lies_between_its_first_byte_and_its_end(first, end, store, name, file, read_all):
    store.put(name, file(CONTENT))
    etag = store.head(name).etag
    part = store.get(name, first, etag, end)
    assert (part.offset, part.end, part.size, part.etag) == (first, end, len(CONTENT), etag)
    assert read_all(part) == CONTENT[first:end]


def test_a_part_of_an_object_that_was_replaced_is_refused(store, name, file):
    store.put(name, file(CONTENT))
    etag = store.head(name).etag
    store.put(name, file(CONTENT[::-1]))
    with pytest.raises(StoreError) as caught:
        store.get(name, 5000, etag, 6000)
    assert caught.value.http_status == 412


def test_a_download_that_was_complete_has_nothing_left(store, name, file, read_all):
    store.put(name, file(CONTENT))
    download = store.get(name, len(CONTENT))
    assert (download.offset, download.size, read_all(download)) == (len(CONTENT), len(CONTENT), b"")


def test_head_tells_size_and_digest(store, name, file):
    store.put(name, file(CONTENT))
    found = store.head(name)
    assert (found.size, found.metadata) == (len(CONTENT), {})
    assert found.checksum in (md5(CONTENT), None)
    assert found.etag


def test_head_of_what_is_not_there_is_none(store, name):
    assert store.head(name) is None


def test_getting_what_is_not_there_is_not_found(store, name):
    with pytest.raises(NotFoundError) as caught:
        store.get(name)
    assert caught.value.code == "NoSuchKey"
    assert caught.value.request_id


def test_deleting_twice_is_no_error(store, judge, name, file):
    store.put(name, file(CONTENT))
    store.delete(name)
    store.delete(name)
    assert judge.names(name) == []


def test_reading_from_a_bucket_that_does_not_exist_is_a_matter_of_configuration(hmac_store, target, name):
    store = hmac_store(target, bucket="no-such-bucket")
    with pytest.raises(ConfigurationError, match="no such bucket") as caught:
        store.get(name)
    assert caught.value.code == "NoSuchBucket"


def test_writing_to_a_bucket_that_does_not_exist_is_a_matter_of_configuration(hmac_store, target, name, file):
    makes_buckets = target.expectations is SEAWEEDFS
    with nullcontext() if makes_buckets else pytest.raises(ConfigurationError, match="no such bucket"):
        hmac_store(target, bucket="no-such-bucket-yet").put(name, file(CONTENT))


def test_the_connection_is_good_for_the_next_request_after_a_refusal(store, judge, name, file):
    with pytest.raises(NotFoundError):
        store.get(name)
    store.put(name, file(CONTENT))
    assert judge.read(name) == CONTENT
