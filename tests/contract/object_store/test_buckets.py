"""Buckets, at targets where we may make them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.contract.object_store.targets import LOCAL, Target
from tests.contract.object_store.test_objects import refusal

TARGETS = LOCAL
_numbers = itertools.count()


@pytest.fixture
def new_bucket(target: Target) -> str:
    return f"made-by-a-test-{next(_numbers)}"


def test_a_bucket_lives_from_its_creation_to_its_deletion(s3: Any, new_bucket: str) -> None:
    assert refusal(s3.head_bucket, Bucket=new_bucket) == (404, "404")
    s3.create_bucket(Bucket=new_bucket)
    s3.head_bucket(Bucket=new_bucket)
    assert new_bucket in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    s3.delete_bucket(Bucket=new_bucket)
    assert refusal(s3.head_bucket, Bucket=new_bucket) == (404, "404")


def test_a_bucket_that_holds_objects_is_not_deleted(one_client: Any, target: Target, new_bucket: str) -> None:
    one_client.create_bucket(Bucket=new_bucket)
    one_client.put_object(Bucket=new_bucket, Key="key", Body=b"")
    path = f"/{new_bucket}"
    answer = target.send("DELETE", path, target.signer().headers("DELETE", path))
    assert answer.outcome == target.expectations["DELETE bucket that holds objects"]


def test_a_bucket_that_exists_is_not_created_again(one_client: Any, target: Target) -> None:
    refused = refusal(one_client.create_bucket, Bucket=target.bucket)
    assert refused == (409, "BucketAlreadyOwnedByYou")


def test_the_location_of_a_bucket_can_be_asked(one_client: Any, target: Target) -> None:
    assert one_client.get_bucket_location(Bucket=target.bucket)["LocationConstraint"] is None
