"""What docs/security.md says of a key that several users share: whoever reads it may do everything with it.

These tests do not praise: they show what a site must know. They fail once something stands between.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.simulator_api.signed_urls import s3_client
from tests.integration.conftest import Site, site_of
from tests.reliability.stage import Stage


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield simulator


@pytest.fixture
def alice(simulator: Simulator, tmp_path: Path) -> Stage:
    (tmp_path / "alice").mkdir()
    return Stage(site_of(simulator, tmp_path / "alice"))


@pytest.fixture
def bob(simulator: Simulator, tmp_path: Path) -> Site:
    (tmp_path / "bob").mkdir()
    return site_of(simulator, tmp_path / "bob")


def test_another_user_of_a_shared_key_sees_and_cancels_the_job_of_everybody(alice: Stage, bob: Site) -> None:
    process = alice.started()
    assert alice.job.id in bob.run("list").stdout
    assert bob.run("cancel", alice.job.id).returncode == 0
    assert alice.finish(process).exit_status == 3


def test_another_user_of_a_shared_key_reads_and_overwrites_the_objects_of_everybody(alice: Stage) -> None:
    simulator = alice.site.simulator
    process = alice.started()
    (name,) = alice.site.objects()
    client = s3_client(simulator.store_url, simulator.access_key_id, simulator.secret_access_key)

    def url(method: str) -> str:
        parameters = {"Bucket": simulator.bucket, "Key": name}
        return str(client.generate_presigned_url(f"{method.lower()}_object", parameters, 60))

    params = (alice.site.run_directory / "params.json").read_bytes()
    assert urllib.request.urlopen(url("GET")).read() == params
    urllib.request.urlopen(urllib.request.Request(url("PUT"), data=b"{}", method="PUT")).close()
    assert urllib.request.urlopen(url("GET")).read() == b"{}"
    alice.release()
    alice.finish(process)
