"""What signed requests say about themselves, well or not."""

from __future__ import annotations

from email.message import Message
from urllib.parse import urlencode

import pytest

from direct_access.simulator.http import Request
from direct_access.simulator.store.claims import Claim, claim_of_header, claim_of_url
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.request import S3Request

SIGNATURE = "0" * 64
SCOPE = "20261121/us-east-1/s3/aws4_request"
SIGNED_HEADERS = "host;x-amz-date"
HEADERS = {
    "Authorization": f"AWS4-HMAC-SHA256 Credential=AKID/{SCOPE}, SignedHeaders={SIGNED_HEADERS}, "
    f"Signature={SIGNATURE}",
    "x-amz-date": "20261121T120000Z",
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
}
PARAMETERS = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": f"AKID/{SCOPE}",
    "X-Amz-Date": "20261121T120000Z",
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": SIGNATURE,
}


def request(target: str = "/bucket/key", headers: dict[str, str] | None = None) -> S3Request:
    message = Message()
    for name, value in (headers or {}).items():
        message[name] = value
    return S3Request.parse(Request("GET", target, message, None, "127.0.0.1"))  # type: ignore[arg-type]


def test_a_header_claims_who_signed_what_and_when() -> None:
    claim = claim_of_header(request(headers=HEADERS))
    signed_headers = ("host", "x-amz-date")
    assert claim == Claim("AKID", SCOPE, "20261121T120000Z", signed_headers, SIGNATURE, "UNSIGNED-PAYLOAD")
    assert claim.signed_at == 1795262400.0


def test_a_url_claims_how_long_it_lives() -> None:
    claim = claim_of_url(request(f"/bucket/key?{urlencode(PARAMETERS)}"))
    assert claim == Claim("AKID", SCOPE, "20261121T120000Z", ("host",), SIGNATURE, "UNSIGNED-PAYLOAD", 60)


def test_a_url_may_claim_the_hash_of_its_body() -> None:
    signed = {**PARAMETERS, "X-Amz-SignedHeaders": "host;x-amz-content-sha256"}
    sent = request(f"/bucket/key?{urlencode(signed)}", {"x-amz-content-sha256": "ab" * 32})
    assert claim_of_url(sent).payload_hash == "ab" * 32


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("Authorization", "AWS4-HMAC-SHA256 Credential=AKID", "AuthorizationHeaderMalformed"),
        ("Authorization", HEADERS["Authorization"].replace("/s3/", "/ec2/"), "AuthorizationHeaderMalformed"),
        (
            "Authorization",
            HEADERS["Authorization"].replace("20261121", "20261120"),
            "AuthorizationHeaderMalformed",
        ),
        ("Authorization", HEADERS["Authorization"].replace("host;", ""), "AuthorizationHeaderMalformed"),
        (
            "Authorization",
            HEADERS["Authorization"].replace("host", "Host;host"),
            "AuthorizationHeaderMalformed",
        ),
        ("Authorization", HEADERS["Authorization"][:-1] + "X", "AuthorizationHeaderMalformed"),
        ("x-amz-date", "", "AccessDenied"),
        ("x-amz-date", "Sat, 21 Nov 2026 12:00:00 GMT", "AccessDenied"),
        ("x-amz-content-sha256", "", "InvalidRequest"),
    ],
)
def test_a_header_that_claims_wrong_is_refused(name: str, value: str, code: str) -> None:
    with pytest.raises(StoreError, match=code):
        claim_of_header(request(headers={**HEADERS, name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"),
        ("X-Amz-Credential", "AKID"),
        ("X-Amz-Credential", f"AKID/{SCOPE}/more"),
        ("X-Amz-Date", "20261121"),
        ("X-Amz-Date", "20261122T120000Z"),
        ("X-Amz-Expires", "sixty"),
        ("X-Amz-Expires", "1e3"),
        ("X-Amz-Expires", "0"),
        ("X-Amz-Expires", "604801"),
        ("X-Amz-Expires", "9" * 5000),
        ("X-Amz-SignedHeaders", "x-amz-date"),
        ("X-Amz-Signature", ""),
    ],
)
def test_a_url_that_claims_wrong_is_refused(name: str, value: str) -> None:
    with pytest.raises(StoreError, match="AuthorizationQueryParametersError"):
        claim_of_url(request(f"/bucket/key?{urlencode({**PARAMETERS, name: value})}"))
