"""What urllib3 and the SDKs log on their own shows no secret, whatever logging somebody set up."""

from __future__ import annotations

import http.client
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from direct_access.clock import SystemClock
from direct_access.config.secret_source import SecretSource
from direct_access.redact import HIDDEN
from direct_access.simulator.http import Response
from direct_access.storage.address import BucketAddress
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.storage.sdk_modules import boto3, ibm_cos_sdk
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer

Serve = Callable[..., ScriptedServer]
NewClient = Callable[..., HttpClient]
Signed = Callable[[str], str]


@pytest.fixture(params=[boto3, ibm_cos_sdk], ids=["boto3", "ibm-cos-sdk"])
def signed(request: pytest.FixtureRequest, tmp_path: Path, new_client: NewClient) -> Callable[[str], str]:
    """Return a function from a store to the presigned URL of an object in it."""
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("swordfish-4711")

    def sign(endpoint: str) -> str:
        address, source = BucketAddress("bucket", endpoint, endpoint), SecretSource("s", file=secret)
        access = HmacAccess(
            address, HmacKeySource("AKID", source), None, SystemClock(), new_client(), request.param
        )
        return access.object_url("get_object", "object")

    return sign


def signature(url: str) -> str:
    return url.partition("X-Amz-Signature=")[2]


def test_urllib3_logs_requests_without_their_signatures(
    signed: Signed, serve: Serve, new_client: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve()
    url = signed(server.url)
    with caplog.at_level(logging.DEBUG):
        new_client().request("GET", url, headers={"X-Test": "1"})
    assert "GET /bucket/object" in caplog.text
    assert signature(url) not in caplog.text


def test_damaged_headers_are_warned_of_without_the_url(
    signed: Signed, serve: Serve, new_client: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(Response(204, b"", [("no header\nx", "y")]))
    url = signed(server.url)
    new_client().request("GET", url)
    assert "Failed to parse headers" in caplog.text
    assert signature(url) not in caplog.text


def test_the_sdks_log_neither_what_they_sign_nor_the_signature(
    signed: Signed, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        url = signed("https://store.example")
    assert f"Signature:\n{HIDDEN}" in caplog.text
    assert "AKID" not in caplog.text
    assert signature(url) not in caplog.text


def test_http_client_prints_no_headers(
    serve: Serve, new_client: NewClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    new_client().request("GET", serve().url, headers={"Authorization": "Bearer swordfish"})
    assert capfd.readouterr() == ("", "")


UNWATCHED = """
import logging, sys
import direct_access.transport.adapter, direct_access.transport.http
from direct_access.clock import SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.storage.sdk import S3Client
from direct_access.storage.sdk_modules import boto3, ibm_cos_sdk
for sdk in boto3, ibm_cos_sdk:
    S3Client(sdk, direct_access.transport.http.HttpClient(NetworkSettings()), SystemClock(), region="r",
             endpoint_url="https://store.example", addressing_style="path", signature="s3v4",
             credentials={"aws_access_key_id": "A", "aws_secret_access_key": "s"})
from direct_access.transport.third_party_logs import hide_secrets
loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
ours = [each for each in loggers if each.name.partition(".")[0] == sys.argv[1]]
assert ours
print([each.name for each in ours if each.handlers == [] and hide_secrets not in each.filters])
"""
"""In an interpreter of its own: what other tests import is not ours to watch."""


@pytest.mark.parametrize("package", ["urllib3", "boto3", "botocore", "ibm_boto3", "ibm_botocore"])
def test_every_logger_of_a_library_is_watched(package: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", UNWATCHED, package], capture_output=True, text=True, check=False
    )
    assert (told.stdout, told.stderr) == ("[]\n", "")
