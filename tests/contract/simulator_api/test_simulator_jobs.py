"""Jobs: https://quantum.cloud.ibm.com/docs/en/api/quantum-system-rest/tags/jobs"""

from __future__ import annotations

import copy
import json
import socket
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.jobs.scenario import OutcomeRule, Pace
from tests.contract.simulator_api.client import Client, client_of, put_params, run_job
from tests.contract.simulator_api.conftest import StartSimulator


@pytest.fixture
def waiting(start: StartSimulator) -> Client:
    """A client of a simulator whose jobs stay Running until they are released."""
    return client_of(start(pace=Pace.by_hand()))


def test_an_accepted_job_is_running_and_its_answer_is_empty(waiting: Client) -> None:
    answer = waiting.submit()
    assert (answer.status, answer.document) == (204, None)
    assert waiting.job()["status"] == "Running"


def test_a_running_job_tells_what_was_asked_and_no_end(waiting: Client) -> None:
    body = run_job(waiting.simulator)
    waiting.submit()
    job = waiting.job()
    assert {name: job[name] for name in body} == body
    assert job["log_level"] == "warning"
    assert job["usage"] == {}
    assert job["metrics"] == {"timestamps": {"created": job["created_time"]}}
    assert not {"end_time", "reason_code", "reason_message"} & job.keys()


def test_a_completed_job_tells_its_end_and_its_usage(waiting: Client, clock: ManualClock) -> None:
    waiting.submit()
    clock.advance(30)
    waiting.simulator.jobs.release("job")
    job = waiting.ended_job()
    assert job["status"] == "Completed"
    assert job["metrics"]["timestamps"] == {"created": job["created_time"], "finished": job["end_time"]}
    assert job["created_time"] < job["end_time"]
    assert job["usage"]["quantum_nanoseconds"] == job["metrics"]["circuits_execution_time_ns"] == 0


def test_presigned_urls_are_echoed(waiting: Client) -> None:
    url = f"{waiting.simulator.store_url}/bucket/key%3A1?X-Amz-Signature=00"
    storage = {name: {"type": "s3_compatible", "presigned_url": url} for name in ("input", "results")}
    assert waiting.submit(storage=storage).status == 204
    assert waiting.job()["storage"] == storage


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
def test_the_log_level_is_kept(waiting: Client, level: str) -> None:
    waiting.submit(log_level=level)
    assert waiting.job()["log_level"] == level


def test_unknown_fields_are_ignored(waiting: Client) -> None:
    assert waiting.submit(tags=["mine"]).status == 204
    assert "tags" not in waiting.job()


def test_jobs_are_listed_oldest_first(api: Client) -> None:
    for job_id in ("c", "a", "b"):
        api.submit(job_id)
    assert [job["id"] for job in api.get("/v1/jobs").document["jobs"]] == ["c", "a", "b"]


def test_jobs_of_others_are_neither_listed_nor_found(api: Client) -> None:
    api.simulator.api_keys["another"] = "IBMid-ANOTHER"
    api.submit()
    another = client_of(api.simulator, "another")
    assert another.get("/v1/jobs").document == {"jobs": []}
    assert another.get("/v1/jobs/job").codes == ["1291"]
    assert another.delete("/v1/jobs/job").codes == ["1291"]
    assert another.post("/v1/jobs/job/cancel").codes == ["1291"]


@pytest.mark.parametrize("job_id", ["a/b c", "params:1", "ü%41?#", "x" * 256])
def test_an_id_is_found_by_its_percent_encoded_form(api: Client, job_id: str) -> None:
    assert api.submit(job_id).status == 204
    assert api.get(f"/v1/jobs/{quote(job_id, safe='')}").document["id"] == job_id


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/cancel")])
def test_an_unknown_job_is_not_found(api: Client, method: str, path: str) -> None:
    answer = api.send(method, f"/v1/jobs/nothing{path}")
    assert (answer.status, answer.codes) == (404, ["1291"])


def test_an_id_is_unique_until_its_job_is_deleted(api: Client) -> None:
    api.submit()
    api.ended_job()
    answer = api.submit()
    assert (answer.status, answer.codes) == (409, ["1231"])
    assert api.delete("/v1/jobs/job").status == 204
    assert api.submit().status == 204


def test_a_deleted_job_is_gone(api: Client) -> None:
    api.submit()
    api.ended_job()
    api.delete("/v1/jobs/job")
    assert api.get("/v1/jobs/job").status == 404
    assert api.delete("/v1/jobs/job").status == 404


def test_a_running_job_cannot_be_deleted(waiting: Client) -> None:
    waiting.submit()
    answer = waiting.delete("/v1/jobs/job")
    assert (answer.status, answer.codes) == (409, ["1337"])


def test_a_job_is_cancelled_when_the_answer_comes(waiting: Client) -> None:
    waiting.submit()
    assert waiting.post("/v1/jobs/job/cancel").status == 204
    job = waiting.job()
    assert (job["status"], job["reason_code"]) == ("Cancelled", 5202)
    assert "end_time" in job


def test_a_job_that_has_ended_cannot_be_cancelled(api: Client) -> None:
    api.submit()
    api.ended_job()
    answer = api.post("/v1/jobs/job/cancel")
    assert (answer.status, answer.codes) == (409, ["1306"])
    assert api.job()["status"] == "Completed"


def test_an_unknown_backend_is_not_found(api: Client) -> None:
    answer = api.submit(backend="ibm_nowhere")
    assert (answer.status, answer.codes) == (404, ["1216"])


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the body with one field changed, or taken away where the value is None."""
    body = copy.deepcopy(body)
    *parents, last = path.split(".")
    place = body
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, None) for name in ("id", "backend", "program_id", "timeout_secs", "storage")),
        *((name, None) for name in ("storage.input", "storage.results")),
        *((name, "") for name in ("id", "backend", "program_id")),
        *((name, 7) for name in ("id", "backend", "program_id", "log_level", "storage", "storage.input")),
        *((name, "x" * 257) for name in ("id", "backend")),
        ("id", "line\nbreak"),
        ("program_id", "noise-learner"),
        *(("timeout_secs", value) for value in (0, -1, 1.5, "600", True, 10**400)),
        ("log_level", "WARNING"),
        *(
            (f"storage.results.{name}", None)
            for name in ("region", "region_type", "bucket_crn", "object_name")
        ),
        ("storage.logs.region", "us east"),
        ("storage.logs.region_type", "global"),
        ("storage.logs.bucket_crn", "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2::"),
        ("storage.logs.object_name", ""),
        ("storage.logs.object_name", "x" * 1025),
    ],
)
def test_a_field_that_is_not_as_described_is_named(api: Client, field: str, value: Any) -> None:
    answer = api.post("/v1/jobs", changed(run_job(api.simulator), field, value))
    assert (answer.status, answer.targets) == (422, [field])


@pytest.mark.parametrize(
    "value", [{"type": "file_system", "file_path": "/etc/passwd"}, {}, {"type": "s3_compatible"}]
)
def test_a_storage_option_that_is_not_as_described_is_named(api: Client, value: Any) -> None:
    answer = api.post("/v1/jobs", changed(run_job(api.simulator), "storage.input", value))
    (target,) = answer.targets
    assert answer.status == 422
    assert target.startswith("storage.input.")


def test_everything_that_is_wrong_is_named_at_once(api: Client) -> None:
    answer = api.post("/v1/jobs", {"id": "", "timeout_secs": 0, "storage": {}})
    assert sorted(answer.targets) == sorted(
        ["backend", "program_id", "id", "timeout_secs", "storage.input", "storage.results"]
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://example.org/bucket/key",
        "http://127.0.0.1.example.org/key",
        "http://localhost@example.org/key",
        "file:///etc/passwd",
        "//127.0.0.1/key",
        "http:///key",
        "http://[::1/key",
        "http://127.0.0.1/a b",
        "http://127.0.0.1:99999/key",
        "http://127.0.0.1/key",
        "http://localhost:1/key",
        "http://[::1]:1/key",
        "http://[::ffff:127.0.0.1]:1/key",
    ],
)
def test_a_url_that_is_not_of_an_allowed_store_is_refused(api: Client, url: str) -> None:
    option = {"type": "s3_compatible", "presigned_url": url}
    answer = api.post("/v1/jobs", changed(run_job(api.simulator), "storage.results", option))
    assert (answer.status, answer.targets) == (422, ["storage.results.presigned_url"])
    assert "key" not in answer.document["errors"][0]["message"]


@pytest.mark.parametrize("server", ["api", "iam", "cloud"])
def test_a_job_cannot_make_the_system_ask_its_own_servers(api: Client, server: str) -> None:
    url = getattr(api.simulator, f"{server}_url") + "/admin/faults"
    option = {"type": "s3_compatible", "presigned_url": url}
    answer = api.post("/v1/jobs", changed(run_job(api.simulator), "storage.results", option))
    assert (answer.status, answer.targets) == (422, ["storage.results.presigned_url"])


@pytest.mark.parametrize("allowed", ["S3.lab.example", "s3.lab.example:443"])
def test_a_setting_allows_another_store(start: StartSimulator, allowed: str) -> None:
    api = client_of(start(pace=Pace.by_hand(), allowed_stores=(allowed,)))
    option = {"type": "s3_compatible", "presigned_url": "https://s3.LAB.example/key"}
    assert api.post("/v1/jobs", changed(run_job(api.simulator), "storage.results", option)).status == 204
    option = {"type": "s3_compatible", "presigned_url": "https://other.lab.example:9000/key"}
    assert api.post("/v1/jobs", changed(run_job(api.simulator), "storage.results", option)).status == 422


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"{{}}", b"\xff\xfe", b'{"id": NaN}', b'{"id": 1e400}', b"[" * 100_000, b"1" * 5000),
        *(b"[" * 101 + b"]" * 101, b'{"id": "\\ud800"}', b'{"id": "\xed\xa0\x80"}'),
        *(text.encode("utf-16") for text in ("{}", "[]")),
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(api: Client, body: bytes) -> None:
    answer = api.send("POST", "/v1/jobs", body=body)
    assert (answer.status, answer.targets) == (400, ["body"])


@pytest.mark.parametrize("document", [[], "text", 1, None])
def test_json_that_is_no_object_is_not_valid(api: Client, document: Any) -> None:
    answer = api.send("POST", "/v1/jobs", body=json.dumps(document))
    assert (answer.status, answer.targets) == (422, ["body"])


@pytest.mark.parametrize("length", [(1 << 20) + 1, 40 << 20])
def test_a_body_over_the_limit_is_too_large(api: Client, length: int) -> None:
    assert api.send("POST", "/v1/jobs", body=b" " * length).status == 413


def test_a_chunked_body_over_the_limit_is_too_large(api: Client) -> None:
    assert api.send("POST", "/v1/jobs", body=iter([b" " * (1 << 20)] * 3)).status == 413


def test_a_body_that_does_not_come_is_timed_out(start: StartSimulator) -> None:
    api = client_of(start(idle_timeout_secs=0.1))
    head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in api.headers.items())
    parts = urlsplit(api.simulator.api_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(head.encode() + b"\r\n{")
        answer = connection.makefile("rb").readline()
    assert answer == b"HTTP/1.1 408 Request Timeout\r\n"


def test_a_refused_job_leaves_nothing_behind(api: Client) -> None:
    api.submit(timeout_secs=0)
    api.submit(backend="ibm_nowhere")
    assert api.get("/v1/jobs").document == {"jobs": []}


def test_a_connection_is_used_again_after_a_refusal(api: Client) -> None:
    api.submit(timeout_secs=0)
    put_params(api.simulator, "job")
    assert api.submit().status == 204


def test_a_rule_for_one_job_leaves_the_others_alone(api: Client) -> None:
    api.simulator.outcomes.add(
        OutcomeRule(job_id="bad", status="Failed", reason_code=1517, reason_message="no")
    )
    api.submit("good")
    api.submit("bad")
    assert api.ended_job("good")["status"] == "Completed"
    bad = api.ended_job("bad")
    assert (bad["status"], bad["reason_code"], bad["reason_message"]) == ("Failed", 1517, "no")
