"""Instances, their usage, accounts, backends and workloads of the simulated cloud."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from direct_access.clock import ManualClock
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.executor import HeldExecutor
from tests.contract.simulator_api.runtime_api import RuntimeClient

LIFETIME_SECS = 1_000_000


@pytest.fixture
def cloud(start: StartSimulator, executor: HeldExecutor) -> RuntimeClient:
    """A user of a simulator whose jobs end when the test says so."""
    return RuntimeClient(start(executor, workers=4, token_lifetime_secs=LIFETIME_SECS))


def used(cloud: RuntimeClient, executor: HeldExecutor, quantum_secs: float, **changed: Any) -> str:
    """Run a job that takes so long, and return its id."""
    started = len(executor.started)
    job_id = cloud.accepted(**changed)
    executor.task(started).end(quantum_secs=quantum_secs)
    cloud.simulator.wait_for(job_id, 20)
    return job_id


def test_a_job_is_refused_once_the_limit_is_reached(cloud: RuntimeClient, executor: HeldExecutor) -> None:
    assert cloud.send("PUT", "/v1/instances/configuration", json={"instance_limit": 10}).status == 204
    used(cloud, executor, quantum_secs=10)
    refused = cloud.submit()
    assert (refused.status, refused.code) == (409, "4317")
    usage = cloud.get("/v1/instances/usage")
    assert (usage["usage_limit_seconds"], usage["usage_limit_reached"]) == (10, True)


def test_the_limit_is_told_changed_and_taken_away(cloud: RuntimeClient) -> None:
    assert cloud.get("/v1/instances/configuration") == {}
    assert cloud.send("PUT", "/v1/instances/configuration", json={"instance_limit": 10}).status == 204
    assert cloud.get("/v1/instances/configuration") == {"instance_limit": 10}
    assert cloud.get("/v1/instance")["instance_limit_seconds"] == "10"
    assert cloud.send("PUT", "/v1/instances/configuration", json={"instance_limit": None}).status == 204
    assert "usage_limit_reached" not in cloud.get("/v1/instances/usage")


def test_a_limit_below_the_usage_is_409(cloud: RuntimeClient, executor: HeldExecutor) -> None:
    used(cloud, executor, quantum_secs=10)
    assert cloud.send("PUT", "/v1/instances/configuration", json={"instance_limit": 9}).status == 409
    assert cloud.send("PUT", "/v1/instances/configuration", json={"instance_limit": 0}).status == 400


def test_a_backend_that_the_instance_does_not_have_is_not_there(cloud: RuntimeClient) -> None:
    instance = cloud.simulator.cloud.instances.get(cloud.simulator.cloud_crn)
    assert instance
    instance.backends = ["ibm_small"]
    assert [device["name"] for device in cloud.get("/v1/backends")["devices"]] == ["ibm_small"]
    assert cloud.submit(backend="ibm_large").code == "1216"
    assert cloud.send("GET", "/v1/backends/ibm_large/configuration").code == "1216"


def test_backends_tell_their_waiting_times_on_demand(cloud: RuntimeClient) -> None:
    assert "wait_time_seconds" not in cloud.get("/v1/backends")["devices"][0]
    device = cloud.get("/v1/backends?fields=wait_time_seconds")["devices"][0]
    assert device["wait_time_seconds"] == {"average": 0, "p50": 0, "p95": 0}


def test_a_backend_has_the_documents_of_the_on_prem_api(cloud: RuntimeClient) -> None:
    model = cloud.simulator.backends.get("ibm_small").model
    assert cloud.get("/v1/backends/ibm_small/configuration") == model.configuration
    assert cloud.get("/v1/backends/ibm_small/properties") == model.properties
    assert cloud.get("/v1/backends/ibm_small/properties?updated_before=2020-01-01T00:00:00Z") == {}
    earlier = cloud.get("/v1/backends/ibm_small/properties?updated_before=2025-12-24T05:00:00Z")
    assert earlier["last_update_date"] == "2025-12-23T06:00:00.000000Z"
    assert earlier["qubits"][0][0]["date"] == earlier["last_update_date"]
    assert earlier["qubits"][0][0]["value"] == model.properties["qubits"][0][0]["value"]
    assert len(cloud.get("/v1/backends/ibm_small/defaults")["qubit_freq_est"]) == 7


@pytest.mark.parametrize(("status", "state", "told"), [
    ("online", True, "active"),
    ("paused", True, "paused"),
    ("offline", False, "offline"),
])  # fmt: skip
def test_the_status_of_a_backend_is_told_in_both_forms(
    cloud: RuntimeClient, status: str, state: bool, told: str
) -> None:
    backend = cloud.simulator.backends.get("ibm_small")
    backend.status, backend.message = status, "because"
    found = cloud.get("/v1/backends/ibm_small/status")
    assert (found["state"], found["status"], found["message"]) == (state, told, "because")
    devices = {each["name"]: each for each in cloud.get("/v1/backends")["devices"]}
    assert devices["ibm_small"]["status"] == {"name": status, "reason": "because"}


def test_an_account_has_the_plans_of_its_instances(cloud: RuntimeClient) -> None:
    (plan,) = cloud.get("/v1/accounts/simulator")["plans"]
    assert plan["plan_id"] == cloud.get("/v1/instance")["plan_id"]
    assert cloud.get(f"/v1/accounts/simulator?plan_id={plan['plan_id']}")["plans"] == [plan]
    assert cloud.get("/v1/accounts/another") == {"plans": []}


def test_workloads_are_sessions_batches_and_jobs_outside_of_them(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock
) -> None:
    job_id = used(cloud, executor, 1.0, tags=["a"])
    clock.advance(1)
    session_id = cloud.session(backend="ibm_small")
    used(cloud, executor, 1.0, session_id=session_id, backend="ibm_small")
    clock.advance(1)
    batch_id = cloud.session(mode="batch", backend="ibm_large")
    page = cloud.get("/v1/workloads")
    assert [(each["id"], each["mode"], each["status"]) for each in page["workloads"]] == [
        (job_id, "job", "completed"),
        (session_id, "session", "in_progress"),
        (batch_id, "batch", "pending"),
    ]
    assert [each["accepting_jobs"] for each in page["workloads"]] == [None, True, True]
    assert page["workloads"][0]["usage"] == {"qpu_charge_time_seconds": 1.0, "status": "complete"}


@pytest.mark.parametrize(("query", "found"), [
    ("mode=batch", ["batch"]),
    ("status=pending&status=in_progress", ["batch"]),
    ("status=completed", ["job"]),
    ("backend=ibm_large", ["batch"]),
    ("search=lab", ["job"]),
    ("tags=label", ["job"]),
    ("sort=-createdAt", ["batch", "job"]),
    ("user=me", ["job", "batch"]),
])  # fmt: skip
def test_workloads_are_filtered_and_sorted(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock, query: str, found: list[str]
) -> None:
    used(cloud, executor, 1.0, tags=["label"])
    clock.advance(1)
    cloud.session(mode="batch", backend="ibm_large")
    assert [each["mode"] for each in cloud.get(f"/v1/workloads?{query}")["workloads"]] == found


def follow(cloud: RuntimeClient, page: dict[str, Any], direction: str) -> Any:
    """Return the page to which a link leads."""
    link = urlsplit(page[direction]["href"])
    return cloud.get(f"{link.path.removeprefix('/api')}?{link.query}")


def test_pages_of_workloads_lead_on_and_back(cloud: RuntimeClient, clock: ManualClock) -> None:
    ids = []
    for _ in range(5):
        ids.append(cloud.session(mode="batch"))
        clock.advance(1)
    first = cloud.get("/v1/workloads?limit=2")
    second = follow(cloud, first, "next")
    last = follow(cloud, second, "next")
    found = [each["id"] for page in (first, second, last) for each in page["workloads"]]
    assert found == ids
    assert ("previous" in first, "next" in last) == (False, False)
    assert follow(cloud, last, "previous")["workloads"] == second["workloads"]
    assert first["total_count"] == 5


def test_a_cursor_expires(cloud: RuntimeClient, clock: ManualClock) -> None:
    for _ in range(2):
        cloud.session(mode="batch")
    link = urlsplit(cloud.get("/v1/workloads?limit=1")["next"]["href"])
    clock.advance(601)
    refused = cloud.send("GET", f"/v1/workloads?{link.query}")
    assert (refused.status, "expired" in refused.message) == (400, True)


def test_a_limit_of_workloads_out_of_range_silently_becomes_the_default(cloud: RuntimeClient) -> None:
    assert cloud.get("/v1/workloads?limit=51")["limit"] == 10
    assert cloud.get("/v1/workloads?limit=50")["limit"] == 50


def test_analytics_sums_what_was_executed(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock
) -> None:
    used(cloud, executor, 1.0)
    used(cloud, executor, 2.0, backend="ibm_small")
    batch_id = cloud.session(mode="batch", backend="ibm_small")
    used(cloud, executor, 4.0, session_id=batch_id, backend="ibm_small")
    sums = cloud.get("/v1/analytics/usage")
    assert (sums["usage"], sums["jobs"], sums["sessions"]) == (7000, 3, 1)
    assert (sums["individual_jobs"], sums["individual_jobs_usage"]) == (2, 3000)
    assert (sums["avg_individual_jobs_usage"], sums["max_individual_jobs_usage"]) == (1500, 2000)
    assert (sums["batch_sessions"], sums["batch_sessions_usage"], sums["dedicated_sessions"]) == (1, 4000, 0)


def test_analytics_is_grouped_and_filtered(cloud: RuntimeClient, executor: HeldExecutor) -> None:
    used(cloud, executor, 1.0)
    used(cloud, executor, 2.0, backend="ibm_small")
    grouped = cloud.get("/v1/analytics/usage_grouped?group_by=backend")["data"]
    assert {each["key"]: each["usage"] for each in grouped} == {"ibm_examplesite": 1000, "ibm_small": 2000}
    assert cloud.get("/v1/analytics/usage?backend=ibm_small")["usage"] == 2000
    assert cloud.get("/v1/analytics/usage?interval_end=2020-01-01T00:00:00Z")["usage"] == 0
    filters = cloud.get("/v1/analytics/filters")
    assert filters["backends"] == [{"name": "ibm_examplesite"}, {"name": "ibm_small"}]
    assert filters["instances"] == [{"id": cloud.simulator.cloud_crn, "deleted": False}]


def test_analytics_is_told_day_by_day(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock
) -> None:
    used(cloud, executor, 1.0)
    clock.advance(86_400)
    used(cloud, executor, 2.0)
    data = cloud.get("/v1/analytics/usage_grouped_by_date?group_by=instance")["data"]
    assert [each["usage"] for each in data] == [1000, 2000]
    assert {each["key"] for each in data} == {cloud.simulator.cloud_crn}
