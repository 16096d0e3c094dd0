from urllib.parse import parse_qs, urlsplit

import pytest

from direct_access.clock import ManualClock
from direct_access.config.secret_source import SecretSource
from direct_access.errors import ConfigurationError
from direct_access.redact import Secret
from direct_access.storage.access import BearerAccess
from direct_access.storage.address import BucketAddress
from direct_access.storage.hmac_access import HmacAccess
from direct_access.storage.signing import presigned_url

ADDRESS = BucketAddress("bkt", "https://inside:9000", "https://outside.example")
NAME = "c/1000/42.0/params:1"


def secret_source(tmp_path):
    file = tmp_path / "secret"
    file.touch(mode=0o600)
    file.write_text("s3cret\n")
    return SecretSource("secret_access_key", file=file)


@pytest.fixture
def access(tmp_path):
    return HmacAccess(ADDRESS, "AKID", secret_source(tmp_path), None, ManualClock(1_770_000_000.0))


def test_the_example_of_the_s3_manual_is_reproduced():
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, its last example."""
    url = presigned_url(
        "GET",
        "https://examplebucket.s3.amazonaws.com/test.txt",
        access_key_id="AKIAIOSFODNN7EXAMPLE",
        secret_access_key=Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region="us-east-1",
        expires_secs=86400,
        clock=ManualClock(1_369_353_600.0),
    )
    assert url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_only_the_host_is_signed_so_that_the_service_may_send_any_other_header(access):
    query = parse_qs(urlsplit(access.presign("PUT", NAME, 60)).query)
    assert query["X-Amz-SignedHeaders"] == ["host"]
    assert not [name for name in query if "checksum" in name.lower()]


def test_urls_for_the_service_are_signed_for_the_host_as_it_reaches_it(access):
    assert access.presign("GET", NAME, 60).startswith("https://outside.example/bkt/c/1000/42.0/params%3A1?")


def test_our_own_requests_go_to_the_host_as_we_reach_it(access):
    assert access.request_url("GET", NAME).startswith("https://inside:9000/bkt/c/1000/42.0/params%3A1?")


def test_the_region_of_a_store_without_regions_is_us_east_1(access):
    assert "%2Fus-east-1%2Fs3%2F" in access.presign("GET", NAME, 60)


def test_every_url_is_signed_anew(tmp_path):
    clock = ManualClock()
    access = HmacAccess(ADDRESS, "AKID", secret_source(tmp_path), "r", clock)
    first = access.presign("GET", NAME, 60)
    clock.advance(1)
    assert access.presign("GET", NAME, 60) != first


@pytest.mark.parametrize("expires_secs", [0, -1, 604_801])
def test_an_expiry_that_sigv4_does_not_allow_is_a_matter_of_configuration(expires_secs, access):
    with pytest.raises(ConfigurationError):
        access.presign("GET", NAME, expires_secs)


def test_a_week_is_allowed(access):
    assert "X-Amz-Expires=604800&" in access.presign("GET", NAME, 604_800)


def test_the_secret_is_not_read_before_the_first_signature(tmp_path):
    source = SecretSource("secret_access_key", file=tmp_path / "absent")
    access = HmacAccess(ADDRESS, "AKID", source, None, ManualClock())
    assert access.address is ADDRESS
    with pytest.raises(ConfigurationError):
        access.presign("GET", NAME, 60)


def test_an_iam_token_cannot_presign():
    with pytest.raises(ConfigurationError, match="cannot presign"):
        BearerAccess(ADDRESS, authorizer=None).presign("GET", NAME, 60)
