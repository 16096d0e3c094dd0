"""The round trip through a real object store, of other people's making."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

from tests.health.stage import Stage
from tests.stores.seaweedfs import SeaweedFS

BUCKET = "quantum-jobs"


@pytest.fixture(scope="module")
def seaweedfs() -> Iterator[SeaweedFS]:
    with SeaweedFS() as store:
        client(store).create_bucket(Bucket=BUCKET)
        yield store


def client(store: SeaweedFS):  # type: ignore[no-untyped-def]
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        aws_access_key_id=store.access_key_id,
        aws_secret_access_key=store.secret_access_key,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )


@pytest.fixture
def site(stage: Stage, seaweedfs: SeaweedFS) -> Stage:
    (stage.home / "client" / "secret_access_key").write_text(seaweedfs.secret_access_key)
    stage.configure(
        storage={
            "endpoint_url": seaweedfs.endpoint_url,
            "bucket": BUCKET,
            "access_key_id": seaweedfs.access_key_id,
        }
    )
    return stage


def test_an_object_goes_there_and_back_and_nothing_stays(site: Stage, seaweedfs: SeaweedFS) -> None:
    finding = site.health().finding("store")
    assert finding["level"] == "OK", finding
    assert "read through a presigned URL" in finding["seen"]
    assert client(seaweedfs).list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_a_wrong_secret_is_a_matter_of_access(site: Stage) -> None:
    (site.home / "client" / "secret_access_key").write_text("of-some-other-store-7f3b")
    told = site.health()
    assert (told.document["cause"], told.exit_status) == ("store", 77)
