"""A store that has the bucket before its host."""

from __future__ import annotations

import urllib.request
from contextlib import closing

import boto3 as boto3_sdk
import pytest

from direct_access.clock import SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.retry.repeat import Patience
from direct_access.storage.address import BucketAddress
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.storage.sdk_modules import boto3, ibm_cos_sdk
from direct_access.transport.http import HttpClient
from tests.stores.seaweedfs import SeaweedFS
from tests.support.forward_proxy import ForwardProxy, running

CONTENT = b'{"pubs": []}'
NAME = "c/1000/42.0/params:1 é"


@pytest.fixture(scope="module")
def proxy():
    """What stands for the name servers: it leads every host to a SeaweedFS that knows ``store.test``."""
    with SeaweedFS(domain="store.test") as seaweedfs:
        upstream = seaweedfs.endpoint_url.removeprefix("http://")
        with running(ForwardProxy(upstream=upstream)) as started:
            plain_client(seaweedfs).create_bucket(Bucket="jobs")
            yield started


def plain_client(seaweedfs):
    """AWS's SDK with its default settings, which has no bucket in a host that is an address."""
    return boto3_sdk.client(
        "s3",
        endpoint_url=seaweedfs.endpoint_url,
        aws_access_key_id=seaweedfs.access_key_id,
        aws_secret_access_key=seaweedfs.secret_access_key,
        region_name="us-east-1",
    )


@pytest.mark.parametrize("sdk", [boto3, ibm_cos_sdk], ids=["boto3", "ibm-cos-sdk"])
def test_every_request_and_every_url_has_the_bucket_in_its_host(sdk, proxy, secret_file, file, read_all):
    address = BucketAddress("jobs", "http://store.test", "http://store.test", "virtual")
    key = HmacKeySource("test-access-key", secret_file("test-secret-access-key"))
    clock = SystemClock()
    with closing(HttpClient(NetworkSettings(http_proxy=proxy.url), clock)) as http:
        access = HmacAccess(address, key, None, clock, http, sdk)
        store = BucketStore(http, access, Patience(clock, deadline=lambda: 0.0))
        store.put(NAME, file(CONTENT))
        assert store.head(NAME).size == len(CONTENT)
        assert read_all(store.get(NAME)) == CONTENT
        by_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy.url}))
        url = store.presign("GET", NAME, 60)
        assert url.startswith(address.service_url(NAME) + "?")
        assert by_proxy.open(url).read() == CONTENT
        store.delete(NAME)
        assert store.head(NAME) is None
    assert {passed.target.partition("/")[2][1:].partition("/")[0] for passed in proxy.passed} == {
        "jobs.store.test"
    }
