"""Signatures: what AWS publishes and what botocore computes must be what we compute."""

from __future__ import annotations

from email.message import Message
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from direct_access.simulator.store import sigv4

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SCOPE = "20130524/us-east-1/s3/aws4_request"
TIMESTAMP = "20130524T000000Z"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
HEADER_VALUES = st.text("abc  ,;=é", max_size=20).map(str.strip)


def headers_of(pairs: dict[str, str]) -> Message:
    message = Message()
    for name, value in pairs.items():
        message[name] = value
    return message


def signature(canonical: str, scope: str = SCOPE, timestamp: str = TIMESTAMP) -> str:
    text = sigv4.request_string_to_sign(timestamp, scope, canonical)
    return sigv4.sign(sigv4.signing_key(SECRET, scope), text)


def test_the_get_example_of_the_documentation() -> None:
    headers = {
        "Host": "examplebucket.s3.amazonaws.com",
        "Range": "bytes=0-9",
        "x-amz-content-sha256": sigv4.EMPTY_SHA256,
        "x-amz-date": TIMESTAMP,
    }
    names = [name.lower() for name in headers]
    canonical = sigv4.canonical_request(
        "GET", "/test.txt", "", headers_of(headers), names, sigv4.EMPTY_SHA256
    )
    assert signature(canonical) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"


def test_the_presigned_example_of_the_documentation() -> None:
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
        "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    )
    headers = headers_of({"host": "examplebucket.s3.amazonaws.com"})
    canonical = sigv4.canonical_request("GET", "/test.txt", query, headers, ["host"], "UNSIGNED-PAYLOAD")
    assert signature(canonical) == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"


@given(TEXT, st.dictionaries(TEXT, TEXT, max_size=3), HEADER_VALUES)
def test_botocore_signs_headers_as_we_do(key: str, query: dict[str, str], value: str) -> None:
    url = f"http://127.0.0.1:9/bucket/{quote(key, safe='/~')}"
    encoded = "&".join(
        f"{quote(name, safe='-_.~')}={quote(text, safe='-_.~')}" for name, text in query.items()
    )
    request = AWSRequest("PUT", f"{url}?{encoded}" if query else url, {"x-amz-meta-a": value}, b"content")
    S3SigV4Auth(Credentials("AKID", SECRET), "s3", "us-east-1").add_auth(request)
    sent = {"host": "127.0.0.1:9", **dict(request.headers.items())}
    credential, signed, theirs = (
        part.partition("=")[2] for part in sent["Authorization"].split(" ", 1)[1].split(", ")
    )
    canonical = sigv4.canonical_request(
        "PUT",
        urlsplit(url).path,
        encoded,
        headers_of(sent),
        signed.split(";"),
        sent["X-Amz-Content-SHA256"],
    )
    assert signature(canonical, credential.partition("/")[2], sent["X-Amz-Date"]) == theirs


@given(TEXT, st.integers(1, 604800))
def test_botocore_presigns_as_we_do(key: str, expiry_secs: int) -> None:
    request = AWSRequest("GET", f"http://127.0.0.1:9/bucket/{quote(key, safe='/~')}")
    S3SigV4QueryAuth(Credentials("AKID", SECRET), "s3", "us-east-1", expires=expiry_secs).add_auth(request)
    url = urlsplit(request.url)
    given_by_url = dict(part.partition("=")[::2] for part in url.query.split("&"))
    canonical = sigv4.canonical_request(
        "GET", url.path, url.query, headers_of({"Host": "127.0.0.1:9"}), ["host"], "UNSIGNED-PAYLOAD"
    )
    timestamp = given_by_url["X-Amz-Date"]
    scope = f"{timestamp[:8]}/us-east-1/s3/aws4_request"
    assert signature(canonical, scope, timestamp) == given_by_url["X-Amz-Signature"]


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("/b/%41", "/b/A"),
        ("/b/a%2fb", "/b/a/b"),
        ("/b//a/../c", "/b//a/../c"),
        ("/b/a+b", "/b/a%2Bb"),
        ("/b/\xc3\xa9", "/b/%C3%A9"),
        ("/b/a~b:c", "/b/a~b%3Ac"),
    ],
)
def test_a_path_is_decoded_and_encoded_and_never_normalised(sent: str, canonical: str) -> None:
    assert sigv4.canonical_path(sent) == canonical


def test_a_query_is_sorted_encoded_and_without_its_signature() -> None:
    query = "prefix=a+b&delete&X-Amz-Signature=0&a=%2f&A=1"
    assert sigv4.canonical_query(query) == "A=1&a=%2F&delete=&prefix=a%20b"
