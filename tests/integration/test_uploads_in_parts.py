"""Large params over a real store: killed in the middle of their upload, gone on with, given up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from tests.support.between import HANG_UP, Answer, Between, Exchange, lead_through, standing_between

from .conftest import COMMAND_SECS, Site
from .test_stores import BUCKET, s3_client, seaweedfs_site

PART_BYTES = 5 << 20
SIZE = 3 * PART_BYTES + 4711
JOB = "program_id: sampler\nbackend: ibm_examplesite\ntimeout_secs: 9\nparams: large.json\n"


@dataclass
class Store:
    """A SeaweedFS, seen from between it and the run.

    :ivar parts: numbers of the parts that came, in their order
    :ivar kill_at: number of the part at which the run is killed
    """

    site: Site
    client: Any
    kill_at: int | None = None
    parts: list[int] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    def watch(self, exchange: Exchange) -> Answer | None:
        query = parse_qs(exchange.target.partition("?")[2])
        if "partNumber" not in query:
            return None
        number = int(query["partNumber"][0])
        if number == self.kill_at:
            assert self.process
            os.kill(self.process.pid, signal.SIGKILL)
            return HANG_UP
        self.parts.append(number)
        return None

    def run_until_killed(self, kill_at: int) -> None:
        self.kill_at = kill_at
        self.process = self.site.start("run", "--keep", "all", self.site.job_file(JOB))
        _, told = self.process.communicate(timeout=COMMAND_SECS)
        assert self.process.returncode == -signal.SIGKILL, told
        self.kill_at = None

    def uploads(self) -> list[str]:
        found = self.client.list_multipart_uploads(Bucket=BUCKET)
        return [upload["Key"] for upload in found.get("Uploads", [])]


@pytest.fixture(params=["s3_compatible", "ibmcloud_cos"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with seaweedfs_site(tmp_path, request.param) as (site, seaweedfs):
        configuration = Path(site.environment["DIRECT_ACCESS_CONFIG"])
        document = yaml.safe_load(configuration.read_text())
        document["systems"]["simulator"]["storage"].update(
            multipart_threshold_bytes=PART_BYTES, service_endpoint_url=seaweedfs.endpoint_url
        )
        configuration.write_text(yaml.safe_dump(document))
        head = b'{"pubs": [["OPENQASM 3.0; bit[1] c; c[0] = measure $0; // '
        comment = os.urandom(SIZE // 2).hex().encode()
        (site.home / "large.json").write_bytes(head + comment + b'"]], "version": 2, "options": {}}')
        with standing_between(seaweedfs.endpoint_url) as between:
            lead_through(configuration, between, part="endpoint_url")
            found = Store(site, s3_client(seaweedfs))
            watch_parts(between, found)
            yield found


def watch_parts(between: Between, store: Store) -> None:
    between.rule("PUT", "params", store.watch)


def test_a_run_that_is_killed_in_the_middle_of_its_upload_sends_the_rest_when_it_comes_back(
    store: Store,
) -> None:
    store.run_until_killed(kill_at=3)
    assert store.parts == [1, 2]
    kept = json.loads((store.site.run_directory / "job.json").read_bytes())["handle"]["upload"]
    assert len(kept["etags"]) == 2
    done = store.site.run("run", "--keep", "all", store.site.job_file(JOB))
    assert done.returncode == 0, done.stderr
    assert store.parts == [1, 2, 3, 4]
    name = store.site.journal["handle"]["objects"]["input"]["name"]
    stored = store.client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
    assert stored == (store.site.home / "large.json").read_bytes()
    assert store.uploads() == []
    assert "upload" not in store.site.journal["handle"]


def test_deleting_a_run_gives_up_its_upload(store: Store) -> None:
    store.run_until_killed(kill_at=2)
    assert len(store.uploads()) == 1
    deleted = store.site.run("delete", store.site.run_directory)
    assert deleted.returncode == 0, deleted.stderr
    assert store.uploads() == []
