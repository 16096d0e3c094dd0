"""The modules of boto3 and of ibm-cos-sdk that are used, loaded when a store is first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class SdkModules(NamedTuple):
    """An SDK. ibm-cos-sdk is a fork of boto3 that knows IAM tokens: its modules have the same contents.

    :param boto: makes clients of a session
    :param session: has the settings and the models
    """

    boto: Any
    session: Any
    auth: Any
    awsrequest: Any
    config: Any
    configprovider: Any
    exceptions: Any
    loaders: Any


Sdk = Callable[[], SdkModules]
"""Loads an SDK."""


def boto3() -> SdkModules:
    """Return AWS's SDK, for any store that speaks S3."""
    import boto3.session
    import botocore.auth
    import botocore.awsrequest
    import botocore.config
    import botocore.configprovider
    import botocore.exceptions
    import botocore.loaders
    import botocore.session

    return SdkModules(
        boto3.session,
        botocore.session,
        botocore.auth,
        botocore.awsrequest,
        botocore.config,
        botocore.configprovider,
        botocore.exceptions,
        botocore.loaders,
    )


def ibm_cos_sdk() -> SdkModules:
    """Return IBM's SDK, for IBM Cloud Object Storage."""
    import ibm_boto3.session
    import ibm_botocore.auth
    import ibm_botocore.awsrequest
    import ibm_botocore.config
    import ibm_botocore.configprovider
    import ibm_botocore.exceptions
    import ibm_botocore.loaders
    import ibm_botocore.session

    return SdkModules(
        ibm_boto3.session,
        ibm_botocore.session,
        ibm_botocore.auth,
        ibm_botocore.awsrequest,
        ibm_botocore.config,
        ibm_botocore.configprovider,
        ibm_botocore.exceptions,
        ibm_botocore.loaders,
    )
