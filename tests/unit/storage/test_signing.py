from urllib.parse import parse_qs, urlsplit

import pytest

from direct_access.clock import ManualClock
from direct_access.config.secret_source import SecretSource
from direct_access.errors import ConfigurationError
from direct_access.storage.access import BearerAccess
from direct_access.storage.address import BucketAddress
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.storage.sdk_modules import boto3, ibm_cos_sdk

ADDRESS = BucketAddress("bkt", "https://inside:9000", "https://outside.example")
NAME = "c/1000/42.0/params:1"


@pytest.fixture(params=[boto3, ibm_cos_sdk], ids=["boto3", "ibm-cos-sdk"])
def sdk(request):
    return request.param


@pytest.fixture
def access_by(sdk, http):
    """Return a function from a secret's source, and what is not as usual, to an access."""

    def build(source, address=ADDRESS, key="AKID", region=None, clock=None, token=None):
        clock = clock or ManualClock(1_770_000_000.0)
        return HmacAccess(address, HmacKeySource(key, source, token), region, clock, http, sdk)

    return build


@pytest.fixture
def access(access_by, secret_source):
    return access_by(secret_source)


def test_the_example_of_the_s3_manual_is_reproduced(access_by, secret_source):
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, its last example."""
    amazon = "https://s3.amazonaws.com"
    secret_source.file.write_text("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    access = access_by(
        secret_source,
        BucketAddress("examplebucket", amazon, amazon, "virtual"),
        "AKIAIOSFODNN7EXAMPLE",
        clock=ManualClock(1_369_353_600.0),
    )
    assert access.presign("GET", "test.txt", 86400) == (
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
    assert access.object_url("get_object", NAME).startswith("https://inside:9000/bkt/c/1000/42.0/params%3A1?")


def test_the_region_of_a_store_without_regions_is_us_east_1(access):
    assert "%2Fus-east-1%2Fs3%2F" in access.presign("GET", NAME, 60)


def test_every_url_is_signed_anew(access_by, secret_source):
    clock = ManualClock()
    access = access_by(secret_source, region="r", clock=clock)
    first = access.presign("GET", NAME, 60)
    clock.advance(1)
    assert access.presign("GET", NAME, 60) != first


@pytest.mark.parametrize("expires_secs", [0, -1, 604_801])
def test_an_expiry_that_sigv4_does_not_allow_is_a_matter_of_configuration(expires_secs, access):
    with pytest.raises(ConfigurationError):
        access.presign("GET", NAME, expires_secs)


def test_a_week_is_allowed(access):
    assert "X-Amz-Expires=604800&" in access.presign("GET", NAME, 604_800)


def test_the_secret_is_not_read_before_the_first_signature(access_by, tmp_path):
    access = access_by(SecretSource("secret_access_key", file=tmp_path / "absent"))
    assert access.address is ADDRESS
    with pytest.raises(ConfigurationError):
        access.presign("GET", NAME, 60)


def test_an_iam_token_cannot_presign(http):
    with pytest.raises(ConfigurationError, match="cannot presign"):
        BearerAccess(ADDRESS, authorizer=None, clock=ManualClock(), http=http).presign("GET", NAME, 60)
