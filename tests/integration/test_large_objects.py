"""Downloads in parts from a store that is not ours, with a kill, and a replaced object, in the middle."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.stores.seaweedfs import SeaweedFS
from tests.support.between import Answer, Between, Exchange, standing_between

MIB = 1 << 20
CONTENT = random.Random(4711).randbytes(20 * MIB + 345)
OTHER = random.Random(815).randbytes(len(CONTENT))
BUCKET, KEY = "lab-jobs", "results:1"
ROOT = Path(__file__).parents[2]
LATE_SECS = 12
"""Grace, the start of the client, and a busy machine."""

CLIENT = """
import sys
from pathlib import Path
from direct_access.clock import SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.retry.deadline import fixed_deadline
from direct_access.runner.download import download
from direct_access.runner.download_bounds import DownloadBounds
from direct_access.errors import StoreError
from direct_access.storage.download import opened
from direct_access.transport.http import HttpClient

clock = SystemClock()
until = clock.boottime() + float(sys.argv[3]) if len(sys.argv) > 3 else None
http = HttpClient(NetworkSettings(), clock, deadline=fixed_deadline(until))

def open_at(offset=0, etag=None, end=None):
    headers = {"If-Match": etag} if etag else {}
    if offset or end:
        headers["Range"] = f"bytes={offset}-{end - 1 if end else ''}"
    response = http.request("GET", sys.argv[1], headers=headers, stream=True)
    if response.status not in (200, 206):
        raise StoreError("refused", http_status=response.status)
    return opened(response, "results")

bounds = DownloadBounds(measured_bytes=1 << 20, slow_bytes_a_second=float("inf"), part_bytes=1 << 20)
done = download(open_at, Path(sys.argv[2]), lambda number, error: print(error.message), bounds)
print(done.verified_by)
"""


@dataclass
class Scene:
    """An object in SeaweedFS, and a program between it and whoever reads it."""

    store: Any
    between: Between
    part: Path

    @property
    def map(self) -> Path:
        return self.part.with_name(f"{self.part.name}-map")

    def url(self) -> str:
        """A presigned URL of the object, at the program between."""
        client = _client(self.store, self.between.url)
        return str(client.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": KEY}))

    def start(self, *deadline_secs: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CLIENT, self.url(), str(self.part), *deadline_secs]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def written(self) -> list[list[int]]:
        return json.loads(self.map.read_bytes())["written"] if self.map.exists() else []  # type: ignore[no-any-return]


def _client(store: SeaweedFS, endpoint_url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        aws_access_key_id=store.access_key_id,
        aws_secret_access_key=store.secret_access_key,
        region_name="us-east-1",
        config=Config(signature_version="s3v4"),
    )


@pytest.fixture(scope="module")
def seaweedfs() -> Iterator[SeaweedFS]:
    with SeaweedFS() as store:
        _client(store, store.endpoint_url).create_bucket(Bucket=BUCKET)
        yield store


@pytest.fixture
def scene(seaweedfs: SeaweedFS, tmp_path: Path) -> Iterator[Scene]:
    with standing_between(seaweedfs.endpoint_url) as between:
        yield Scene(seaweedfs, between, tmp_path / ".results.json.part")


def put(store: SeaweedFS, content: bytes) -> None:
    """Store an object in one piece: its ETag is its MD5."""
    _client(store, store.endpoint_url).put_object(Bucket=BUCKET, Key=KEY, Body=content)


def put_in_pieces(store: SeaweedFS, content: bytes) -> None:
    """Store an object in pieces: its ETag is no digest of it."""
    client = _client(store, store.endpoint_url)
    where = {"Bucket": BUCKET, "Key": KEY}
    upload = {**where, "UploadId": client.create_multipart_upload(**where)["UploadId"]}
    half = len(content) // 2
    bodies = enumerate((content[:half], content[half:]), 1)
    parts = [
        {"PartNumber": number, "ETag": client.upload_part(PartNumber=number, Body=body, **upload)["ETag"]}
        for number, body in bodies
    ]
    client.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload)


def range_of(request: Exchange) -> tuple[int, int]:
    first, _, last = request.headers["Range"].removeprefix("bytes=").partition("-")
    return int(first), int(last) + 1 if last else len(CONTENT)


@pytest.mark.parametrize(("store_it", "verified_by"), [(put, "md5"), (put_in_pieces, "length")])
def test_a_large_object_arrives_in_parts(scene: Scene, store_it: Any, verified_by: str) -> None:
    store_it(scene.store, CONTENT)
    said, _ = scene.start().communicate(timeout=60)
    assert said == f"{verified_by}\n"
    assert scene.part.read_bytes() == CONTENT
    assert len(scene.between.requests) > 10
    assert list(scene.part.parent.iterdir()) == [scene.part]


@pytest.mark.parametrize("store_it", [put, put_in_pieces])
def test_a_kill_in_the_middle_costs_no_part_that_was_there(scene: Scene, store_it: Any) -> None:
    store_it(scene.store, CONTENT)
    process: subprocess.Popen[str] | None = None
    ranges: list[tuple[int, int]] = []

    def kill(request: Exchange) -> Answer | None:
        """Hold back a part until others have come, and end the client."""
        if "Range" not in request.headers or range_of(request)[0] > 2 * MIB:
            return None
        while not scene.written() or scene.written()[-1][1] < 4 * MIB:
            threading.Event().wait(0.01)
        assert process
        os.kill(process.pid, signal.SIGKILL)
        return None

    def note(request: Exchange) -> None:
        ranges.append(range_of(request))

    scene.between.rule("GET", "results", kill)
    process = scene.start()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    there = scene.written()
    assert len(there) > 1
    scene.between.rule("GET", "results", note)
    said, _ = scene.start().communicate(timeout=60)
    assert said in ("md5\n", "length\n")
    assert scene.part.read_bytes() == CONTENT
    assert not [1 for first, end in ranges for start, stop in there if first < stop and start < end]


@pytest.mark.parametrize("store_it", [put, put_in_pieces])
def test_an_object_that_is_replaced_in_the_middle_is_fetched_anew(scene: Scene, store_it: Any) -> None:
    store_it(scene.store, CONTENT)

    def replace(request: Exchange) -> None:
        if request.number == 5:
            store_it(scene.store, OTHER)

    scene.between.rule("GET", "results", replace)
    said, _ = scene.start().communicate(timeout=60)
    assert "was replaced while it was read" in said
    assert scene.part.read_bytes() == OTHER


def test_parts_that_hang_end_at_the_deadline_and_what_came_is_kept(scene: Scene) -> None:
    put(scene.store, CONTENT)
    is_over = threading.Event()

    def hang(request: Exchange) -> Answer | None:
        if "Range" in request.headers and range_of(request)[0] > 10 * MIB:
            is_over.wait(60)
        return None

    scene.between.rule("GET", "results", hang)
    began = time.monotonic()
    process = scene.start("3")
    _, error = process.communicate(timeout=60)
    is_over.set()
    assert process.returncode == 1
    assert "UnavailableError" in error
    assert time.monotonic() - began < 3 + LATE_SECS
    assert scene.written()[-1][1] > 9 * MIB
