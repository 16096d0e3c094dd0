import json

import pytest

from direct_access.errors import InputError, NotFoundError, ProtocolError, UnavailableError
from direct_access.model.backends import Backend, LanesConfiguration
from direct_access.model.jobs import JobStatus
from direct_access.simulator.http import Response

BACKEND = {"name": "ibm_a", "status": "online", "version": "1.0.0"}
JOB = {"id": "j1", "backend": "ibm_a", "program_id": "sampler", "status": "Running", "storage": {}}

CALLS = {
    "GET /version": ({"version": "2025-08-15"}, lambda client: client.version()),
    "GET /versions": ({"versions": ["2025-08-15"]}, lambda client: client.versions()),
    "GET /v1/backends": ({"backends": [BACKEND]}, lambda client: client.backends()),
    "GET /v1/backends/ibm_a": (BACKEND, lambda client: client.backend("ibm_a")),
    "GET /v1/backends/ibm_a/configuration": ({"n_qubits": 5}, lambda client: client.configuration("ibm_a")),
    "GET /v1/backends/ibm_a/properties": ({"qubits": []}, lambda client: client.properties("ibm_a")),
    "GET /v1/backends/ibm_a/lanes": (
        {"hpc_workload_manager": {"lanes": 4}},
        lambda client: client.lanes("ibm_a"),
    ),
    "GET /v1/backends/ibm_a/defaults": ({"buffer": 1}, lambda client: client.defaults("ibm_a")),
    "POST /v1/jobs": (None, lambda client: client.submit_job({"id": "j1"})),
    "GET /v1/jobs": ({"jobs": [JOB]}, lambda client: client.jobs()),
    "GET /v1/jobs/j1": (JOB, lambda client: client.job("j1")),
    "DELETE /v1/jobs/j1": (None, lambda client: client.delete_job("j1")),
    "POST /v1/jobs/j1/cancel": (None, lambda client: client.cancel_job("j1")),
}
REPEATED = sorted(set(CALLS) - {"POST /v1/jobs"})


@pytest.fixture
def call(client, script, reply):
    """Make one call of the table; every request has an answer."""

    def make(name, *answers):
        document, function = CALLS[name]
        script.answer(name, *answers, Response(204) if document is None else reply(document))
        return function(client)

    return make


@pytest.mark.parametrize("name", CALLS)
def test_every_request_carries_token_crn_version_and_accept(name, call, script):
    call(name)
    headers = script.asked[0].headers
    assert headers["authorization"] == "Bearer first"
    assert headers["service-crn"] == "crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb::"
    assert headers["ibm-api-version"] == "2026-02-15"
    assert headers["accept"] == "application/json"


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_one_request(name, call, script):
    call(name)
    assert script.requests == [name]


def test_the_answers_become_typed_data(call):
    assert call("GET /version") == "2025-08-15"
    assert call("GET /versions") == ["2025-08-15"]
    assert call("GET /v1/backends") == [Backend("ibm_a", "online", version="1.0.0")]
    assert call("GET /v1/backends/ibm_a").name == "ibm_a"
    assert call("GET /v1/backends/ibm_a/configuration").n_qubits == 5
    assert call("GET /v1/backends/ibm_a/properties")["qubits"] == []
    assert call("GET /v1/backends/ibm_a/lanes") == LanesConfiguration(4, None)
    assert call("GET /v1/backends/ibm_a/defaults") == {"buffer": 1}
    assert [job.id for job in call("GET /v1/jobs")] == ["j1"]
    assert call("GET /v1/jobs/j1").status is JobStatus.RUNNING


def test_a_version_inside_a_json_text_is_read(client, script, reply):
    script.answer("GET /version", reply(json.dumps({"version": "2025-08-15"})))
    assert client.version() == "2025-08-15"


@pytest.mark.parametrize(("path", "name"), [("/versions", "versions"), ("/v1/backends", "backends")])
def test_a_list_that_is_null_is_empty(path, name, client, script, reply):
    script.answer(f"GET {path}", reply({name: None}))
    assert getattr(client, name)() == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_of_a_submit_counts_whatever_its_body(status, client, script):
    script.answer("POST /v1/jobs", Response(status, b"" if status == 204 else b"<accepted>"))
    client.submit_job({"id": "j1"})


def test_a_submit_sends_the_request_as_json(client, script):
    script.answer("POST /v1/jobs", Response(204))
    client.submit_job({"id": "j1", "timeout_secs": 60})
    assert script.asked[0].headers["content-type"] == "application/json"
    assert json.loads(script.asked[0].body) == {"id": "j1", "timeout_secs": 60}


@pytest.mark.parametrize("name", REPEATED)
def test_what_reads_deletes_or_cancels_is_repeated_while_the_server_is_in_trouble(name, call, script, clock):
    call(name, Response(503), Response(500), Response(408))
    assert script.requests == [name] * 4
    assert clock.boottime() > 0


@pytest.mark.parametrize("name", REPEATED)
def test_what_reads_deletes_or_cancels_is_repeated_after_a_reset_connection(name, call, script):
    call(name, Response(reset=True))
    assert script.requests == [name] * 2


@pytest.mark.parametrize("name", REPEATED)
def test_a_gateways_rate_limit_is_waited_for_as_long_as_it_says(name, call, script, clock):
    call(name, Response(429, b"", [("Retry-After", "17")]))
    assert script.requests == [name] * 2
    assert clock.boottime() >= 17


@pytest.mark.parametrize("fault", [Response(503), Response(408), Response(reset=True)])
def test_a_submit_is_sent_once(fault, client, script):
    script.answer("POST /v1/jobs", fault)
    with pytest.raises(UnavailableError) as caught:
        client.submit_job({"id": "j1"})
    assert caught.value.retryable
    assert script.requests == ["POST /v1/jobs"]


def test_a_job_can_be_asked_for_a_single_time(client, script):
    script.answer("GET /v1/jobs/j1", Response(503))
    with pytest.raises(UnavailableError):
        client.job("j1", once=True)
    assert script.requests == ["GET /v1/jobs/j1"]


@pytest.mark.parametrize(
    ("job_id", "path"),
    [("a b/c?d#e", "/v1/jobs/a%20b%2Fc%3Fd%23e"), ("params:1é", "/v1/jobs/params%3A1%C3%A9")],
)
def test_an_odd_job_id_is_one_segment_of_the_path(job_id, path, client, script, reply):
    script.answer(f"GET {path}", reply({**JOB, "id": job_id}))
    assert client.job(job_id).id == job_id


@pytest.mark.parametrize("job_id", ["", ".", ".."])
def test_a_job_id_that_would_change_the_path_is_refused_before_any_request(job_id, client, script):
    with pytest.raises(InputError):
        client.delete_job(job_id)
    assert script.requests == []


def test_an_unknown_backend_is_an_input_error_that_names_the_known_ones(client, script, reply):
    script.answer("GET /v1/backends/ibm_b", reply({"errors": [{"code": "1216", "message": "no"}]}, 404))
    script.answer("GET /v1/backends", reply({"backends": [BACKEND, {**BACKEND, "name": "ibm_c"}]}))
    with pytest.raises(InputError) as caught:
        client.backend("ibm_b")
    assert caught.value.subject == "ibm_b"
    assert caught.value.advice == "the backends of this system: ibm_a, ibm_c"


def test_an_unknown_backend_stays_the_error_if_the_known_ones_cannot_be_listed(client, script):
    script.answer("GET /v1/backends/ibm_b", Response(404))
    script.answer("GET /v1/backends", Response(503))
    with pytest.raises(InputError) as caught:
        client.backend("ibm_b")
    assert caught.value.code is None


def test_a_request_that_a_server_lacks_is_not_blamed_on_the_backend(client, script, reply):
    script.answer("GET /v1/backends/ibm_a/lanes", Response(404))
    script.answer("GET /v1/backends", reply({"backends": [BACKEND]}))
    with pytest.raises(InputError) as caught:
        client.lanes("ibm_a")
    assert "may lack the request" in caught.value.advice


def test_a_job_sent_to_an_unknown_backend_learns_the_known_ones(client, script, reply):
    script.answer("POST /v1/jobs", reply({"errors": [{"code": "1216", "message": "no"}]}, 404))
    script.answer("GET /v1/backends", reply({"backends": [BACKEND]}))
    with pytest.raises(InputError) as caught:
        client.submit_job({"id": "j1", "backend": "ibm_b"})
    assert caught.value.advice == "the backends of this system: ibm_a"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "nothing"),
        (b"hello", "not valid JSON"),
        (b"[1]", "JSON that is not an object"),
        (b'"[1]"', "JSON that is not an object"),
        (b"[" * 100_000, "not valid JSON"),
        (b"<!DOCTYPE html><title>Log  in\n</title>", r"a web page \(Log in\)"),
    ],
)
def test_a_success_that_is_no_json_object_is_a_protocol_error(body, what, client, script):
    script.answer("GET /v1/jobs/j1", Response(200, body))
    with pytest.raises(ProtocolError, match=what) as caught:
        client.job("j1")
    assert caught.value.http_status == 200
    assert len(script.requests) == 1


@pytest.mark.parametrize("document", [{"jobs": 5}, {"jobs": ["j1"]}, {"jobs": {"j1": {}}}])
def test_a_list_of_another_shape_is_a_protocol_error(document, client, script, reply):
    script.answer("GET /v1/jobs", reply(document))
    with pytest.raises(ProtocolError):
        client.jobs()


def test_a_server_that_does_not_tell_its_version_is_a_protocol_error(client, script, reply):
    script.answer("GET /version", reply({}))
    with pytest.raises(ProtocolError):
        client.version()


def test_a_job_that_the_server_does_not_know_is_not_found(client, script, reply):
    script.answer("GET /v1/jobs/j1", reply({"errors": [{"code": "1291", "message": "no job"}]}, 404))
    with pytest.raises(NotFoundError) as caught:
        client.job("j1")
    assert (caught.value.subject, caught.value.code) == ("j1", "1291")


def test_waiting_ends_when_patience_does(client, script, clock):
    script.answer("GET /v1/jobs", Response(503))
    with pytest.raises(UnavailableError):
        client.jobs()
    assert 0 < clock.boottime() <= 700
