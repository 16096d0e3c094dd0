"""What other tools keep in a home directory or an environment changes nothing for us."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.contract.object_store.targets import simulator
from tests.support.planted import plant

PROGRAM = """
import sys
from pathlib import Path
from direct_access.clock import SystemClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings
from direct_access.storage.address import BucketAddress
from direct_access.storage.bucket_store import BucketStore
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from direct_access.transport.http import HttpClient
from direct_access.retry.repeat import Patience

endpoint, bucket, key, secret, name, file = sys.argv[1:]
clock = SystemClock()
http = HttpClient(NetworkSettings(), clock)
source = HmacKeySource(key, SecretSource("s", file=Path(secret)))
access = HmacAccess(BucketAddress(bucket, endpoint, endpoint), source, None, clock, http)
store = BucketStore(http, access, Patience(clock, deadline=lambda: 0.0))
store.put(name, Path(file))
print(store.presign("GET", name, 60).split("?")[0])
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    with simulator(tmp_path_factory.mktemp("simulator")) as started:
        yield started


def test_files_and_variables_of_other_tools_change_nothing(
    target, judge, name, file, secret_file, tmp_path, monkeypatch
):
    secret = secret_file(target.secret).file
    plant(tmp_path / "home", monkeypatch)
    arguments = [target.endpoint_url, target.bucket, target.access_key_id, secret, name, file(b"{}")]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stderr == ""
    assert ran.stdout.startswith(f"{target.endpoint_url}/{target.bucket}/")
    monkeypatch.undo()
    assert judge.read(name) == b"{}"
