"""Ranges and conditions of a read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.ranges import check_conditions, requested_range

LENGTHS = st.integers(1, 10**12)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=0-100", (0, 100)),
        ("bytes=99-", (99, 1)),
        ("bytes=-1", (99, 1)),
        ("bytes=-100", (0, 100)),
        ("bytes=-1000", (0, 100)),
        (" bytes = 5 - 6 ", (5, 2)),
    ],
)
def test_a_range_of_100_bytes(header: str, part: tuple[int, int]) -> None:
    assert requested_range(header, 100) == part


@pytest.mark.parametrize(
    "header", ["", "bytes=-", "bytes=6-5", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "0-1"]
)
def test_what_is_no_single_range_is_ignored(header: str) -> None:
    assert requested_range(header, 100) is None


@pytest.mark.parametrize(
    ("header", "length"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_a_range_without_a_byte_is_refused_with_the_length(header: str, length: int) -> None:
    with pytest.raises(StoreError) as caught:
        requested_range(header, length)
    assert caught.value.status == 416
    assert ("Content-Range", f"bytes */{length}") in caught.value.headers


@given(LENGTHS, st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_range_never_goes_past_the_end(length: int, first: int, last: int) -> None:
    try:
        part = requested_range(f"bytes={first}-{last}", length)
    except StoreError:
        assert first >= length
        return
    if part is None:
        assert last < first
    else:
        assert part == (first, min(last, length - 1) - first + 1)


@given(LENGTHS, st.integers(1, 10**12))
def test_a_suffix_ends_at_the_end(length: int, suffix: int) -> None:
    part = requested_range(f"bytes=-{suffix}", length)
    assert part == (length - min(suffix, length), min(suffix, length))


@pytest.mark.parametrize("header", ['"abc"', "abc", 'W/"abc"', '"x", "abc"', "*"])
def test_an_etag_is_recognised(header: str) -> None:
    check_conditions(header, "", "abc")
    with pytest.raises(StoreError, match="NotModified"):
        check_conditions("", header, "abc")


def test_another_etag_fails_a_match_and_passes_a_mismatch() -> None:
    check_conditions("", '"other"', "abc")
    with pytest.raises(StoreError, match="PreconditionFailed"):
        check_conditions('"other"', "", "abc")
