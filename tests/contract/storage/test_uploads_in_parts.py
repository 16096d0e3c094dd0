"""Large params: uploaded in parts, gone on with by the next process, aborted where nobody does."""

from __future__ import annotations

import contextlib
import os
import threading
import time

import pytest

from direct_access.clock import SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.errors import AccessError
from direct_access.retry.repeat import Interrupted, Patience
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.storage.parts_record import PartsRecord
from direct_access.transport.http import HttpClient
from tests.contract.storage.conftest import address_of

PART_BYTES = 5 << 20
SIZE = 2 * PART_BYTES + 4711


class Crash(Exception):
    """Ends an upload as a crash would."""


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "params.json"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture
def kept():
    return []


@pytest.fixture
def new_http():
    """Return a function from a target to a client that reaches it."""
    with contextlib.ExitStack() as opened:
        yield lambda target: opened.enter_context(
            contextlib.closing(HttpClient(NetworkSettings(ca_bundle=target.ca_bundle)))
        )


@pytest.fixture
def begun(store, name, large, kept):
    """Return a function that uploads so many parts and crashes; it returns what was kept last."""

    def upload(parts):
        def keep(record):
            kept.append(record)
            if len(record.etags) == parts:
                raise Crash

        with pytest.raises(Crash):
            store.put_in_parts(name, large, PART_BYTES, None, keep)
        return kept[-1]

    return upload


def test_a_file_in_parts_becomes_one_object(store, judge, name, large, kept):
    store.put_in_parts(name, large, PART_BYTES, None, kept.append)
    assert judge.read(name) == large.read_bytes()
    assert store.unfinished_uploads(name) == []


def test_what_is_uploaded_is_kept_before_each_part(store, name, large, kept):
    store.put_in_parts(name, large, PART_BYTES, None, kept.append)
    assert [len(record.etags) for record in kept] == [0, 1, 2, 3]
    assert {(record.upload_id, record.part_bytes) for record in kept} == {(kept[0].upload_id, PART_BYTES)}
    assert PartsRecord.from_json(kept[2].to_json()) == kept[2]


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_the_next_process_sends_only_what_is_missing(parts, begun, store, judge, name, large):
    record, later = begun(parts), []
    store.put_in_parts(name, large, PART_BYTES, record, later.append)
    assert [len(each.etags) for each in later] == list(range(parts, 4))
    assert {each.upload_id for each in later} == {record.upload_id}
    assert judge.read(name) == large.read_bytes()


def test_a_part_that_is_another_in_the_store_is_sent_again(begun, store, judge, name, large):
    record, later = begun(2), []
    wrong = PartsRecord(record.upload_id, record.part_bytes, (record.etags[0], '"0123"'))
    store.put_in_parts(name, large, PART_BYTES, wrong, later.append)
    assert [len(each.etags) for each in later] == [1, 2, 3]
    assert judge.read(name) == large.read_bytes()


def test_an_upload_that_the_store_has_forgotten_begins_anew(begun, store, judge, name, large):
    record, later = begun(2), []
    store.abort_upload(name, record.upload_id)
    store.put_in_parts(name, large, PART_BYTES, record, later.append)
    assert later[0].etags == ()
    assert later[0].upload_id != record.upload_id
    assert judge.read(name) == large.read_bytes()


def test_of_an_upload_that_was_completed_before_a_crash_no_part_is_sent_again(
    store, judge, name, large, kept
):
    store.put_in_parts(name, large, PART_BYTES, None, kept.append)
    later = []
    store.put_in_parts(name, large, PART_BYTES, kept[-1], later.append)
    assert set(later) <= {kept[-1]}  # some stores know an upload that was completed, and complete it again
    assert judge.read(name) == large.read_bytes()


def test_unfinished_uploads_are_listed_with_name_and_time(begun, store, name):
    record = begun(1)
    ((found, upload_id, initiated),) = store.unfinished_uploads(name.rpartition("/")[0])
    assert (found, upload_id) == (name, record.upload_id)
    assert initiated == pytest.approx(time.time(), abs=60)
    assert store.unfinished_uploads(f"{name}-other") == []
    store.abort_upload(name, upload_id)
    assert store.unfinished_uploads(name) == []


def test_aborting_twice_is_no_error(begun, store, name, judge):
    record = begun(1)
    store.abort_upload(name, record.upload_id)
    store.abort_upload(name, record.upload_id)
    assert judge.names(name) == []


def test_a_wrong_key_begins_no_upload(hmac_store, target, store, name, large, kept):
    with pytest.raises(AccessError):
        hmac_store(target, secret="wrong").put_in_parts(name, large, PART_BYTES, None, kept.append)
    assert kept == []
    assert store.unfinished_uploads(name) == []


def test_an_upload_that_is_told_to_stop_ends_between_two_parts(
    target, secret_file, store, name, large, kept, new_http
):
    stop = threading.Event()
    key = HmacKeySource(target.access_key_id, secret_file(target.secret))
    clock, http = SystemClock(), new_http(target)
    access = HmacAccess(address_of(target), key, None, clock, http)
    stopped = BucketStore(http, access, Patience(clock, stop))

    def keep(record):
        kept.append(record)
        if record.etags:
            stop.set()

    with pytest.raises(Interrupted):
        stopped.put_in_parts(name, large, PART_BYTES, None, keep)
    assert len(kept[-1].etags) == 1
    store.abort_upload(name, kept[-1].upload_id)
