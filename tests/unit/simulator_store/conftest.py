"""A store that runs on loopback, with a clock that is moved by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config

from direct_access.clock import ManualClock
from direct_access.simulator.http import Server
from direct_access.simulator.store import ObjectStore

BUCKET = "bucket"
TOKEN = "a-good-token"


@dataclass
class Running:
    """A running store.

    :param credentials: what it knows; may be changed
    """

    store: ObjectStore
    url: str
    clock: ManualClock
    credentials: dict[str, str] = field(default_factory=dict)

    def client(self) -> Any:
        """Return an SDK client."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id="AKID",
            aws_secret_access_key="secret",
            region_name="us-east-1",
            config=Config(signature_version="s3v4", retries={"max_attempts": 0}),
        )

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> urllib3.BaseHTTPResponse:
        """Send a request under a good bearer token."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with urllib3.PoolManager(retries=False) as pool:
            return pool.request(
                method, self.url + target, body=body, headers={"Authorization": f"Bearer {TOKEN}", **named}
            )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A store with one empty bucket; its clock stands still."""
    clock = ManualClock(time.time())
    credentials = {"AKID": "secret"}
    store = ObjectStore(tmp_path / "store", credentials, lambda token: token == TOKEN, clock)
    store.create_bucket(BUCKET)
    server = Server(store, clock=clock)
    server.start()
    try:
        yield Running(store, server.url, clock, credentials)
    finally:
        server.stop()
