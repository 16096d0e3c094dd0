"""What the simulated cloud refuses, and how it says so."""

from __future__ import annotations

from typing import Any

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.conflicts import Conflicts
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.qiskit_runtime.application import Permissions
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.runtime_api import PROGRAM, RuntimeClient, run_job


@pytest.fixture
def cloud(start: StartSimulator) -> RuntimeClient:
    """A user of a simulator that invents results at once."""
    return RuntimeClient(start())


@pytest.mark.parametrize(("changed", "status", "code", "said"), [
    ({"program_id": "executor"}, 400, "1300", "does not serve the program executor"),
    ({"program_id": "noise-learner-v3"}, 400, "1300", "noise-learner-v3"),
    ({"program_id": "unheard-of"}, 404, "1300", "unheard-of"),
    ({"program_id": None}, 400, "1208", "program_id"),
    ({"backend": "ibm_nowhere"}, 404, "1216", "ibm_nowhere"),
    ({"backend": None}, 400, "1208", "backend"),
    ({"params": None}, 400, "1208", "params"),
    ({"params": {"pubs": [], "unheard": 1}}, 400, "1208", "unheard"),
    ({"params": {"pubs": [[PROGRAM, None, -1]]}}, 400, "1208", "pubs"),
    ({"tags": ["t"] * 9}, 400, "1208", "tags"),
    ({"tags": ["t" * 87]}, 400, "1208", "tags"),
    ({"cost": -1}, 400, "1208", "cost"),
    ({"log_level": "loud"}, 400, "1208", "log_level"),
    ({"session_id": "session_id1"}, 404, "4001", "session_id1"),
])  # fmt: skip
def test_a_job_that_cannot_be_accepted_is_refused_with_the_reason(
    cloud: RuntimeClient, changed: dict[str, Any], status: int, code: str, said: str
) -> None:
    refused = cloud.submit(**changed)
    assert (refused.status, refused.code) == (status, code)
    assert said in refused.message
    assert cloud.get("/v1/jobs")["jobs"] == []


def test_params_over_the_limit_are_413(start: StartSimulator) -> None:
    cloud = RuntimeClient(start(max_params_bytes=1000))
    refused = cloud.submit(params={"pubs": [[PROGRAM + " " * 1000]]})
    assert (refused.status, refused.code) == (413, "1208")


@pytest.mark.parametrize(("crn", "status", "said"), [
    (None, 400, "missing"),
    ("not-a-crn", 400, "not the CRN"),
    ("crn:v1:bluemix:public:cloud-object-storage:us-east:a/simulator:x::", 400, "not the CRN"),
    ("crn:v1:bluemix:public:quantum-computing:eu-de:a/simulator:cloud::", 403, "eu-de"),
    ("crn:v1:bluemix:public:quantum-computing:us-east:a/simulator:other::", 403, "no instance"),
])  # fmt: skip
def test_another_crn_than_that_of_an_instance_is_refused(
    cloud: RuntimeClient, crn: str | None, status: int, said: str
) -> None:
    del cloud.headers["Service-CRN"]
    if crn:
        cloud.headers["Service-CRN"] = crn
    refused = cloud.send("GET", "/v1/backends")
    assert (refused.status, said in refused.message) == (status, True)


def test_a_token_that_is_forged_is_refused(cloud: RuntimeClient) -> None:
    cloud.headers["Authorization"] = "Bearer forged"
    refused = cloud.send("GET", "/v1/backends")
    assert (refused.status, refused.code) == (401, "1201")


def test_an_api_key_is_as_good_as_its_token(cloud: RuntimeClient) -> None:
    cloud.headers["Authorization"] = f"apikey {cloud.simulator.api_key}"
    assert cloud.get("/v1/backends")
    cloud.headers["Authorization"] = "apikey wrong"
    assert cloud.send("GET", "/v1/backends").status == 401


def test_an_action_that_is_denied_is_403_and_named(cloud: RuntimeClient) -> None:
    cloud.simulator.cloud.permissions.denied_actions = frozenset({"job.create"})
    refused = cloud.submit()
    assert (refused.status, refused.code) == (403, "1200")
    assert "quantum-computing.job.create" in refused.message
    assert cloud.get("/v1/jobs")["jobs"] == []


def test_a_sixth_job_within_a_minute_is_refused_where_that_is_limited(
    start: StartSimulator, clock: ManualClock
) -> None:
    cloud = RuntimeClient(start(cloud_jobs_per_minute=5))
    for _ in range(5):
        cloud.ended()
    refused = cloud.submit()
    assert (refused.status, refused.code) == (429, "1202")
    clock.advance(60)
    assert cloud.ended()


def test_jobs_are_not_limited_a_minute_unless_it_is_asked_for(cloud: RuntimeClient) -> None:
    for _ in range(7):
        cloud.ended()


def test_an_offline_backend_takes_no_jobs(cloud: RuntimeClient) -> None:
    cloud.simulator.backends.get("ibm_examplesite").status = "offline"
    refused = cloud.submit()
    assert (refused.status, refused.code) == (400, "1004")
    assert cloud.get("/v1/jobs")["jobs"] == []


def test_a_paused_or_reserved_backend_lets_jobs_wait(cloud: RuntimeClient) -> None:
    backend = cloud.simulator.backends.get("ibm_examplesite")
    backend.status = "paused"
    job_id = cloud.accepted()
    assert cloud.status(job_id) == "Queued"
    backend.reserve()
    backend.status = "online"
    assert cloud.status(job_id) == "Queued"
    backend.release()
    cloud.status(job_id)
    assert cloud.simulator.wait_for(job_id, 20).status == "Completed"


@pytest.mark.parametrize("path", [
    "/v1/jobs?pending=perhaps",
    "/v1/jobs?created_after=yesterday",
    "/v1/jobs?sort=UP",
    "/v1/tags?type=job&search=ab",
    "/v1/tags?search=abc",
    "/v1/backends?fields=everything",
    "/v1/workloads?mode=parallel",
    "/v1/workloads?status=cancelled",
    "/v1/workloads?next=forged",
    "/v1/analytics/usage_grouped",
    "/v1/analytics/usage_grouped_by_date?group_by=backend",
])  # fmt: skip
def test_a_query_that_means_nothing_is_400(cloud: RuntimeClient, path: str) -> None:
    assert cloud.send("GET", path).status == 400


@pytest.mark.parametrize(("path", "kind"), [
    ("/v1/jobs/none", str),
    ("/v1/sessions/none", str),
    ("/v1/backends/none/status", str),
    ("/v1/workloads?mode=none", int),
    ("/v1/analytics/usage?interval_start=none", int),
])  # fmt: skip
def test_codes_are_text_or_numbers_as_each_part_of_the_api_has_them(
    cloud: RuntimeClient, path: str, kind: type
) -> None:
    assert type(cloud.send("GET", path).code) is kind


def test_codes_are_numbers_everywhere_on_demand(start: StartSimulator) -> None:
    cloud = RuntimeClient(start(conflicts=Conflicts(numeric_error_codes=True)))
    refused = cloud.send("GET", "/v1/jobs/none", described=False)
    assert refused.code == 1291


def test_an_unknown_path_is_404_and_a_wrong_method_405(cloud: RuntimeClient) -> None:
    assert cloud.send("GET", "/v1/logout").status == 404
    refused = cloud.send("PUT", "/v1/jobs")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, POST")


def test_faults_of_the_cloud_hit_nothing_else(cloud: RuntimeClient) -> None:
    from tests.contract.simulator_api.client import client_of

    cloud.simulator.faults.add(Fault(app="cloud", path="/api/v1/jobs*", status=429))
    assert client_of(cloud.simulator).get("/v1/jobs").status == 200
    refused = cloud.submit()
    assert (refused.status, refused.code) == (429, "1202")


def test_an_edge_proxy_can_answer_in_html(cloud: RuntimeClient) -> None:
    import urllib3

    cloud.simulator.faults.add(Fault(app="cloud", status=522, reply="html"))
    answer = urllib3.request(
        "POST",
        f"{cloud.simulator.cloud_url}/v1/jobs",
        json=run_job(),
        headers=cloud.headers,
        retries=False,
    )
    assert (answer.status, answer.headers["Content-Type"]) == (522, "text/html")


def test_nothing_is_denied_at_first() -> None:
    assert Permissions().denied_actions == frozenset()
