import pytest

from direct_access.storage.cos_endpoints import LOCATIONS, endpoint_url


@pytest.mark.parametrize(
    ("region", "region_type", "location"),
    [
        ("us-east", "regional", "us-east"),
        ("eu", "cross-region", "eu"),
        ("us-geo", "cross-region", "us"),
        ("ams03", "single-site", "ams03"),
        ("mx-qro", "regional", "mx-qro"),
    ],
)
def test_the_endpoint_follows_from_the_location(region, region_type, location):
    assert endpoint_url(region, region_type) == f"https://s3.{location}.cloud-object-storage.appdomain.cloud"


@pytest.mark.parametrize(
    ("region", "region_type", "kind"),
    [
        ("us-east", "cross-region", "regional"),
        ("eu", "regional", "cross-region"),
        ("par01", "regional", "single-site"),
    ],
)
def test_a_location_of_another_kind_is_refused_and_its_kind_named(region, region_type, kind):
    with pytest.raises(ValueError, match=f"is {kind}, not {region_type}"):
        endpoint_url(region, region_type)


@pytest.mark.parametrize("region", ["", "evil.example/", "us east", "US-EAST", "a.b", "-a"])
def test_a_region_that_is_no_host_label_is_refused(region):
    with pytest.raises(ValueError, match="is not a known location"):
        endpoint_url(region, "regional")


def test_an_unknown_region_type_is_refused_with_those_allowed():
    with pytest.raises(ValueError, match="allowed: regional, cross-region, single-site"):
        endpoint_url("us-east", "zonal")


def test_no_location_is_of_two_kinds():
    every = [location for locations in LOCATIONS.values() for location in locations]
    assert len(every) == len(set(every))
