"""What urllib3 and botocore log on their own shows no secret, whatever logging somebody set up."""

from __future__ import annotations

import http.client
import logging
import subprocess
import sys
from collections.abc import Callable

import pytest

from direct_access.clock import SystemClock
from direct_access.redact import HIDDEN, Secret
from direct_access.simulator.http import Response
from direct_access.storage.signing import presigned_url
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer

Serve = Callable[..., ScriptedServer]
NewClient = Callable[..., HttpClient]


def signed(url: str) -> str:
    return presigned_url(
        "GET",
        url,
        access_key_id="AKID",
        secret_access_key=Secret("swordfish-4711"),
        region="us-east-1",
        expires_secs=60,
        clock=SystemClock(),
    )


def signature(url: str) -> str:
    return url.partition("X-Amz-Signature=")[2]


def test_urllib3_logs_requests_without_their_signatures(
    serve: Serve, new_client: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve()
    url = signed(f"{server.url}/bucket/object")
    with caplog.at_level(logging.DEBUG):
        new_client().request("GET", url, headers={"X-Test": "1"})
    assert "GET /bucket/object" in caplog.text
    assert signature(url) not in caplog.text


def test_damaged_headers_are_warned_of_without_the_url(
    serve: Serve, new_client: NewClient, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(Response(204, b"", [("no header\nx", "y")]))
    url = signed(f"{server.url}/bucket/object")
    new_client().request("GET", url)
    assert "Failed to parse headers" in caplog.text
    assert signature(url) not in caplog.text


def test_botocore_logs_neither_what_it_signs_nor_the_signature(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        url = signed("https://store.example/bucket/object")
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
import direct_access.transport.http
from direct_access.clock import SystemClock
from direct_access.redact import Secret
from direct_access.storage.signing import presigned_url
presigned_url("GET", "https://store.example/bucket/object", access_key_id="A", secret_access_key=Secret("s"),
              region="us-east-1", expires_secs=60, clock=SystemClock())
from direct_access.transport.third_party_logs import hide_secrets
loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
ours = [each for each in loggers if each.name.partition(".")[0] == sys.argv[1]]
assert ours
print([each.name for each in ours if each.handlers == [] and hide_secrets not in each.filters])
"""
"""In an interpreter of its own: what other tests import is not ours to watch."""


@pytest.mark.parametrize("package", ["urllib3", "botocore"])
def test_every_logger_of_a_library_is_watched(package: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", UNWATCHED, package], capture_output=True, text=True, check=False
    )
    assert (told.stdout, told.stderr) == ("[]\n", "")
