"""URLs that boto3 signed, the judge of presigned URLs."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from direct_access.simulator.embedded import Simulator


def s3_client(endpoint_url: str, access_key_id: str, secret: str) -> Any:
    """Return a client that signs as presigned URLs must be signed."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret,
        region_name="us-east",
        config=Config(signature_version="s3v4"),
    )


def presigned(simulator: Simulator, expires_secs: int = 3600, **methods: str) -> dict[str, dict[str, str]]:
    """Return a storage block with URLs that boto3 signed; ``methods`` changes what for."""
    client = s3_client(simulator.store_url, simulator.access_key_id, simulator.secret_access_key)
    block = {}
    for name, key, method in (
        ("input", "params:job", "get_object"),
        ("results", "results:job", "put_object"),
        ("logs", "logs:job", "put_object"),
    ):
        parameters = {"Bucket": simulator.bucket, "Key": key}
        url = client.generate_presigned_url(methods.get(name, method), parameters, expires_secs)
        block[name] = {"type": "s3_compatible", "presigned_url": url}
    return block
