"""boto3 and ibm_boto3 as its users write them, at the running simulator."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.config
import ibm_boto3
import ibm_botocore.client
import pytest
from ibm_botocore.exceptions import CredentialRetrievalError

from direct_access.simulator.embedded import Simulator

CONTENT = b'{"pubs": []}'


def by_boto3(simulator: Simulator) -> Any:
    access = simulator.access
    return boto3.session.Session().client(
        "s3",
        endpoint_url=access.store_url,
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
        region_name=access.region,
        config=botocore.config.Config(signature_version="s3v4"),
    )


def by_ibm_hmac(simulator: Simulator) -> Any:
    access = simulator.access
    return ibm_boto3.session.Session().client(
        "s3",
        endpoint_url=access.store_url,
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
        region_name=access.region,
        config=ibm_botocore.client.Config(signature_version="s3v4"),
    )


def by_ibm_api_key(simulator: Simulator, api_key: str | None = None) -> Any:
    access = simulator.access
    return ibm_boto3.session.Session().client(
        "s3",
        ibm_api_key_id=api_key or access.api_key,
        ibm_service_instance_id=access.bucket_crn,
        ibm_auth_endpoint=f"{access.iam_url}/identity/token",
        endpoint_url=access.store_url,
        config=ibm_botocore.client.Config(signature_version="oauth"),
    )


@pytest.fixture(params=[by_boto3, by_ibm_hmac, by_ibm_api_key], ids=lambda make: make.__name__)
def s3(simulator: Simulator, request: pytest.FixtureRequest) -> Any:
    """A client of each kind."""
    return request.param(simulator)


def test_an_object_lives_from_put_to_delete(s3: Any, simulator: Simulator) -> None:
    where = {"Bucket": simulator.bucket, "Key": "params:an-object"}
    s3.put_object(**where, Body=CONTENT)
    assert s3.get_object(**where)["Body"].read() == CONTENT
    listed = s3.list_objects_v2(Bucket=simulator.bucket, Prefix="params:an-")["Contents"]
    assert [found["Key"] for found in listed] == ["params:an-object"]
    s3.delete_object(**where)
    assert s3.list_objects_v2(Bucket=simulator.bucket, Prefix="params:an-")["KeyCount"] == 0


def test_all_kinds_see_the_same_objects(simulator: Simulator) -> None:
    where = {"Bucket": simulator.bucket, "Key": "params:shared"}
    by_boto3(simulator).put_object(**where, Body=CONTENT)
    assert by_ibm_api_key(simulator).get_object(**where)["Body"].read() == CONTENT
    by_ibm_hmac(simulator).delete_object(**where)
    assert (
        by_boto3(simulator).list_objects_v2(Bucket=simulator.bucket, Prefix="params:shared")["KeyCount"] == 0
    )


def test_a_wrong_api_key_gets_no_token(simulator: Simulator) -> None:
    with pytest.raises(CredentialRetrievalError, match="could not be found"):
        by_ibm_api_key(simulator, "wrong").list_buckets()
