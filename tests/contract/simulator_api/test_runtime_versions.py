"""The versions of the cloud's API, and what differs between them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.executor import HeldExecutor
from tests.contract.simulator_api.runtime_api import RuntimeClient

OLDEST, LATEST = "2024-01-01", "2026-04-15"


@pytest.fixture
def cloud(start: StartSimulator, executor: HeldExecutor) -> RuntimeClient:
    """A user of a simulator with one job, which took 2.5 s."""
    cloud = RuntimeClient(start(executor))
    job_id = cloud.accepted()
    executor.task(0).end(quantum_secs=2.5)
    cloud.simulator.wait_for(job_id, 20)
    return cloud


def of_version(cloud: RuntimeClient, version: str | None, path: str) -> Any:
    return RuntimeClient(cloud.simulator, version).get(path)


def job_of_version(cloud: RuntimeClient, version: str, part: str = "") -> Any:
    job_id = cloud.get("/v1/jobs")["jobs"][0]["id"]
    return of_version(cloud, version, f"/v1/jobs/{job_id}{part}")


def test_without_a_version_the_oldest_is_meant(cloud: RuntimeClient) -> None:
    assert of_version(cloud, None, "/v1/backends") == of_version(cloud, OLDEST, "/v1/backends")
    assert "ibm_examplesite" in of_version(cloud, None, "/v1/backends")["devices"]
    assert "ibm_examplesite" in [each["name"] for each in cloud.get("/v1/backends")["devices"]]


def test_a_version_that_never_was_is_400(cloud: RuntimeClient) -> None:
    refused = RuntimeClient(cloud.simulator, "2026-02-30").send("GET", "/v1/backends")
    assert (refused.status, "2026-02-30" in refused.message) == (400, True)


def test_the_versions_are_told_to_everybody(cloud: RuntimeClient) -> None:
    cloud.headers = {"IBM-API-Version": LATEST}
    versions = cloud.get("/v1/versions")["versions"]
    assert versions[-1] == {"version": LATEST, "status": "live"}
    assert versions[0] == {"version": OLDEST, "status": "deprecated", "sunset_date": "2027-01-01"}
    cloud.headers = {}
    assert cloud.get("/v1/versions")["versions"][0] == OLDEST


@pytest.mark.parametrize("version", ["2025-05-01", "2026-02-01", "2026-02-15"])
def test_usage_was_in_whole_seconds(cloud: RuntimeClient, version: str) -> None:
    metrics = job_of_version(cloud, version, "/metrics")
    assert job_of_version(cloud, version)["usage"] == {"seconds": 3}
    assert metrics["usage"] == {"quantum_seconds": 3, "seconds": 3}
    assert (metrics["bss"], metrics["num_circuits"]) == ({"seconds": 3}, 1)


@pytest.mark.parametrize("version", ["2026-03-15", LATEST])
def test_usage_is_a_charge_that_may_be_pending(cloud: RuntimeClient, version: str) -> None:
    assert job_of_version(cloud, version)["usage"] == {"qpu_charge_time_seconds": 2.5, "status": "complete"}
    assert "bss" not in job_of_version(cloud, version, "/metrics")


def test_the_execution_time_moved_to_the_root_of_the_metrics(cloud: RuntimeClient) -> None:
    before = job_of_version(cloud, "2026-03-15", "/metrics")
    after = job_of_version(cloud, LATEST, "/metrics")
    assert before["usage"]["circuits_execution_time_ns"] == 2_500_000_000
    assert after["circuits_execution_time_ns"] == 2_500_000_000
    assert "circuits_execution_time_ns" not in after["usage"]


@pytest.mark.parametrize("part", ["interim_results", "transpiled_circuits"])
def test_what_was_retired_is_404_since(cloud: RuntimeClient, part: str) -> None:
    job_id = cloud.get("/v1/jobs")["jobs"][0]["id"]
    path = f"/v1/jobs/{job_id}/{part}"
    assert RuntimeClient(cloud.simulator, "2025-05-01").send("GET", path).status == 204
    assert cloud.send("GET", path).status == 404


@pytest.mark.parametrize(
    ("version", "content_type"),
    [
        (None, "text/plain; charset=utf-8"),
        ("2025-05-01", "text/plain; charset=utf-8"),
        ("2026-02-01", "application/json"),
        (LATEST, "application/json"),
    ],
)
def test_results_were_text_before_2026_02_01(
    cloud: RuntimeClient, version: str | None, content_type: str
) -> None:
    job_id = cloud.get("/v1/jobs")["jobs"][0]["id"]
    answer = RuntimeClient(cloud.simulator, version).send("GET", f"/v1/jobs/{job_id}/results")
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert isinstance(json.loads(answer.body), dict)
