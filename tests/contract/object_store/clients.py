"""The SDKs that judge the stores."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.config
import ibm_boto3
import ibm_botocore.client

from tests.contract.object_store.identity_provider import API_KEY
from tests.contract.object_store.targets import Target

SDKS = ["boto3", "boto3-when_required", "ibm_boto3", "ibm_boto3-when_required"]


def sdk_client(name: str, target: Target) -> Any:
    """Return an S3 client that signs with the target's key.

    :param name: the SDK, and its checksum settings unless they are the default
    """
    sdk, _, checksums = name.partition("-")
    module, config = (
        (boto3, botocore.config.Config) if sdk == "boto3" else (ibm_boto3, ibm_botocore.client.Config)
    )
    when = dict.fromkeys(("request_checksum_calculation", "response_checksum_validation"), checksums)
    return module.session.Session().client(
        "s3",
        endpoint_url=target.endpoint_url,
        aws_access_key_id=target.access_key_id,
        aws_secret_access_key=target.secret,
        region_name="us-east-1",
        verify=str(target.ca_bundle) if target.ca_bundle else None,
        config=config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"max_attempts": 1},
            **(when if checksums else {}),
        ),
    )


def iam_client(target: Target) -> Any:
    """Return an S3 client that gets bearer tokens for an API key."""
    assert target.identity_provider
    return ibm_boto3.session.Session().client(
        "s3",
        ibm_api_key_id=API_KEY,
        ibm_service_instance_id="crn:v1:bluemix:public:cloud-object-storage:global:a/account:instance::",
        ibm_auth_endpoint=target.identity_provider.token_url,
        endpoint_url=target.endpoint_url,
        verify=str(target.ca_bundle) if target.ca_bundle else None,
        config=ibm_botocore.client.Config(signature_version="oauth", retries={"max_attempts": 1}),
    )
