"""The simulator's own controls, for tests and people in other processes."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from direct_access.clock import ManualClock
from direct_access.simulator.jobs.scenario import Pace
from tests.contract.simulator_api.client import Client, client_of
from tests.contract.simulator_api.conftest import StartSimulator


@pytest.fixture
def waiting(start: StartSimulator) -> Client:
    """A client of a simulator whose jobs stay Running until they are released."""
    return client_of(start(pace=Pace.by_hand()))


def test_no_token_is_asked_for(api: Client) -> None:
    api.headers = {}
    assert api.get("/admin/faults").document == {"faults": []}


def test_faults_are_added_listed_and_cleared(api: Client) -> None:
    assert (
        api.post("/admin/faults", {"method": "GET", "path": "/v1/jobs", "status": 500, "times": 2}).status
        == 204
    )
    assert api.get("/v1/jobs").status == 500
    (pending,) = api.get("/admin/faults").document["faults"]
    assert (pending["status"], pending["times"]) == (500, 1)
    assert api.delete("/admin/faults").status == 204
    assert api.get("/v1/jobs").status == 200


def test_faults_do_not_hit_the_controls(api: Client) -> None:
    api.post("/admin/faults", {"status": 500, "times": None})
    assert api.get("/admin/faults").status == 200


def test_outcomes_are_added_listed_and_cleared(api: Client) -> None:
    api.post("/admin/outcomes", {"status": "Cancelled", "reason_code": 1305})
    api.post("/admin/outcomes", {"status": "Failed"})
    api.submit("a")
    assert [rule["status"] for rule in api.get("/admin/outcomes").document["outcomes"]] == ["Failed"]
    api.delete("/admin/outcomes")
    api.submit("b")
    ended = {job_id: api.ended_job(job_id) for job_id in "ab"}
    assert [job["status"] for job in ended.values()] == ["Cancelled", "Completed"]
    assert ended["a"]["reason_code"] == 1305


@pytest.mark.parametrize("rule", [{"results": "odd"}, {"status": "Queued"}, {"unknown": 1}, []])
def test_an_outcome_that_means_nothing_is_refused(api: Client, rule: Any) -> None:
    assert api.post("/admin/outcomes", rule).status == 400


def test_requests_are_counted_without_queries_and_controls(api: Client) -> None:
    api.get("/v1/jobs?token=s3cr3t")
    api.get("/v1/jobs/nothing")
    document = api.get("/admin/requests").document
    assert document["total"] == 2
    seen = [(entry["app"], entry["method"], entry["path"], entry["status"]) for entry in document["requests"]]
    assert seen == [("api", "GET", "/v1/jobs", 200), ("api", "GET", "/v1/jobs/nothing", 404)]
    api.delete("/admin/requests")
    assert api.get("/admin/requests").document == {"total": 0, "requests": []}


def test_requests_are_counted_by_pattern(api: Client) -> None:
    api.submit()
    api.ended_job()
    assert api.simulator.requests.count("api", "GET", "/v1/jobs/*") == 1
    assert api.simulator.requests.count("iam") == 0


def test_jobs_of_all_callers_are_listed(api: Client) -> None:
    api.simulator.api_keys["another"] = "IBMid-ANOTHER"
    api.submit("a")
    client_of(api.simulator, "another").submit("b")
    assert [job["id"] for job in api.get("/admin/jobs").document["jobs"]] == ["a", "b"]


def test_a_waiting_job_is_released(waiting: Client) -> None:
    waiting.submit()
    assert waiting.post("/admin/jobs/job/release").status == 204
    assert waiting.ended_job()["status"] == "Completed"


def test_a_running_job_is_ended_as_told(waiting: Client) -> None:
    waiting.submit()
    ending = {
        "status": "Failed",
        "reason_code": 1517,
        "reason_message": "cold box",
        "reason_solution": "wait",
    }
    assert waiting.post("/admin/jobs/job/end", ending).status == 204
    job = waiting.job()
    assert {name: job[name] for name in ending} == ending
    assert waiting.post("/admin/jobs/job/end", ending).status == 409


@pytest.mark.parametrize("ending", [{}, {"status": "Running"}, {"status": "Failed", "code": 1}, []])
def test_an_end_that_means_nothing_is_refused(waiting: Client, ending: Any) -> None:
    waiting.submit()
    assert waiting.post("/admin/jobs/job/end", ending).status == 400
    assert waiting.job()["status"] == "Running"


def test_a_reservation_is_made_for_a_time_and_ended(api: Client, clock: ManualClock) -> None:
    api.post("/admin/reservations", {"backend": "ibm_examplesite", "secs": 60})
    assert api.get("/admin/reservations").document == {"reservations": [{"backend": "ibm_examplesite"}]}
    assert api.submit().codes == ["1233"]
    assert api.delete("/admin/reservations/ibm_examplesite").status == 204
    assert api.submit("a").status == 204
    api.post("/admin/reservations", {"backend": "ibm_examplesite", "secs": 60})
    clock.advance(60)
    assert api.submit("b").status == 204


def test_a_backend_is_paused_and_given_other_lanes(api: Client) -> None:
    api.post("/admin/backends/ibm_small", {"status": "paused", "message": "maintenance", "lanes": 2})
    assert api.get("/v1/backends/ibm_small").document["message"] == "maintenance"
    assert api.get("/v1/backends/ibm_small/lanes").document["hpc_workload_manager"] == {"lanes": 2}


def test_tokens_are_revoked_and_made_shorter(api: Client) -> None:
    api.delete("/admin/tokens")
    assert api.get("/v1/jobs").codes == ["1201"]
    api.post("/admin/tokens", {"lifetime_secs": 5})
    assert api.simulator.tokens.issue("me").expires_in == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/admin/nothing", None, 404),
        ("PUT", "/admin/faults", None, 404),
        ("POST", "/admin/jobs/nothing/release", None, 404),
        ("POST", "/admin/backends/ibm_nowhere", {}, 404),
        ("POST", "/admin/backends/ibm_small", {"status": "broken"}, 400),
        ("POST", "/admin/backends/ibm_small", {"name": "x"}, 400),
        ("POST", "/admin/backends/ibm_small", {"lanes": "many"}, 400),
        ("POST", "/admin/reservations", {}, 400),
        ("POST", "/admin/reservations", {"backend": "ibm_nowhere"}, 404),
        ("POST", "/admin/tokens", {"lifetime_secs": "long"}, 400),
        ("POST", "/admin/faults", None, 400),
    ],
)
def test_a_wrong_request_is_refused(api: Client, method: str, path: str, body: Any, status: int) -> None:
    options = {} if body is None else {"json": body}
    assert api.send(method, path, **options).status == status


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("reservations", '{"backend": "ibm_small", "secs": 1e400}'),
        ("reservations", '{"backend": "ibm_small", "secs": -1%s}' % ("0" * 400)),
        ("reservations", '{"backend": "\xed\xa0\x80"}'),
        ("backends/ibm_small", '{"message": "\xed\xa0\x80"}'),
        ("backends/ibm_small", '{"lanes": 1%s}' % ("0" * 400)),
        ("faults", '{"delay_secs": 1e400, "path": "/never"}'),
        ("outcomes", '{"job_id": "never", "reason_message": "\xed\xa0\x80"}'),
        ("tokens", '{"lifetime_secs": 1%s}' % ("0" * 400)),
        ("outcomes", "[" * 900 + "]" * 900),
    ],
)
def test_what_no_page_could_show_is_refused_and_the_page_goes_on(
    api: Client, path: str, document: str
) -> None:
    assert api.send("POST", f"/admin/{path}", body=document.encode("latin-1")).status == 400
    assert api.get("/admin/status").status == 200
    assert urllib3.request("GET", api.simulator.api_url, retries=False).status == 200


def test_text_that_is_no_unicode_does_not_end_the_status_page(api: Client) -> None:
    api.simulator.backends.get("ibm_small").message = "\udc80 and after"
    page = urllib3.request("GET", api.simulator.api_url, retries=False)
    assert (page.status, b"and after" in page.data) == (200, True)


@pytest.mark.parametrize("headers", [{"Host": "attacker.example"}, {"Origin": "https://attacker.example"}])
def test_a_web_page_of_somebody_else_changes_nothing(api: Client, headers: dict[str, str]) -> None:
    url = f"{api.simulator.api_url}/admin/faults"
    answer = urllib3.request("POST", url, body=b'{"status": 500}', headers=headers, retries=False)
    assert answer.status in (403, 421)
    assert api.get("/admin/faults").document == {"faults": []}
