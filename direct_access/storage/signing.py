"""Presigned URLs: AWS Signature Version 4 in the query, made by botocore's own signer.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html. The signer alone, without a
client, reads neither the environment nor the home directory, and starts in a tenth of the time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from direct_access.clock import Clock
from direct_access.redact import Secret
from direct_access.transport.third_party_logs import watch

LONGEST_EXPIRY_SECS = 604_800
SIGNATURES_KNOWN = 64

watch("botocore")
_recent: deque[Secret] = deque(maxlen=SIGNATURES_KNOWN)
"""The last signatures, so that a store that echoes one brings it into no message."""


class _Credentials(NamedTuple):
    access_key: str
    secret_key: str
    token: None = None


class _Signer(S3SigV4QueryAuth):  # type: ignore[misc]
    """botocore's signer by a clock of ours: botocore asks the machine's, which a test cannot set."""

    def __init__(self, credentials: _Credentials, region: str, expires_secs: int, clock: Clock) -> None:
        super().__init__(credentials, "s3", region, expires=expires_secs)
        self._clock = clock

    def _modify_request_before_signing(self, request: Any) -> None:
        request.context["timestamp"] = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock.wall()))
        super()._modify_request_before_signing(request)

    def signature(self, string_to_sign: str, request: Any) -> str:
        """Sign, and have the signature known as a secret."""
        signature = str(super().signature(string_to_sign, request))
        _recent.append(Secret(signature))
        return signature


def presigned_url(
    method: str,
    url: str,
    *,
    access_key_id: str,
    secret_access_key: Secret,
    region: str,
    expires_secs: int,
    clock: Clock,
    amz_headers: Mapping[str, str] | None = None,
) -> str:
    """Return the URL with a signature that covers method, host, path, expiry and the headers given.

    :param expires_secs: 1 to 604800
    :param amz_headers: ``x-amz-*`` headers that the request must then carry
    """
    credentials = _Credentials(access_key_id, secret_access_key.reveal())
    request = AWSRequest(method=method, url=url, headers=dict(amz_headers or {}))
    _Signer(credentials, region, expires_secs, clock).add_auth(request)
    return str(request.url)
