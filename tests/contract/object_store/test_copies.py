"""Copies of objects, whole and as parts of an upload."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.object_store.targets import Target, simulator, simulator_https

TARGETS = [simulator, simulator_https]
CONTENT = b"what is copied"
PART_BYTES = 5 << 20


@pytest.fixture
def source(one_client: Any, target: Target, key: str) -> dict[str, str]:
    """An object, as a copy names it."""
    where = {"Bucket": target.bucket, "Key": f"{key}/a b+c é%41"}
    one_client.put_object(**where, Body=CONTENT, ContentType="text/x-own", Metadata={"of": "the source"})
    return where


def test_a_copy_has_content_and_headers_of_its_source(s3: Any, target: Target, key: str, source: Any) -> None:
    where = {"Bucket": target.bucket, "Key": f"{key}/copy"}
    copied = s3.copy_object(**where, CopySource=source)["CopyObjectResult"]
    found = s3.get_object(**where)
    assert (found["Body"].read(), found["ETag"]) == (CONTENT, copied["ETag"])
    assert (found["ContentType"], found["Metadata"]) == ("text/x-own", {"of": "the source"})


def test_a_copy_may_have_headers_of_its_own(one_client: Any, source: Any) -> None:
    one_client.copy_object(
        **source,
        CopySource=source,
        MetadataDirective="REPLACE",
        ContentType="text/other",
        Metadata={"a": "b"},
    )
    found = one_client.get_object(**source)
    assert (found["Body"].read(), found["ContentType"], found["Metadata"]) == (
        CONTENT,
        "text/other",
        {"a": "b"},
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"CopySource": "nowhere/key"}, "NoSuchBucket"),
        ({"CopySource": "{bucket}/nothing"}, "NoSuchKey"),
        ({"CopySource": "{bucket}"}, "InvalidArgument"),
        ({"CopySourceIfMatch": '"another"'}, "PreconditionFailed"),
        ({"CopySourceIfNoneMatch": "*"}, "PreconditionFailed"),
    ],
)
def test_a_copy_that_cannot_be_made_leaves_nothing(
    one_client: Any, target: Target, key: str, source: Any, changed: dict[str, str], code: str
) -> None:
    where = {"Bucket": target.bucket, "Key": f"{key}/copy"}
    options = {name: text.format(bucket=target.bucket) for name, text in changed.items()}
    with pytest.raises(ClientError) as refused:
        one_client.copy_object(**{**where, "CopySource": source, **options})
    assert refused.value.response["Error"]["Code"] == code
    assert "Contents" not in one_client.list_objects(Bucket=target.bucket, Prefix=where["Key"])


def test_an_object_is_not_copied_to_itself(one_client: Any, source: Any) -> None:
    with pytest.raises(ClientError, match="InvalidRequest"):
        one_client.copy_object(**source, CopySource=source)


def test_an_upload_takes_parts_from_objects(s3: Any, target: Target, key: str) -> None:
    content = bytes(range(256)) * (PART_BYTES // 256) + b"the end"
    source = {"Bucket": target.bucket, "Key": f"{key}/large"}
    where = {"Bucket": target.bucket, "Key": f"{key}/copy"}
    s3.put_object(**source, Body=content)
    upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    ranges = (f"bytes=0-{PART_BYTES - 1}", f"bytes={PART_BYTES}-{len(content) - 1}")
    parts = []
    for number, part in enumerate(ranges, start=1):
        copied = s3.upload_part_copy(**upload, PartNumber=number, CopySource=source, CopySourceRange=part)
        result = {k: v for k, v in copied["CopyPartResult"].items() if k != "LastModified"}
        parts.append({"PartNumber": number, **result})
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(**where)["Body"].read() == content


@pytest.mark.parametrize("part", ["bytes=0-14", "bytes=3-2", "bytes=-5", "0-1"])
def test_a_range_outside_of_the_source_is_refused(one_client: Any, source: Any, part: str) -> None:
    upload = one_client.create_multipart_upload(**source)["UploadId"]
    with pytest.raises(ClientError, match="InvalidArgument"):
        one_client.upload_part_copy(
            **source, UploadId=upload, PartNumber=1, CopySource=source, CopySourceRange=part
        )
    one_client.abort_multipart_upload(**source, UploadId=upload)


def test_objects_are_listed_in_pages_by_marker(s3: Any, target: Target, key: str) -> None:
    names = [f"{key}/{name}" for name in ("a", "b&c", "d/e", "d/f", "g é")]
    for name in names:
        s3.put_object(Bucket=target.bucket, Key=name, Body=b"")
    pages = s3.get_paginator("list_objects").paginate(
        Bucket=target.bucket, Prefix=f"{key}/", PaginationConfig={"PageSize": 2}
    )
    found = [[each["Key"] for each in page["Contents"]] for page in pages]
    assert found == [names[:2], names[2:4], names[4:]]
    folded = s3.get_paginator("list_objects").paginate(
        Bucket=target.bucket, Prefix=f"{key}/", Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    assert [page.get("CommonPrefixes", []) for page in folded][2] == [{"Prefix": f"{key}/d/"}]
