"""Jobs of the simulated cloud."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.executor import HeldExecutor
from tests.contract.simulator_api.runtime_api import RuntimeClient, run_job


@pytest.fixture
def cloud(start: StartSimulator) -> RuntimeClient:
    """A user of a simulator that invents results at once."""
    return RuntimeClient(start())


@pytest.fixture
def one_lane(start: StartSimulator, executor: HeldExecutor) -> RuntimeClient:
    """A user of a simulator whose backends have one lane each, and jobs that the test ends."""
    return RuntimeClient(start(executor, lanes=1, workers=4))


def test_a_job_gets_its_id_from_the_server_and_ends_with_results(cloud: RuntimeClient) -> None:
    job_id = cloud.ended()
    assert cloud.status(job_id) == "Completed"
    assert cloud.get(f"/v1/jobs/{job_id}/results")["results"]


def test_a_job_beyond_the_free_lanes_is_queued_until_one_is_free(
    one_lane: RuntimeClient, executor: HeldExecutor
) -> None:
    first, second = one_lane.accepted(), one_lane.accepted()
    executor.task(0)
    assert (one_lane.status(first), one_lane.status(second)) == ("Running", "Queued")
    executor.task(0).end()
    executor.task(1)
    assert (one_lane.status(first), one_lane.status(second)) == ("Completed", "Running")


def test_a_queued_job_is_counted_by_its_backend(one_lane: RuntimeClient) -> None:
    one_lane.accepted()
    one_lane.accepted()
    assert one_lane.get("/v1/backends/ibm_examplesite/status")["length_queue"] == 1


def test_a_queued_job_that_is_cancelled_never_begins(one_lane: RuntimeClient, executor: HeldExecutor) -> None:
    first, second, third = (one_lane.accepted() for _ in range(3))
    assert one_lane.send("POST", f"/v1/jobs/{second}/cancel").status == 204
    executor.task(0).end()
    assert executor.task(1).task.job_id == third
    assert one_lane.status(second) == "Cancelled"
    assert "running" not in one_lane.get(f"/v1/jobs/{second}/metrics")["timestamps"]
    assert one_lane.status(first) == "Completed"


def test_on_prem_jobs_and_cloud_jobs_share_the_lanes(one_lane: RuntimeClient, executor: HeldExecutor) -> None:
    from tests.contract.simulator_api.client import client_of

    job_id = one_lane.accepted()
    on_prem = client_of(one_lane.simulator)
    assert on_prem.submit("refused").codes == ["1232"]
    executor.task(0).end()
    one_lane.simulator.wait_for(job_id, 20)
    assert on_prem.submit("accepted").status == 204
    assert [job["id"] for job in on_prem.get("/v1/jobs").document["jobs"]] == ["accepted"]


@pytest.mark.parametrize(("query", "limit", "offset"), [
    ("", 200, 0),
    ("?limit=2&offset=1", 2, 1),
    ("?limit=0&offset=-1", 200, 0),
    ("?limit=201", 200, 0),
    ("?limit=many&offset=2147483648", 200, 0),
    (f"?limit={'9' * 5000}&offset={'9' * 5000}", 200, 0),
])  # fmt: skip
def test_limits_out_of_range_silently_become_the_defaults(
    cloud: RuntimeClient, query: str, limit: int, offset: int
) -> None:
    page = cloud.get(f"/v1/jobs{query}")
    assert (page["limit"], page["offset"]) == (limit, offset)


def test_jobs_are_listed_newest_first_a_page_at_a_time(cloud: RuntimeClient) -> None:
    ids = [cloud.ended() for _ in range(3)]
    page = cloud.get("/v1/jobs?limit=2&offset=1")
    assert [job["id"] for job in page["jobs"]] == [ids[1], ids[0]]
    assert page["count"] == 3
    assert [job["id"] for job in cloud.get("/v1/jobs?sort=ASC")["jobs"]] == ids


def test_jobs_are_filtered_by_all_that_the_query_names(cloud: RuntimeClient, clock: ManualClock) -> None:
    old = cloud.ended(tags=["a", "b"], program_id="sampler")
    clock.advance(600)
    new = cloud.ended(tags=["a"], backend="ibm_small")

    def found(query: str) -> list[str]:
        return [job["id"] for job in cloud.get(f"/v1/jobs?{query}")["jobs"]]

    between = datetime.fromtimestamp(clock.wall() - 300, timezone.utc).isoformat().replace("+", "%2B")
    assert found("tags=a") == [new, old]
    assert found("tags=a&tags=b") == [old]
    assert found("backend=ibm_small") == [new]
    assert found("program=estimator") == []
    assert found(f"created_after={between}") == [new]
    assert found(f"created_before={between}") == [old]
    assert found("pending=true") == []
    assert found("pending=false") == [new, old]


def test_params_come_with_a_job_and_not_with_the_list(cloud: RuntimeClient) -> None:
    job_id = cloud.ended()
    assert cloud.get(f"/v1/jobs/{job_id}")["params"] == run_job()["params"]
    assert "params" not in cloud.get(f"/v1/jobs/{job_id}?exclude_params=true")
    assert "params" not in cloud.get("/v1/jobs")["jobs"][0]
    assert "params" in cloud.get("/v1/jobs?exclude_params=false")["jobs"][0]


def test_results_are_204_until_they_are_there(one_lane: RuntimeClient, executor: HeldExecutor) -> None:
    job_id = one_lane.accepted()
    assert one_lane.send("GET", f"/v1/jobs/{job_id}/results").status == 204
    executor.task(0).end()
    one_lane.simulator.wait_for(job_id, 20)
    assert one_lane.get(f"/v1/jobs/{job_id}/results") == {"of": job_id}


def test_results_of_a_private_job_are_read_once(cloud: RuntimeClient) -> None:
    job_id = cloud.ended(private=True)
    assert cloud.get(f"/v1/jobs/{job_id}/results")
    again = cloud.send("GET", f"/v1/jobs/{job_id}/results")
    assert (again.status, "read before" in again.message) == (404, True)


def test_params_of_a_private_job_are_never_told_and_removed_at_its_end(
    cloud: RuntimeClient,
) -> None:
    job_id = cloud.ended(private=True)
    document = cloud.get(f"/v1/jobs/{job_id}?exclude_params=false")
    assert (document["private"], "params" in document) == (True, False)
    assert list(cloud.simulator.directory.rglob("params.json")) == []


def test_logs_are_404_until_there_are_any_and_then_plain_text(
    one_lane: RuntimeClient, executor: HeldExecutor
) -> None:
    job_id = one_lane.accepted()
    assert one_lane.send("GET", f"/v1/jobs/{job_id}/logs").status == 404
    executor.task(0).end()
    one_lane.simulator.wait_for(job_id, 20)
    log = one_lane.send("GET", f"/v1/jobs/{job_id}/logs")
    assert (log.headers["Content-Type"].partition(";")[0], b"done" in log.body) == ("text/plain", True)


def test_tags_are_replaced_and_searched(cloud: RuntimeClient) -> None:
    job_id = cloud.ended(tags=["first"])
    assert cloud.send("PUT", f"/v1/jobs/{job_id}/tags", json={"tags": ["second", "third"]}).status == 204
    assert cloud.get(f"/v1/jobs/{job_id}")["tags"] == ["second", "third"]
    assert cloud.get("/v1/tags?type=job&search=sec") == {"tags": ["second"]}
    assert cloud.send("PUT", f"/v1/jobs/{job_id}/tags", json={"tags": []}).status == 204
    assert "tags" not in cloud.get(f"/v1/jobs/{job_id}")


def test_a_deleted_job_is_gone_and_its_usage_is_not(one_lane: RuntimeClient, executor: HeldExecutor) -> None:
    job_id = one_lane.accepted()
    executor.task(0).end(quantum_secs=2.5)
    one_lane.simulator.wait_for(job_id, 20)
    assert one_lane.send("DELETE", f"/v1/jobs/{job_id}").status == 204
    assert one_lane.send("GET", f"/v1/jobs/{job_id}").code == "1291"
    assert one_lane.get("/v1/instances/usage")["usage_consumed_seconds"] == 2.5


def test_a_job_that_has_not_ended_cannot_be_deleted(one_lane: RuntimeClient) -> None:
    job_id = one_lane.accepted()
    refused = one_lane.send("DELETE", f"/v1/jobs/{job_id}")
    assert (refused.status, refused.code) == (400, "1337")


def test_a_job_that_has_ended_cannot_be_cancelled(cloud: RuntimeClient) -> None:
    job_id = cloud.ended()
    refused = cloud.send("POST", f"/v1/jobs/{job_id}/cancel")
    assert (refused.status, refused.code) == (409, "1306")


def test_a_job_of_another_user_is_not_found(cloud: RuntimeClient) -> None:
    cloud.simulator.api_keys["another"] = "IBMid-ANOTHER"
    job_id = cloud.ended()
    other = RuntimeClient(cloud.simulator, user_key="another")
    assert other.send("GET", f"/v1/jobs/{job_id}").status == 404
    assert other.get("/v1/jobs")["jobs"] == []


def test_a_job_that_takes_longer_than_its_cost_ran_too_long(
    one_lane: RuntimeClient, executor: HeldExecutor
) -> None:
    job_id = one_lane.accepted(cost=3)
    executor.task(0).end(quantum_secs=5)
    one_lane.simulator.wait_for(job_id, 20)
    document = one_lane.get(f"/v1/jobs/{job_id}")
    assert document["status"] == "Cancelled - Ran too long"
    assert (document["state"]["status"], document["state"]["reason_code"]) == ("Cancelled", 1305)
    assert "cost = 3" in document["state"]["reason"]


def test_a_cost_above_the_limit_is_capped(cloud: RuntimeClient) -> None:
    job_id = cloud.ended(cost=100_000)
    assert cloud.get(f"/v1/jobs/{job_id}")["cost"] == 10_800


def test_a_failed_job_says_why_and_has_no_results(cloud: RuntimeClient) -> None:
    cloud.simulator.outcomes.add(
        OutcomeRule(status="Failed", reason_code=1517, reason_message="no", reason_solution="transpile")
    )
    job_id = cloud.ended()
    state = cloud.get(f"/v1/jobs/{job_id}")["state"]
    assert state == {
        "status": "Failed",
        "reason": "no",
        "reason_code": 1517,
        "reason_solution": "transpile",
    }
    assert cloud.send("GET", f"/v1/jobs/{job_id}/results").status == 204


def test_what_the_client_calls_itself_comes_back_in_the_metrics(cloud: RuntimeClient) -> None:
    cloud.headers["X-Qx-Client-Application"] = "bench"
    assert cloud.get(f"/v1/jobs/{cloud.ended()}/metrics")["caller"] == "bench"


def test_everything_that_was_asked_for_is_told(cloud: RuntimeClient) -> None:
    asked = {"calibration_id": "cal", "runtime": "image:tag", "tags": ["a"], "log_level": "INFO"}
    document = cloud.get(f"/v1/jobs/{cloud.ended(**asked)}")
    assert {name: document[name] for name in ("calibration_id", "runtime", "tags")} == {
        "calibration_id": "cal",
        "runtime": "image:tag",
        "tags": ["a"],
    }


def test_jobs_survive_a_restart(start: StartSimulator, executor: HeldExecutor) -> None:
    first = RuntimeClient(start(executor, lanes=1))
    done, running, queued = first.accepted(tags=["kept"]), first.accepted(), first.accepted()
    executor.task(0).end()
    executor.task(1)
    first.simulator.stop()
    second = RuntimeClient(start(executor, lanes=1))
    assert second.get(f"/v1/jobs/{done}")["tags"] == ["kept"]
    assert second.get(f"/v1/jobs/{done}/results") == {"of": done}
    assert (second.status(running), second.status(queued)) == ("Running", "Queued")
    executor.task(2).end()
    executor.task(3).end()
    assert second.simulator.wait_for(queued, 20).status == "Completed"
    assert second.status(running) == "Completed"


def test_an_interrupted_body_of_json_is_refused(cloud: RuntimeClient) -> None:
    body = json.dumps(run_job())[:-5]
    assert cloud.send("POST", "/v1/jobs", body=body).code == "1208"
