"""Signatures made by hand, for requests that no client would send.

Written from the description, a third time besides clients and the simulator: both must agree with it.
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

UNSIGNED = "UNSIGNED-PAYLOAD"
REGION = "us-east-1"


@dataclass(frozen=True)
class Signer:
    """Signs as the holder of a key at a given time.

    :param host: value of the Host header
    :param wall: seconds since the epoch
    """

    access_key_id: str
    secret: str
    host: str
    wall: float = field(default_factory=time.time)

    @property
    def timestamp(self) -> str:
        return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.wall))

    @property
    def scope(self) -> str:
        return f"{self.timestamp[:8]}/{REGION}/s3/aws4_request"

    def presigned(self, method: str, path: str, expiry_secs: int = 60, **changed: str) -> str:
        """Return path and query of a presigned URL.

        :param changed: parameters of the signature to be set otherwise, with ``_`` for ``-``
        """
        parameters = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self.access_key_id}/{self.scope}",
            "X-Amz-Date": self.timestamp,
            "X-Amz-Expires": str(expiry_secs),
            "X-Amz-SignedHeaders": "host",
            **{name.replace("_", "-"): value for name, value in changed.items()},
        }
        query = urlencode(sorted(parameters.items()), quote_via=quote, safe="")
        signature = self._signature(method, path, query, {"host": self.host}, UNSIGNED)
        return f"{path}?{query}&X-Amz-Signature={signature}"

    def headers(
        self, method: str, path: str, query: str = "", *, payload_hash: str = UNSIGNED, **signed: str
    ) -> dict[str, str]:
        """Return the headers of a request.

        :param query: encoded, in order
        :param signed: further headers, with ``_`` for ``-``
        """
        headers = {
            "host": self.host,
            "x-amz-content-sha256": payload_hash,
            "x-amz-date": self.timestamp,
            **{name.replace("_", "-"): value for name, value in signed.items()},
        }
        signature = self._signature(method, path, query, headers, payload_hash)
        names = ";".join(sorted(headers))
        credential = f"{self.access_key_id}/{self.scope}"
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def sign(self, text: str) -> str:
        """Return the signature of a string to sign."""
        key = f"AWS4{self.secret}".encode()
        for part in self.scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _signature(self, method: str, path: str, query: str, headers: Mapping[str, str], payload: str) -> str:
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = "\n".join([method, path, query, lines, ";".join(sorted(headers)), payload])
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        return self.sign(f"AWS4-HMAC-SHA256\n{self.timestamp}\n{self.scope}\n{digest}")
