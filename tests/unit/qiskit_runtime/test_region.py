"""The CRN of the instance says which server to ask."""

import pytest

from direct_access.errors import ConfigurationError
from direct_access.qiskit_runtime.region import base_url


def crn(region, service="quantum-computing"):
    return f"crn:v1:bluemix:public:{service}:{region}:a/00aa:11bb::"


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("us-east", "https://quantum.cloud.ibm.com/api"),
        ("eu-de", "https://eu-de.quantum.cloud.ibm.com/api"),
        ("jp-tok", "https://jp-tok.quantum.cloud.ibm.com/api"),
    ],
)
def test_the_region_of_the_crn_names_the_server(region, url):
    assert base_url(crn(region)) == url
    assert base_url(crn(region), url + "/") == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/api", "https://gateway.example/api"])
def test_any_other_server_can_be_configured(url):
    assert base_url(crn("eu-de"), url) == url


@pytest.mark.parametrize("region", ["us-east", "eu-de"])
def test_the_private_network_of_the_region_can_be_configured(region):
    url = f"https://private.{region}.quantum.cloud.ibm.com/api"
    assert base_url(crn(region), url) == url


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("eu-de", "https://quantum.cloud.ibm.com/api"),
        ("us-east", "https://eu-de.quantum.cloud.ibm.com/api"),
        ("us-east", "https://private.eu-de.quantum.cloud.ibm.com/api"),
    ],
)
def test_the_server_of_another_region_is_refused_before_any_request(region, url):
    with pytest.raises(ConfigurationError, match=f"the instance is in {region}") as caught:
        base_url(crn(region), url)
    assert f"{base_url(crn(region))}" in caught.value.advice


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (crn("us-east", "cloud-object-storage"), "an instance of cloud-object-storage, not of quantum"),
        ("crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb", "fields of a CRN"),
        ("crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:::", "no service instance"),
        ("nonsense", "is not a valid CRN"),
    ],
)
def test_what_is_no_crn_of_an_instance_of_the_service_is_refused(text, what):
    with pytest.raises(ConfigurationError, match=what) as caught:
        base_url(text)
    assert "https://quantum.cloud.ibm.com/instances" in caught.value.advice
