"""Bad days on demand: each fault is one small piece of data."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from direct_access.clock import ManualClock
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from tests.contract.simulator_api.client import Client, object_content, put_object
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.signed_urls import presigned, s3_client

ROUTES = {"iam": "/identity/keys", "api": "/version", "store": "/direct-access/key"}


def url_of(simulator: Simulator, app: str) -> str:
    return {"iam": simulator.iam_url, "api": simulator.api_url, "store": simulator.store_url}[app] + ROUTES[
        app
    ]


def get(url: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, retries=False)


@pytest.mark.parametrize("app", ROUTES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 521])
def test_any_status_on_any_application(simulator: Simulator, app: str, status: int) -> None:
    usual = get(url_of(simulator, app)).status
    simulator.faults.add(Fault(app=app, status=status))
    assert [get(url_of(simulator, app)).status for _ in range(2)] == [status, usual]


@pytest.mark.parametrize(
    ("app", "word"),
    [("iam", b'"errorCode"'), ("api", b'"status_code":500'), ("store", b"<Code>InternalError</Code>")],
)
def test_the_body_is_the_applications_own_error(simulator: Simulator, app: str, word: bytes) -> None:
    simulator.faults.add(Fault(app=app, status=500))
    assert word in get(url_of(simulator, app)).data


@pytest.mark.parametrize("app", ROUTES)
def test_the_error_code_can_be_chosen(simulator: Simulator, app: str) -> None:
    simulator.faults.add(Fault(app=app, status=400, code="1337"))
    assert b"1337" in get(url_of(simulator, app)).data


def test_a_status_that_one_code_means_brings_that_code(api: Client) -> None:
    api.simulator.faults.add(Fault(status=429))
    assert api.get("/v1/jobs").codes == ["1232"]


def test_a_fault_hits_its_method_and_path_only(api: Client) -> None:
    api.simulator.faults.add(Fault(method="GET", path="/v1/jobs/*", status=500, times=None))
    assert api.submit().status == 204
    assert api.get("/v1/jobs").status == 200
    assert [api.get("/v1/jobs/job").status for _ in range(3)] == [500] * 3


def test_a_fault_can_let_requests_pass_before(api: Client) -> None:
    api.simulator.faults.add(Fault(status=500, skip=2, times=2))
    assert [api.get("/v1/jobs").status for _ in range(5)] == [200, 200, 500, 500, 200]


def test_faults_come_in_their_order(api: Client) -> None:
    for status in (500, 503):
        api.simulator.faults.add(Fault(status=status))
    assert [api.get("/v1/jobs").status for _ in range(3)] == [500, 503, 200]


def test_a_status_without_work_does_nothing(api: Client) -> None:
    api.simulator.faults.add(Fault(method="POST", status=503))
    assert api.submit().status == 503
    assert api.get("/v1/jobs").document == {"jobs": []}


def test_the_work_can_be_done_and_its_answer_lost(api: Client) -> None:
    api.simulator.faults.add(Fault(method="POST", reset=True, after_work=True))
    with pytest.raises(urllib3.exceptions.ProtocolError):
        api.submit()
    assert api.ended_job()["status"] == "Completed"


def test_the_work_can_be_done_and_its_answer_be_an_error(api: Client) -> None:
    api.simulator.faults.add(Fault(method="POST", status=500, after_work=True))
    assert api.submit().status == 500
    assert api.ended_job()["status"] == "Completed"


@pytest.mark.parametrize("app", ROUTES)
def test_a_connection_can_be_reset(simulator: Simulator, app: str) -> None:
    simulator.faults.add(Fault(app=app, reset=True))
    with pytest.raises(urllib3.exceptions.ProtocolError):
        get(url_of(simulator, app))


@pytest.mark.parametrize("app", ROUTES)
def test_a_body_can_be_cut(simulator: Simulator, app: str) -> None:
    simulator.faults.add(Fault(app=app, cut_after=5))
    with pytest.raises(urllib3.exceptions.ProtocolError):
        get(url_of(simulator, app))


@pytest.mark.parametrize(
    ("reply", "content_type", "word"),
    [
        ("html", "text/html", b"<h1>"),
        ("garbage", "application/json", b'{"status": "Run'),
        ("empty", "application/json", b""),
        ("text", "text/plain", b"upstream connect error"),
    ],
)
def test_an_answer_can_be_something_else(
    simulator: Simulator, reply: str, content_type: str, word: bytes
) -> None:
    simulator.faults.add(Fault(reply=reply, status=502))
    response = get(simulator.api_url + "/version")
    assert (response.status, response.headers["Content-Type"]) == (502, content_type)
    assert word in response.data


def test_an_answer_can_be_given_word_for_word(simulator: Simulator) -> None:
    simulator.faults.add(Fault(body='{"versions": null}', headers={"Content-Type": "application/json"}))
    response = get(simulator.api_url + "/versions")
    assert (response.status, response.json()) == (200, {"versions": None})


def test_headers_can_be_added_to_an_answer(api: Client) -> None:
    api.simulator.faults.add(Fault(status=429, headers={"Retry-After": "8"}))
    assert api.get("/v1/jobs").headers["Retry-After"] == "8"


def test_a_delay_passes_on_the_simulators_clock(api: Client, clock: ManualClock) -> None:
    api.simulator.faults.add(Fault(delay_secs=30))
    before = clock.boottime()
    assert api.get("/v1/jobs").status == 200
    assert clock.boottime() == before + 30


def test_a_store_that_refuses_the_results_fails_the_job(api: Client) -> None:
    api.simulator.faults.add(Fault(app="store", method="PUT", path="*/results:*", status=507))
    api.submit(storage=presigned(api.simulator))
    assert "507 QuotaExceeded" in api.ended_job()["reason_message"]
    assert object_content(api.simulator, "logs:job")


@pytest.mark.parametrize("ahead_secs", [7200, -7200])
def test_the_simulators_clock_can_be_wrong(
    start: StartSimulator, clock: ManualClock, ahead_secs: float
) -> None:
    simulator = start(clock_skew_secs=ahead_secs)
    for url in (simulator.iam_url, simulator.api_url, simulator.store_url):
        date = parsedate_to_datetime(get(url).headers["Date"]).timestamp()
        assert date == int(clock.wall() + ahead_secs)
    client = s3_client(simulator.store_url, simulator.access_key_id, simulator.secret_access_key)
    with pytest.raises(ClientError, match="RequestTimeTooSkewed"):
        client.list_objects_v2(Bucket=simulator.bucket)


@pytest.mark.parametrize(
    "fault", [{"app": "cos"}, {"reply": "noise"}, {"stauts": 500}, {"times": 0}, [], "text", 7]
)
def test_a_fault_that_means_nothing_is_refused(api: Client, fault: Any) -> None:
    assert api.post("/admin/faults", fault).status == 400
    assert api.simulator.faults.pending() == []


def test_a_large_object_can_be_slow(api: Client, clock: ManualClock) -> None:
    put_object(api.simulator, "large", bytes(range(256)) * 8)
    client = s3_client(api.simulator.store_url, api.simulator.access_key_id, api.simulator.secret_access_key)
    api.simulator.faults.add(Fault(app="store", method="GET", path="*/large", pause_secs=5))
    before = clock.boottime()
    found = client.get_object(Bucket=api.simulator.bucket, Key="large")["Body"].read()
    assert found == bytes(range(256)) * 8
    assert clock.boottime() == before + 5 * 7


def test_a_simulated_503_says_nothing_of_the_backend(api: Client) -> None:
    api.simulator.faults.add(Fault(method="POST", status=503))
    assert api.post("/v1/jobs", {}).codes == [None]
