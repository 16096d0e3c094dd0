"""Every call of the client: which request it makes, and what becomes of the answer."""

import json
import threading
from types import SimpleNamespace

import pytest

from direct_access.config.settings import NetworkSettings
from direct_access.errors import InputError, ProtocolError, UnavailableError
from direct_access.model.jobs import JobStatus
from direct_access.qiskit_runtime import endpoints
from direct_access.qiskit_runtime.analytics import AnalyticsFilter
from direct_access.qiskit_runtime.api_versions import ApiVersion
from direct_access.qiskit_runtime.backends import BackendState, WaitTime
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.job_list import JobFilter
from direct_access.qiskit_runtime.job_request import JobRequest
from direct_access.qiskit_runtime.workloads import WorkloadFilter
from direct_access.retry.repeat import Patience
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from tests.support.scripted_api import Script, Token, json_answer

from .conftest import CRN

JOB = {"id": "j1", "status": "Queued", "state": {"status": "Queued"}, "program": {"id": "sampler"}, "cost": 0}
SESSION = {"id": "s1", "mode": "batch", "backend_name": None, "state": "open", "accepting_jobs": True}
REQUEST = JobRequest("sampler", "ibm_a", {"pubs": []})
ENTRY = {"key": "ibm_a", "jobs": 3, "usage": 1500}

CALLS = {
    "GET /v1/versions": ({"versions": ["2025-05-01"]}, lambda client: client.versions()),
    "POST /v1/jobs": ({"id": "j1"}, lambda client: client.jobs.run(REQUEST)),
    "GET /v1/jobs": ({"jobs": [JOB], "limit": 200, "offset": 0}, lambda client: client.jobs.page()),
    "GET /v1/jobs/j1": (JOB, lambda client: client.jobs.job("j1")),
    "DELETE /v1/jobs/j1": (None, lambda client: client.jobs.delete("j1")),
    "POST /v1/jobs/j1/cancel": (None, lambda client: client.jobs.cancel("j1")),
    "GET /v1/jobs/j1/logs": ({}, lambda client: client.jobs.logs("j1").read()),
    "GET /v1/jobs/j1/metrics": ({}, lambda client: client.jobs.metrics("j1")),
    "GET /v1/jobs/j1/results": ({"results": []}, lambda client: client.jobs.results("j1").read()),
    "PUT /v1/jobs/j1/tags": (None, lambda client: client.jobs.replace_tags("j1", ["a"])),
    "GET /v1/jobs/j1/interim_results": ({}, lambda client: client.jobs.interim_results("j1").read()),
    "GET /v1/tags": ({"tags": ["abc"]}, lambda client: client.jobs.tags("abc")),
    "POST /v1/sessions": (SESSION, lambda client: client.sessions.create("batch")),
    "GET /v1/sessions/s1": (SESSION, lambda client: client.sessions.session("s1")),
    "PATCH /v1/sessions/s1": (None, lambda client: client.sessions.accept_jobs("s1", False)),
    "DELETE /v1/sessions/s1/close": (None, lambda client: client.sessions.close("s1")),
    "GET /v1/backends": ({"devices": []}, lambda client: client.backends.all()),
    "GET /v1/backends/ibm_a/configuration": ({}, lambda client: client.backends.configuration("ibm_a")),
    "GET /v1/backends/ibm_a/properties": ({}, lambda client: client.backends.properties("ibm_a")),
    "GET /v1/backends/ibm_a/status": ({"length_queue": 4}, lambda client: client.backends.status("ibm_a")),
    "GET /v1/backends/ibm_a/defaults": ({}, lambda client: client.backends.defaults("ibm_a")),
    "GET /v1/accounts/00aa": ({"plans": []}, lambda client: client.instances.account()),
    "GET /v1/instance": ({"plan_id": "p"}, lambda client: client.instances.instance()),
    "GET /v1/instances/configuration": ({"instance_limit": 60}, lambda client: client.instances.limit()),
    "PUT /v1/instances/configuration": (None, lambda client: client.instances.set_limit(60)),
    "GET /v1/instances/usage": ({"instance_id": "i"}, lambda client: client.instances.usage()),
    "GET /v1/workloads": ({"workloads": []}, lambda client: client.workloads.page()),
    "GET /v1/analytics/filters": ({}, lambda client: client.analytics.choices()),
    "GET /v1/analytics/usage": ({"jobs": 1}, lambda client: client.analytics.usage()),
    "GET /v1/analytics/usage_grouped": ({"data": []}, lambda client: client.analytics.usage_grouped("plan")),
    "GET /v1/analytics/usage_grouped_by_date": (
        {"data": []},
        lambda client: client.analytics.usage_by_date(),
    ),
}
ONCE = {"POST /v1/jobs", "POST /v1/sessions"}
"""What makes something new: a lost answer is not answered by a second request."""


@pytest.fixture
def call(client, script, reply):
    """Make one call of the table; every request has an answer."""

    def make(name, *answers):
        document, function = CALLS[name]
        method, _, path = name.partition(" ")
        last = Response(204) if document is None else reply(document)
        script.answer(f"{method} /api{path}", *answers, last)
        return function(client)

    return make


@pytest.fixture
def asked(client, script, reply):
    """Make one call that any JSON document answers, and return the request."""

    def make(request, document, function):
        method, _, path = request.partition(" ")
        script.answer(f"{method} /api{path}", Response(204) if document is None else reply(document))
        function(client)
        return script.asked[-1]

    return make


def test_there_is_a_call_for_every_endpoint_that_still_exists():
    told = {f"{one.method} {one.path}" for one in endpoints.ALL} - {"GET /v1/jobs/{}/transpiled_circuits"}
    names = {"j1": "{}", "s1": "{}", "ibm_a": "{}", "00aa": "{}"}
    called = {"/".join(names.get(part, part) for part in call.split("/")) for call in CALLS}
    assert called == told


@pytest.mark.parametrize("name", CALLS)
def test_every_request_carries_token_crn_version_and_accept(name, call, script):
    call(name)
    headers = script.asked[0].headers
    assert headers["authorization"] == "Bearer first"
    assert headers["service-crn"] == "crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb::"
    assert headers["ibm-api-version"] == "2026-03-15"
    assert headers["accept"] == "application/json"


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_one_request(name, call, script):
    call(name)
    assert len(script.asked) == 1


@pytest.mark.parametrize("name", sorted(set(CALLS) - ONCE))
@pytest.mark.parametrize("status", [500, 503, 520, 524])
def test_what_makes_nothing_new_is_repeated_while_the_server_is_in_trouble(name, status, call, script):
    call(name, Response(status, b"<html><title>trouble</title></html>"))
    assert len(script.asked) == 2


@pytest.mark.parametrize("name", sorted(ONCE))
@pytest.mark.parametrize("answer", [Response(503), Response(reset=True)], ids=["503", "reset"])
def test_what_makes_something_new_is_sent_once(name, answer, call, script):
    with pytest.raises(UnavailableError):
        call(name, answer)
    assert len(script.asked) == 1


def test_a_job_is_sent_with_all_its_fields_and_no_others(asked):
    request = JobRequest(
        "sampler",
        "ibm_a",
        {"pubs": [["x"]]},
        tags=("one", "two"),
        log_level="info",
        cost=0,
        session_id="s1",
        calibration_id="c1",
        private=True,
        runtime="image:tag",
        remote_storage={"type": "ibmcloud_cos"},
    )
    sent = asked("POST /v1/jobs", {"id": "j1"}, lambda client: client.jobs.run(request, "parent"))
    assert json.loads(sent.body) == {
        "program_id": "sampler",
        "backend": "ibm_a",
        "params": {"pubs": [["x"]]},
        "tags": ["one", "two"],
        "log_level": "info",
        "cost": 0,
        "session_id": "s1",
        "calibration_id": "c1",
        "private": True,
        "runtime": "image:tag",
        "remote_storage": {"type": "ibmcloud_cos"},
    }
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["parent-job-id"] == "parent"
    assert sent.headers["x-qx-client-application"].startswith("direct-access/")


def test_the_service_may_take_its_time_to_accept_a_job_and_for_nothing_else(server, script, clock):
    over = threading.Event()

    def slowly(request):
        over.wait(0.5 if request.method == "POST" else 60)
        return Script.handle(script, request)

    script.answer("POST /api/v1/jobs", json_answer({"id": "j1"}))
    script.answer("GET /api/v1/jobs/j1", json_answer(JOB))
    server.application = SimpleNamespace(handle=slowly)
    http = HttpClient(NetworkSettings(read_timeout_secs=0.1), clock)
    patience = Patience(clock, deadline=lambda: 0.0)
    client = QiskitRuntimeClient(
        http, Token("first"), service_crn=CRN, url=f"{server.url}/api", patience=patience
    )
    assert client.jobs.run(REQUEST).id == "j1"
    with pytest.raises(UnavailableError, match="did not answer in time"):
        client.jobs.job("j1")
    over.set()
    http.close()


def test_a_job_is_sent_without_what_nobody_asked_for(asked):
    sent = asked("POST /v1/jobs", {"id": "j1"}, lambda client: client.jobs.run(REQUEST))
    assert json.loads(sent.body) == {"program_id": "sampler", "backend": "ibm_a", "params": {"pubs": []}}
    assert "parent-job-id" not in sent.headers


def test_params_that_are_bytes_are_sent_as_they_are(asked):
    request = JobRequest("sampler", "ibm_a", b'{"a":1.10,  "b": []}', tags=["t"])
    sent = asked("POST /v1/jobs", {"id": "j1"}, lambda client: client.jobs.run(request))
    assert b'{"a":1.10,  "b": []}' in sent.body
    assert json.loads(sent.body)["params"] == {"a": 1.1, "b": []}
    assert json.loads(sent.body)["tags"] == ["t"]


def test_the_id_of_a_job_is_the_servers(client, script, reply):
    answer = {"id": "abc", "backend": "ibm_a", "session_id": "s1", "private": True, "calibration_id": "c"}
    script.answer("POST /api/v1/jobs", reply(answer))
    job = client.jobs.run(REQUEST)
    assert (job.id, job.backend, job.session_id, job.private, job.calibration_id) == (
        *("abc", "ibm_a", "s1"),
        *(True, "c"),
    )


def test_an_answer_to_a_job_without_an_id_is_outside_the_contract(client, script, reply):
    script.answer("POST /api/v1/jobs", reply({}))
    with pytest.raises(ProtocolError, match="without id"):
        client.jobs.run(REQUEST)


@pytest.mark.parametrize(
    "request_",
    [
        JobRequest("sampler", "ibm_a", tags=["t"] * 9),
        JobRequest("sampler", "ibm_a", tags=["t" * 87]),
        JobRequest("sampler", "ibm_a", tags=[""]),
        JobRequest("", "ibm_a"),
        JobRequest("sampler", ""),
        JobRequest("sampler", "ibm_a", session_id="s" * 37),
        JobRequest("sampler", "ibm_a", calibration_id="c" * 101),
        JobRequest("sampler", "ibm_a", log_level="loud"),
        JobRequest("sampler", "ibm_a", cost=-1),
    ],
)
def test_a_job_outside_the_limits_of_the_api_is_not_sent(request_, client, script):
    with pytest.raises(InputError, match="allowed"):
        client.jobs.run(request_)
    assert script.asked == []


def test_all_filters_of_the_list_of_jobs_are_sent(asked):
    which = JobFilter(
        pending=True,
        program="sampler",
        backend="ibm_a",
        created_after="2026-01-01T00:00:00Z",
        created_before="2026-02-01T00:00:00Z",
        sort="ASC",
        tags=["a b", "c"],
        session_id="s1",
    )
    sent = asked(
        "GET /v1/jobs", {"jobs": []}, lambda c: c.jobs.page(which, limit=5, offset=10, exclude_params=False)
    )
    assert sent.query == [
        ("limit", "5"),
        ("offset", "10"),
        ("pending", "true"),
        ("program", "sampler"),
        ("backend", "ibm_a"),
        ("created_after", "2026-01-01T00:00:00Z"),
        ("created_before", "2026-02-01T00:00:00Z"),
        ("sort", "ASC"),
        ("tags", "a b"),
        ("tags", "c"),
        ("session_id", "s1"),
        ("exclude_params", "false"),
    ]


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda client: client.jobs.page(limit=0), "limit is 0"),
        (lambda client: client.jobs.page(limit=201), "limit is 201"),
        (lambda client: client.jobs.page(offset=-1), "offset is -1"),
        (lambda client: client.jobs.page(JobFilter(sort="asc")), "sort is 'asc'"),
        (lambda client: client.jobs.page(JobFilter(program="p" * 64)), "program has 64"),
        (lambda client: client.jobs.page(JobFilter(backend="b" * 101)), "backend has 101"),
        (lambda client: client.jobs.tags("ab"), "search has 2"),
        (lambda client: client.jobs.replace_tags("j1", ["t"] * 9), "9 tags"),
        (lambda client: client.sessions.create("shared"), "mode is 'shared'"),
        (lambda client: client.sessions.create("batch", max_ttl=0), "max_ttl is 0"),
        (lambda client: client.workloads.page(limit=51), "limit is 51"),
        (lambda client: client.workloads.page(WorkloadFilter(status=["cancelled"])), "status is 'cancelled'"),
        (lambda client: client.workloads.page(WorkloadFilter(mode="jobs")), "mode is 'jobs'"),
        (lambda client: client.workloads.page(WorkloadFilter(sort="created")), "sort is 'created'"),
        (lambda client: client.analytics.usage_grouped("month"), "group_by is 'month'"),
        (lambda client: client.instances.set_limit(0), "instance_limit is 0"),
        (lambda client: client.instances.account("x" * 65), "account has 65"),
        (lambda client: client.jobs.job(".."), "not a valid name"),
    ],
)
def test_what_the_server_would_silently_replace_or_refuse_is_not_sent(call, what, client, script):
    with pytest.raises(InputError, match=what):
        call(client)
    assert script.asked == []


def test_one_job_is_asked_for_without_its_params_unless_they_are_wanted(asked):
    assert asked("GET /v1/jobs/j1", JOB, lambda c: c.jobs.job("j1")).query == [("exclude_params", "true")]
    sent = asked("GET /v1/jobs/j1", JOB, lambda c: c.jobs.job("j1", exclude_params=False))
    assert sent.query == [("exclude_params", "false")]


@pytest.mark.parametrize("count", [None, 3])
def test_all_jobs_are_read_page_by_page(count, client, script, reply):
    def offset(asked):
        return dict(asked.query)["offset"]

    pages = [{"jobs": [{**JOB, "id": "a"}, {**JOB, "id": "b"}]}, {"jobs": [{**JOB, "id": "c"}]}]
    told = {} if count is None else {"count": count}
    answers = [reply({**page, **told, "limit": 2, "offset": 2 * n}) for n, page in enumerate(pages)]
    script.answer("GET /api/v1/jobs", *answers)
    assert [job.id for job in client.jobs.all(page_size=2)] == ["a", "b", "c"]
    assert [offset(asked) for asked in script.asked] == ["0", "2"]


def test_a_server_that_tells_the_same_page_for_ever_is_not_asked_for_ever(client, script, reply):
    page = reply({"jobs": [{**JOB, "id": "a"}], "limit": 1, "offset": 0, "count": 9})
    script.answer("GET /api/v1/jobs", page, page)
    assert [job.id for job in client.jobs.all(page_size=1)] == ["a"]


def test_a_job_that_a_new_one_shifts_to_the_next_page_is_told_once(client, script, reply):
    script.answer(
        "GET /api/v1/jobs",
        reply({"jobs": [{**JOB, "id": "b"}, {**JOB, "id": "a"}], "limit": 2, "offset": 0, "count": 3}),
        reply({"jobs": [{**JOB, "id": "a"}], "limit": 2, "offset": 2, "count": 3}),
    )
    assert [job.id for job in client.jobs.all(page_size=2)] == ["b", "a"]


def test_no_results_yet_is_none(client, script):
    script.answer("GET /api/v1/jobs/j1/results", Response(204))
    assert client.jobs.results("j1") is None


def test_results_are_read_as_they_arrive(client, script):
    script.answer("GET /api/v1/jobs/j1/results", Response(200, b"abcdef"))
    buffer = bytearray(4)
    with client.jobs.results("j1") as stream:
        assert stream.size == 6
        assert stream.readinto(memoryview(buffer)) == 4
    assert bytes(buffer) == b"abcd"


def test_results_that_break_off_are_an_error_and_not_an_end(client, script):
    script.answer("GET /api/v1/jobs/j1/results", Response(200, b"abcdef", cut_after=3))
    buffer = memoryview(bytearray(16))
    stream = client.jobs.results("j1")
    with pytest.raises(UnavailableError):
        list(iter(lambda: stream.readinto(buffer), 0))


def test_tags_are_replaced_and_removed(asked):
    def sent(tags):
        return asked("PUT /v1/jobs/j1/tags", None, lambda client: client.jobs.replace_tags("j1", tags))

    assert json.loads(sent(["a"]).body) == {"tags": ["a"]}
    assert json.loads(sent([]).body) == {"tags": []}


def test_tags_are_searched_among_jobs(call, script):
    assert call("GET /v1/tags") == ["abc"]
    assert script.asked[0].query == [("type", "job"), ("search", "abc")]


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({}, {"mode": "dedicated"}),
        ({"max_ttl": 60, "backend": "ibm_a"}, {"mode": "dedicated", "max_ttl": 60, "backend": "ibm_a"}),
        (
            {"interactive_ttl": 5, "active_ttl": 9},
            {"mode": "dedicated", "interactive_ttl": 5, "active_ttl": 9},
        ),
    ],
)
def test_a_session_is_created_with_and_without_times_to_live(options, body, asked):
    sent = asked("POST /v1/sessions", {"id": "s1"}, lambda c: c.sessions.create("dedicated", **options))
    assert json.loads(sent.body) == body


def test_a_session_that_tells_its_id_alone_is_one_that_takes_jobs(client, script, reply):
    script.answer("POST /api/v1/sessions", reply({"id": "session_id1"}))
    session = client.sessions.create("dedicated", max_ttl=28800)
    assert (session.id, session.takes_jobs) == ("session_id1", True)


@pytest.mark.parametrize("told", [{"state": "closed"}, {"accepting_jobs": False}])
def test_a_session_that_is_closed_or_closing_takes_no_jobs(told, client, script, reply):
    script.answer("GET /api/v1/sessions/s1", reply({**SESSION, **told}))
    assert not client.sessions.session("s1").takes_jobs


def test_a_session_is_told_whether_it_takes_jobs(asked):
    sent = asked("PATCH /v1/sessions/s1", None, lambda client: client.sessions.accept_jobs("s1", False))
    assert json.loads(sent.body) == {"accepting_jobs": False}


def test_waiting_times_of_backends_are_asked_for_by_name(asked):
    assert asked("GET /v1/backends", {}, lambda client: client.backends.all()).query == []
    sent = asked("GET /v1/backends", {}, lambda client: client.backends.all(wait_time=True))
    assert sent.query == [("fields", "wait_time_seconds")]


def test_a_backend_is_read_with_its_queue_and_its_waiting_times(client, script, reply):
    device = {
        "name": "ibm_a",
        "status": {"name": "paused", "reason": "calibration"},
        "queue_length": 7,
        "qubits": 156,
        "clops": {"type": "hardware", "value": 195000},
        "is_simulator": False,
        "wait_time_seconds": {"average": 10.5, "p50": 4, "p95": 60},
        "processor_type": {"family": None},
    }
    script.answer("GET /api/v1/backends", reply({"devices": [device]}))
    (backend,) = client.backends.all(wait_time=True)
    assert (backend.name, backend.status, backend.reason) == ("ibm_a", "paused", "calibration")
    assert (backend.queue_length, backend.qubits, backend.clops) == (7, 156, 195000.0)
    assert backend.wait_time == WaitTime(10.5, 4.0, 60.0)
    assert backend.document["processor_type"] == {"family": None}


def test_parameters_of_backends_are_sent(asked):
    sent = asked(
        "GET /v1/backends/ibm_a/properties",
        {},
        lambda c: c.backends.properties("ibm_a", updated_before="2026-01-01", calibration_id="c1"),
    )
    assert sent.query == [("updated_before", "2026-01-01"), ("calibration_id", "c1")]
    sent = asked(
        "GET /v1/backends/ibm_a/configuration", {}, lambda c: c.backends.configuration("ibm_a", "c1")
    )
    assert sent.query == [("calibration_id", "c1")]


def test_the_status_of_a_backend_is_read(client, script, reply):
    told = {"length_queue": 3, "state": True, "status": "active", "message": "", "backend_version": "1.2.3"}
    script.answer("GET /api/v1/backends/ibm_a/status", reply(told))
    assert client.backends.status("ibm_a") == BackendState(3, True, "active", None, "1.2.3")


def test_an_account_is_asked_for_without_its_prefix(asked):
    plan = {"plan_id": "p", "backends": ["ibm_a"], "usage_limit_seconds": 600, "max_ttl": 28800}
    sent = asked("GET /v1/accounts/ff", {"plans": [plan]}, lambda c: c.instances.account("a/ff", "p"))
    assert (sent.path, sent.query) == ("/api/v1/accounts/ff", [("plan_id", "p")])


def test_the_plans_of_an_account_are_read(client, script, reply):
    plan = {"plan_id": "p", "backends": ["ibm_a"], "usage_limit_seconds": 600, "functions": [{"name": "f"}]}
    script.answer("GET /api/v1/accounts/00aa", reply({"plans": [plan]}))
    (read,) = client.instances.account()
    assert (read.plan_id, read.backends, read.usage_limit_seconds) == ("p", ("ibm_a",), 600.0)
    assert read.document["functions"] == [{"name": "f"}]


def test_an_instance_whose_seconds_are_texts_has_numbers(client, script, reply):
    told = {"backends": ["ibm_a"], "instance_limit_seconds": "600", "usage_allocation_seconds": "1200"}
    script.answer("GET /api/v1/instance", reply({**told, "plan_id": "p"}))
    instance = client.instances.instance()
    assert (instance.instance_limit_seconds, instance.usage_allocation_seconds) == (600.0, 1200.0)


def test_the_limit_of_an_instance_is_read_set_and_removed(client, script, reply, asked):
    script.answer("GET /api/v1/instances/configuration", reply({"instance_limit": 600}))
    assert client.instances.limit() == 600.0
    path = "PUT /v1/instances/configuration"
    assert json.loads(asked(path, None, lambda c: c.instances.set_limit(60)).body) == {"instance_limit": 60}
    assert json.loads(asked(path, None, lambda c: c.instances.set_limit(None)).body) == {
        "instance_limit": None
    }


def test_the_usage_of_an_instance_without_a_limit_says_nothing_of_one(client, script, reply):
    told = {"instance_id": "i", "plan_id": "p", "usage_consumed_seconds": 12.5}
    script.answer(
        "GET /api/v1/instances/usage", reply({**told, "usage_period": {"start_time": "2026-01-01"}})
    )
    usage = client.instances.usage()
    assert (usage.usage_consumed_seconds, usage.usage_limit_reached) == (12.5, None)
    assert (usage.period_start, usage.period_end) == ("2026-01-01", None)


def test_all_filters_of_the_list_of_workloads_are_sent(asked):
    which = WorkloadFilter(
        mine=True,
        sort="-createdAt",
        backend="ibm_a",
        search="x",
        status=["canceled", "in_progress"],
        mode="session",
        created_after="a",
        created_before="b",
        tags=["t", "u"],
    )
    sent = asked("GET /v1/workloads", {"workloads": []}, lambda c: c.workloads.page(which, next="abc"))
    assert sent.query == [
        *(("user", "me"), ("sort", "-createdAt"), ("limit", "10"), ("next", "abc"), ("backend", "ibm_a")),
        *(("search", "x"), ("status", "canceled"), ("status", "in_progress"), ("mode", "session")),
        *(("created_after", "a"), ("created_before", "b"), ("tags", "t"), ("tags", "u")),
    ]


def test_workloads_are_followed_by_the_cursors_in_their_addresses(client, script, reply):
    def page(name, **links):
        entry = {"id": name, "mode": "job", "status": "completed", "usage": {"qpu_charge_time_seconds": 2.5}}
        hrefs = {
            side: {"href": f"https://q/api/v1/workloads?limit=1&{side}={at}"} for side, at in links.items()
        }
        return reply({"workloads": [entry], "total_count": 2, "limit": 1, **hrefs})

    script.answer("GET /api/v1/workloads", page("a", next="n%2F1"), page("b", previous="p1"))
    assert [workload.id for workload in client.workloads.all(page_size=1)] == ["a", "b"]
    assert ("next", "n/1") in script.asked[1].query


def test_a_cursor_that_the_server_refuses_may_have_expired(client, script, reply):
    script.answer("GET /api/v1/workloads", reply({"errors": [{"code": 1, "message": "bad cursor"}]}, 400))
    with pytest.raises(InputError, match="bad cursor") as caught:
        client.workloads.page(next="old")
    assert "begin again at the first page" in caught.value.advice


def test_all_filters_of_the_analytics_are_sent(asked):
    which = AnalyticsFilter(["i"], "a", "b", ["ibm_a"], ["u"], False, ["p"], ["s1", "s2"])
    sent = asked("GET /v1/analytics/usage_grouped", {}, lambda c: c.analytics.usage_grouped("backend", which))
    assert sent.query == [
        *(("instance", "i"), ("interval_start", "a"), ("interval_end", "b"), ("backend", "ibm_a")),
        *(("user_id", "u"), ("simulators", "false"), ("plan", "p"), ("subscription_id", "s1")),
        *(("subscription_id", "s2"), ("group_by", "backend")),
    ]


def test_usage_by_date_is_grouped_by_instance(asked):
    sent = asked("GET /v1/analytics/usage_grouped_by_date", {}, lambda c: c.analytics.usage_by_date())
    assert sent.query == [("group_by", "instance")]


def test_groups_of_usage_have_their_key_and_every_number(client, script, reply):
    path = "GET /api/v1/analytics/usage_grouped"
    script.answer(path, reply({"data": [ENTRY, {"key": None, "jobs": 1}]}))
    first, second = client.analytics.usage_grouped("backend")
    assert (first.key, first["usage"], first["jobs"], second.key) == ("ibm_a", 1500, 3, None)


def test_usage_by_date_tells_its_interval(client, script, reply):
    entry = {**ENTRY, "interval_start": "2026-01-01", "interval_end": "2026-01-02"}
    script.answer("GET /api/v1/analytics/usage_grouped_by_date", reply({"data": [entry]}))
    (counts,) = client.analytics.usage_by_date()
    assert (counts.interval_start, counts.interval_end) == ("2026-01-01", "2026-01-02")


def test_the_choices_of_analytics_are_read(client, script, reply):
    told = {
        "backends": [{"name": "ibm_a"}],
        "instances": [{"id": "crn", "deleted": False}],
        "users": [{"id": "u"}],
        "plans": [{"name": "p"}],
        "subscriptions": None,
    }
    script.answer("GET /api/v1/analytics/filters", reply(told))
    choices = client.analytics.choices()
    assert (choices.backends, choices.users, choices.plans) == (["ibm_a"], ["u"], ["p"])
    assert choices.instances == [{"id": "crn", "deleted": False}]
    assert choices.subscriptions == []


def test_versions_are_objects_or_names(client, script, reply):
    entries = [
        {"version": "2026-03-15", "status": "live"},
        {"version": "2025-05-01", "sunset_date": "2027-01-01"},
    ]
    script.answer("GET /api/v1/versions", reply({"versions": entries}), reply({"versions": ["2025-05-01"]}))
    assert client.versions() == [
        ApiVersion("2026-03-15", "live"),
        ApiVersion("2025-05-01", None, "2027-01-01"),
    ]
    assert client.versions() == [ApiVersion("2025-05-01")]


def test_a_job_that_waits_is_queued(call):
    assert call("GET /v1/jobs/j1").status is JobStatus.QUEUED
