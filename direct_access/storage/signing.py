"""AWS Signature Version 4, made by the SDK's own signers, at the time that our clock says.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html. The SDKs ask the
machine's clock, which a test cannot set; ``AUTH_TYPE_MAPS`` is where they look a signer up by its name.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from direct_access.redact import Secret

LONGEST_EXPIRY_SECS = 604_800
SIGNATURE = "s3v4-by-our-clock"
"""The name of the signer, without the ``-query`` of one that presigns."""

SIGNATURES_KNOWN = 64

_recent: deque[Secret] = deque(maxlen=SIGNATURES_KNOWN)
"""The last signatures, so that a store that echoes one brings it into no message."""


class _ByOurClock:
    """Signs at the time of ``our_clock`` in the request's context."""

    def _modify_request_before_signing(self, request: Any) -> None:
        now = time.gmtime(request.context["our_clock"].wall())
        request.context["timestamp"] = time.strftime("%Y%m%dT%H%M%SZ", now)
        super()._modify_request_before_signing(request)  # type: ignore[misc]

    def signature(self, string_to_sign: str, request: Any) -> str:
        """Sign, and have the signature known as a secret."""
        signature = str(super().signature(string_to_sign, request))  # type: ignore[misc]
        _recent.append(Secret(signature))
        return signature


def register_signers(auth: Any) -> None:
    """Have an SDK know the signers.

    :param auth: the SDK's module of signers, ``botocore.auth``
    """
    auth.AUTH_TYPE_MAPS[SIGNATURE] = type("HeaderSigner", (_ByOurClock, auth.S3SigV4Auth), {})
    auth.AUTH_TYPE_MAPS[f"{SIGNATURE}-query"] = type("QuerySigner", (_ByOurClock, auth.S3SigV4QueryAuth), {})
