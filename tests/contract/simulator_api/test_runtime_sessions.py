"""Sessions and batches of the simulated cloud; its clock moves when the test says so."""

from __future__ import annotations

from typing import Any

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


def details(cloud: RuntimeClient, session_id: str) -> Any:
    return cloud.get(f"/v1/sessions/{session_id}")


def run(cloud: RuntimeClient, executor: HeldExecutor, session_id: str, quantum_secs: float = 1.0) -> str:
    """Run one job of a session to its end."""
    started = len(executor.started)
    job_id = cloud.accepted(session_id=session_id)
    executor.task(started).end(quantum_secs=quantum_secs)
    cloud.simulator.wait_for(job_id, 20)
    return job_id


def test_a_session_is_open_until_its_first_job_begins(cloud: RuntimeClient) -> None:
    session_id = cloud.session()
    assert details(cloud, session_id)["state"] == "open"
    cloud.accepted(session_id=session_id)
    found = details(cloud, session_id)
    assert (found["state"], found["accepting_jobs"]) == ("active", True)
    assert [each["status"] for each in found["timestamps"]] == ["open", "active"]


def test_a_session_without_a_job_is_closed_after_half_an_hour(
    cloud: RuntimeClient, clock: ManualClock
) -> None:
    session_id = cloud.session()
    clock.advance(1799)
    assert details(cloud, session_id)["state"] == "open"
    clock.advance(1)
    assert details(cloud, session_id)["state"] == "closed"


def test_an_idle_session_is_inactive_and_active_again_with_the_next_job(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock
) -> None:
    session_id = cloud.session()
    run(cloud, executor, session_id)
    clock.advance(59)
    assert details(cloud, session_id)["state"] == "active"
    clock.advance(1)
    assert details(cloud, session_id)["state"] == "inactive"
    run(cloud, executor, session_id)
    assert details(cloud, session_id)["state"] == "active"


def test_a_session_is_closed_at_its_max_ttl_and_its_queued_jobs_are_cancelled(
    start: StartSimulator, executor: HeldExecutor, clock: ManualClock
) -> None:
    cloud = RuntimeClient(start(executor, lanes=1, token_lifetime_secs=LIFETIME_SECS))
    session_id = cloud.session(max_ttl=100)
    running, queued = cloud.accepted(session_id=session_id), cloud.accepted(session_id=session_id)
    clock.advance(100)
    found = details(cloud, session_id)
    assert (found["state"], found["state_reason"]) == ("closed", "max_ttl was reached")
    assert (cloud.status(running), cloud.status(queued)) == ("Running", "Cancelled")
    executor.task(0).end()
    assert cloud.simulator.wait_for(running, 20).status == "Completed"


def test_an_expired_session_refuses_jobs(cloud: RuntimeClient, clock: ManualClock) -> None:
    session_id = cloud.session()
    clock.advance(1800)
    refused = cloud.submit(session_id=session_id)
    assert (refused.status, refused.code) == (400, "4001")


def test_a_session_that_accepts_no_more_jobs_lets_those_it_has_end(
    cloud: RuntimeClient, executor: HeldExecutor
) -> None:
    session_id = cloud.session()
    job_id = cloud.accepted(session_id=session_id)
    assert cloud.send("PATCH", f"/v1/sessions/{session_id}", json={"accepting_jobs": False}).status == 204
    assert details(cloud, session_id)["state"] == "active"
    assert cloud.submit(session_id=session_id).code == "4001"
    executor.task(0).end()
    cloud.simulator.wait_for(job_id, 20)
    assert details(cloud, session_id)["state"] == "closed"


def test_closing_a_session_cancels_what_is_queued_and_nothing_that_runs(
    start: StartSimulator, executor: HeldExecutor
) -> None:
    cloud = RuntimeClient(start(executor, lanes=1))
    session_id = cloud.session()
    running, queued = cloud.accepted(session_id=session_id), cloud.accepted(session_id=session_id)
    assert cloud.send("DELETE", f"/v1/sessions/{session_id}/close").status == 204
    assert (cloud.status(running), cloud.status(queued)) == ("Running", "Cancelled")


def test_a_dedicated_session_has_its_backend_to_itself_while_it_is_active(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock
) -> None:
    session_id = cloud.session()
    run(cloud, executor, session_id)
    waiting, elsewhere = cloud.accepted(), cloud.accepted(backend="ibm_small")
    assert (cloud.status(waiting), cloud.status(elsewhere)) == ("Queued", "Running")
    clock.advance(60)
    assert cloud.status(waiting) == "Running"


def test_a_batch_lets_others_use_its_backend(cloud: RuntimeClient, executor: HeldExecutor) -> None:
    session_id = cloud.session(mode="batch")
    run(cloud, executor, session_id)
    assert cloud.status(cloud.accepted()) == "Running"


def test_a_dedicated_session_costs_the_time_that_it_was_active(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock
) -> None:
    session_id = cloud.session()
    run(cloud, executor, session_id, quantum_secs=1.0)
    clock.advance(60)
    assert details(cloud, session_id)["elapsed_time"] == 60
    clock.advance(1000)
    assert cloud.get("/v1/instances/usage")["usage_consumed_seconds"] == 60


def test_a_batch_costs_what_its_jobs_do(
    cloud: RuntimeClient, executor: HeldExecutor, clock: ManualClock
) -> None:
    session_id = cloud.session(mode="batch")
    run(cloud, executor, session_id, quantum_secs=1.5)
    clock.advance(1000)
    assert details(cloud, session_id)["elapsed_time"] == 1.5
    assert cloud.get("/v1/instances/usage")["usage_consumed_seconds"] == 1.5


def test_the_first_job_decides_the_backend_where_the_session_names_none(cloud: RuntimeClient) -> None:
    session_id = cloud.session(backend=None)
    assert details(cloud, session_id)["backend_name"] is None
    cloud.accepted(session_id=session_id, backend="ibm_small")
    assert details(cloud, session_id)["backend_name"] == "ibm_small"
    assert cloud.submit(session_id=session_id, backend="ibm_large").status == 400


def test_times_to_live_are_those_asked_for_or_the_defaults(cloud: RuntimeClient) -> None:
    found = details(cloud, cloud.session())
    assert (found["max_ttl"], found["active_ttl"], found["interactive_ttl"]) == (28_800, 28_800, 60)
    found = details(cloud, cloud.session(max_ttl=100, interactive_ttl=10))
    assert (found["max_ttl"], found["active_ttl"], found["interactive_ttl"]) == (100, 100, 10)


@pytest.mark.parametrize("body", [{}, {"mode": "shared"}, {"mode": "batch", "max_ttl": 0}])
def test_a_session_outside_the_schema_is_refused(cloud: RuntimeClient, body: dict[str, Any]) -> None:
    refused = cloud.send("POST", "/v1/sessions", json=body)
    assert (refused.status, refused.code) == (400, "1208")


def test_a_session_of_another_user_is_not_found(cloud: RuntimeClient) -> None:
    cloud.simulator.api_keys["another"] = "IBMid-ANOTHER"
    other = RuntimeClient(cloud.simulator, user_key="another")
    session_id = cloud.session()
    assert other.send("GET", f"/v1/sessions/{session_id}").status == 404
    assert other.submit(session_id=session_id).status == 404
