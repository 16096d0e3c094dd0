import hashlib

import pytest

from direct_access.errors import LocalStorageError, NotFoundError, StoreError, UnavailableError
from direct_access.model.checksum import Checksum
from direct_access.simulator.http import Response
from direct_access.storage.object_info import ObjectInfo

CONTENT = b"0123456789"
MD5 = hashlib.md5(CONTENT).hexdigest()
ETAG = ("ETag", f'"{MD5}"')


def read_all(download):
    buffer = bytearray(64)
    parts = []
    with download:
        while count := download.readinto(memoryview(buffer)):
            parts.append(bytes(buffer[:count]))
    return b"".join(parts)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "params.json"
    path.write_bytes(CONTENT)
    return path


def test_a_whole_object_has_size_and_digest(store_of):
    store, server = store_of(Response(200, CONTENT, [ETAG]))
    download = store.get("a:b")
    assert (download.size, download.offset, download.checksum) == (10, 0, Checksum("md5", MD5))
    assert download.end == 10
    assert read_all(download) == CONTENT
    assert server.seen[0].target == "/bkt/a%3Ab"
    assert "Range" not in server.seen[0].headers


def test_the_rest_of_an_object_is_asked_for_by_range(store_of):
    answer = Response(206, CONTENT[4:], [ETAG, ("Content-Range", "bytes 4-9/10")])
    store, server = store_of(answer)
    download = store.get("a", offset=4)
    assert server.seen[0].headers["Range"] == "bytes=4-"
    assert (download.size, download.offset, download.checksum) == (10, 4, Checksum("md5", MD5))
    assert read_all(download) == CONTENT[4:]


@pytest.mark.parametrize("offset", [0, 4])
def test_a_part_of_an_object_is_asked_for_by_its_first_and_last_byte(store_of, offset):
    answer = Response(206, CONTENT[offset:8], [ETAG, ("Content-Range", f"bytes {offset}-7/10")])
    store, server = store_of(answer)
    download = store.get("a", offset, ETAG[1], end=8)
    assert server.seen[0].headers["Range"] == f"bytes={offset}-7"
    assert server.seen[0].headers["If-Match"] == ETAG[1]
    assert (download.size, download.offset, download.end) == (10, offset, 8)
    assert read_all(download) == CONTENT[offset:8]


def test_a_store_that_ignores_the_range_starts_at_the_beginning(store_of):
    store, _ = store_of(Response(200, CONTENT))
    download = store.get("a", offset=4)
    assert (download.offset, read_all(download)) == (0, CONTENT)


def test_nothing_is_left_of_an_object_that_ends_at_the_offset(store_of):
    store, _ = store_of(Response(416, b"<Error/>", [("Content-Range", "bytes */10")]))
    download = store.get("a", offset=10)
    assert (download.size, download.offset, read_all(download)) == (10, 10, b"")


@pytest.mark.parametrize("headers", [[("Content-Range", "bytes */8")], []])
def test_an_offset_behind_the_end_is_an_error(headers, store_of):
    store, _ = store_of(Response(416, b"", headers))
    with pytest.raises(StoreError):
        store.get("a", offset=10)


@pytest.mark.parametrize("content_range", ["bytes 5-9/10", "bytes 4-3/10", "bytes */10", "lines 4-9/10", ""])
def test_another_part_than_was_asked_for_is_an_error(content_range, store_of):
    store, _ = store_of(Response(206, CONTENT[4:], [("Content-Range", content_range)]))
    with pytest.raises(StoreError):
        store.get("a", offset=4)


def test_a_size_that_is_not_told_is_unknown(store_of):
    store, _ = store_of(Response(206, CONTENT[4:], [("Content-Range", "bytes 4-9/*")]), Response(404))
    assert store.get("a", offset=4).size is None


def test_a_download_that_breaks_off_is_an_error_that_may_pass(store_of):
    store, _ = store_of(Response(200, CONTENT, cut_after=3))
    download = store.get("a")
    with pytest.raises(StoreError, match="before the end") as caught:
        read_all(download)
    assert caught.value.retryable


def test_closing_a_download_early_is_allowed(store_of):
    store, _ = store_of(Response(200, CONTENT))
    store.get("a").close()
    assert read_all(store.get("a")) == CONTENT


def test_a_file_is_sent_with_its_length_and_without_content_type(store_of, file):
    store, server = store_of(Response(200, b"", [ETAG]))
    store.put("a", file)
    seen = server.seen[0]
    assert (seen.method, seen.body, seen.headers["Content-Length"]) == ("PUT", CONTENT, "10")
    assert seen.headers["Content-Type"] is None
    assert seen.headers["Transfer-Encoding"] is None


def test_bytes_that_changed_on_the_way_are_sent_again(store_of, file):
    wrong = ("ETag", '"00000000000000000000000000000000"')
    store, server = store_of(Response(200, b"", [wrong]), Response(200, b"", [ETAG]))
    store.put("a", file)
    assert [seen.body for seen in server.seen] == [CONTENT, CONTENT]


def test_bytes_that_always_change_on_the_way_are_an_error(store_of, file):
    store, _ = store_of(Response(200, b"", [("ETag", '"00000000000000000000000000000000"')]))
    with pytest.raises(StoreError, match="other bytes than were sent"):
        store.put("a", file)


def test_a_store_that_gives_no_digest_is_believed(store_of, file):
    store, server = store_of(Response(200, b"", [("ETag", '"opaque"')]))
    store.put("a", file)
    assert len(server.seen) == 1


def test_an_upload_is_repeated_whole_while_the_store_is_in_trouble(store_of, file):
    store, server = store_of(Response(503), Response(500), Response(reset=True), Response(200, b"", [ETAG]))
    store.put("a", file)
    assert [seen.body for seen in server.seen] == [CONTENT] * 4


def test_a_store_that_slows_us_down_says_for_how_long(store_of, clock):
    busy = Response(503, b"<Error><Code>SlowDown</Code></Error>", [("Retry-After", "40")])
    store, _ = store_of(busy, Response(200, CONTENT))
    store.get("a")
    assert clock.boottime() >= 40


def test_a_file_that_is_not_there_is_our_own_trouble(store_of, tmp_path):
    store, server = store_of(Response())
    with pytest.raises(LocalStorageError, match="No such file"):
        store.put("a", tmp_path / "absent")
    assert server.seen == []


def test_an_empty_object_is_sent_with_length_zero(store_of):
    store, server = store_of(Response())
    store.put_empty("detached:1")
    assert (server.seen[0].method, server.seen[0].headers["Content-Length"]) == ("PUT", "0")


def test_head_tells_size_and_digest(store_of):
    store, server = store_of(Response(200, CONTENT, [ETAG]))
    assert store.head("a") == ObjectInfo(10, Checksum("md5", MD5), etag=f'"{MD5}"')
    assert server.seen[0].method == "HEAD"


def test_head_of_what_is_not_there_is_none(store_of):
    store, _ = store_of(Response(404))
    assert store.head("a") is None


@pytest.mark.parametrize(
    "answer", [Response(204), Response(200), Response(404, b"<Error><Code>NoSuchKey</Code></Error>")]
)
def test_deleting_what_is_there_or_gone_is_no_error(answer, store_of):
    store, server = store_of(answer)
    store.delete("a")
    assert server.seen[0].method == "DELETE"


def test_an_object_that_is_not_there_is_not_found_at_once(store_of):
    store, server = store_of(Response(404, b"<Error><Code>NoSuchKey</Code></Error>"))
    with pytest.raises(NotFoundError):
        store.get("a")
    assert len(server.seen) == 1


@pytest.mark.parametrize("body", [b"", b"default backend - 404", b"<html><title>Not Found</title></html>"])
def test_a_404_without_the_stores_code_says_nothing_of_an_object(body, store_of):
    store, server = store_of(Response(404, body), Response(200, CONTENT))
    with store.get("a") as download:
        assert download.size == len(CONTENT)
    assert len(server.seen) == 2


def test_the_token_goes_into_the_header_of_every_request(store_of):
    store, server = store_of(Response())
    store.put_empty("a")
    assert server.seen[0].headers["Authorization"] == "Bearer token"


def test_a_signed_request_carries_no_token(store_of):
    store, server = store_of(Response(), signed=True)
    store.put_empty("a")
    store.get("a").close()
    assert server.seen[0].headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert server.seen[1].headers["Authorization"] is None


def test_no_request_asks_the_store_to_say_that_it_may_go_on(store_of, file):
    store, server = store_of(Response(200, b"", [ETAG]), signed=True)
    store.put_empty("a")
    store.put("a", file)
    assert [seen.headers["Expect"] for seen in server.seen] == [None, None]


def test_an_upload_whose_token_was_refused_is_sent_again_whole_and_verified(store_of, file):
    store, server = store_of(Response(401), Response(200, b"", [ETAG]), tokens=("old", "new"))
    store.put("a", file)
    assert [(seen.headers["Authorization"], seen.body) for seen in server.seen] == [
        ("Bearer old", CONTENT),
        ("Bearer new", CONTENT),
    ]


def test_trouble_with_iam_is_not_the_stores(store_of):
    store, server = store_of(Response(), tokens=(UnavailableError("IAM is down"),))
    with pytest.raises(UnavailableError, match="IAM is down"):
        store.put_empty("a")
    assert server.seen == []


def test_trouble_with_iam_is_waited_for(store_of, clock):
    store, _ = store_of(Response(), tokens=(UnavailableError("IAM is down", retryable=True),))
    with pytest.raises(UnavailableError):
        store.put_empty("a")
    assert clock.boottime() >= 290
