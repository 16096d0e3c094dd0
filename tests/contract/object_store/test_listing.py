"""Listings, through each SDK."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.object_store.targets import Target

NAMES = ["logs:1", "params:1", "params:2", "runs/a/1", "runs/a/2", "runs/b/1", "runs/c", "zé +&<"]


@pytest.fixture(scope="module")
def root(one_client: Any, target: Target) -> str:
    """A prefix with objects below it."""
    root = f"{target.prefix}/listing/"
    for name in NAMES:
        one_client.put_object(Bucket=target.bucket, Key=root + name, Body=name.encode())
    return root


def names(root: str, listing: Any) -> list[str]:
    return [found["Key"].removeprefix(root) for found in listing.get("Contents", [])]


def prefixes(root: str, listing: Any) -> list[str]:
    return [found["Prefix"].removeprefix(root) for found in listing.get("CommonPrefixes", [])]


def test_keys_come_in_the_order_of_their_bytes_with_size_and_etag(s3: Any, target: Target, root: str) -> None:
    listing = s3.list_objects_v2(Bucket=target.bucket, Prefix=root)
    assert names(root, listing) == NAMES
    assert [found["Size"] for found in listing["Contents"]] == [len(name.encode()) for name in NAMES]
    head = s3.head_object(Bucket=target.bucket, Key=root + NAMES[0])
    assert listing["Contents"][0]["ETag"] == head["ETag"]
    assert not listing["IsTruncated"]


def test_a_prefix_selects(s3: Any, target: Target, root: str) -> None:
    listing = s3.list_objects_v2(Bucket=target.bucket, Prefix=f"{root}params:")
    assert names(root, listing) == ["params:1", "params:2"]


def test_a_delimiter_groups(s3: Any, target: Target, root: str) -> None:
    listing = s3.list_objects_v2(Bucket=target.bucket, Prefix=f"{root}runs/", Delimiter="/")
    assert (names(root, listing), prefixes(root, listing)) == (["runs/c"], ["runs/a/", "runs/b/"])
    assert listing["KeyCount"] == 3


@pytest.mark.parametrize("page_size", [1, 2, 3, 8])
def test_pages_together_are_the_whole(s3: Any, target: Target, root: str, page_size: int) -> None:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=target.bucket, Prefix=root, PaginationConfig={"PageSize": page_size}
    )
    found = [names(root, page) for page in pages]
    assert [name for page in found for name in page] == NAMES
    assert max(len(page) for page in found) <= page_size


def test_pages_of_groups_repeat_no_group(s3: Any, target: Target, root: str) -> None:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=target.bucket, Prefix=f"{root}runs/", Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    found = [prefixes(root, page) + names(root, page) for page in pages]
    assert found == [["runs/a/"], ["runs/b/"], ["runs/c"]]


def test_a_listing_can_start_behind_a_key(s3: Any, target: Target, root: str) -> None:
    listing = s3.list_objects_v2(Bucket=target.bucket, Prefix=root, StartAfter=f"{root}runs/a/2")
    assert names(root, listing) == ["runs/b/1", "runs/c", "zé +&<"]
