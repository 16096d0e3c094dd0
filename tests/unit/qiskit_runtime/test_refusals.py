"""What each refusal means: status and code in, class and fields of the error out."""

import json

import pytest

from direct_access import errors
from direct_access.qiskit_runtime.job_request import JobRequest
from direct_access.simulator.http import Response

ACTION = "quantum-computing."
REQUEST = JobRequest("sampler", "ibm_a", {"pubs": []})

CALLS = {
    "run": ("POST /v1/jobs", lambda c: c.jobs.run(REQUEST), "job.create"),
    "page": ("GET /v1/jobs", lambda c: c.jobs.page(), "job.read"),
    "job": ("GET /v1/jobs/j1", lambda c: c.jobs.job("j1"), "job.read"),
    "delete": ("DELETE /v1/jobs/j1", lambda c: c.jobs.delete("j1"), "job.delete"),
    "cancel": ("POST /v1/jobs/j1/cancel", lambda c: c.jobs.cancel("j1"), "job.cancel"),
    "logs": ("GET /v1/jobs/j1/logs", lambda c: c.jobs.logs("j1"), "job.read"),
    "metrics": ("GET /v1/jobs/j1/metrics", lambda c: c.jobs.metrics("j1"), "job.read"),
    "results": ("GET /v1/jobs/j1/results", lambda c: c.jobs.results("j1"), "job.read"),
    "replace_tags": ("PUT /v1/jobs/j1/tags", lambda c: c.jobs.replace_tags("j1", []), "job.update"),
    "interim": ("GET /v1/jobs/j1/interim_results", lambda c: c.jobs.interim_results("j1"), "job.read"),
    "tags": ("GET /v1/tags", lambda c: c.jobs.tags("abc"), "job.read"),
    "create": ("POST /v1/sessions", lambda c: c.sessions.create("batch"), "session.create"),
    "session": ("GET /v1/sessions/s1", lambda c: c.sessions.session("s1"), "session.read"),
    "accept": ("PATCH /v1/sessions/s1", lambda c: c.sessions.accept_jobs("s1", True), "session.update"),
    "close": ("DELETE /v1/sessions/s1/close", lambda c: c.sessions.close("s1"), "session.update"),
    "backends": ("GET /v1/backends", lambda c: c.backends.all(), "device.read"),
    "backend": ("GET /v1/backends/ibm_a/status", lambda c: c.backends.status("ibm_a"), "device.read"),
    "account": ("GET /v1/accounts/00aa", lambda c: c.instances.account(), "account-configuration.read"),
    "instance": ("GET /v1/instance", lambda c: c.instances.instance(), "instance.read"),
    "limit": (
        "GET /v1/instances/configuration",
        lambda c: c.instances.limit(),
        "instance.configuration.read",
    ),
    "set_limit": (
        "PUT /v1/instances/configuration",
        lambda c: c.instances.set_limit(5),
        "instance.configuration.update",
    ),
    "usage": ("GET /v1/instances/usage", lambda c: c.instances.usage(), "instance-usage.read"),
    "workloads": ("GET /v1/workloads", lambda c: c.workloads.page(), "workload.list"),
    "filters": (
        "GET /v1/analytics/filters",
        lambda c: c.analytics.choices(),
        "account-analytics-filters.read",
    ),
    "analytics": ("GET /v1/analytics/usage", lambda c: c.analytics.usage(), "account-analytics-usage.read"),
    "grouped": (
        "GET /v1/analytics/usage_grouped",
        lambda c: c.analytics.usage_grouped("plan"),
        "account-analytics-usage.read",
    ),
    "by_date": (
        "GET /v1/analytics/usage_grouped_by_date",
        lambda c: c.analytics.usage_by_date(),
        "account-analytics-usage.read",
    ),
}


@pytest.fixture
def refused(client, script):
    """Return the error that a call raises after one answer."""

    def ask(name, status, body=b"", headers=()):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request, call, _ = CALLS[name]
        method, _, path = request.partition(" ")
        script.answer(f"{method} /api{path}", Response(status, content, list(headers)))
        with pytest.raises(errors.DirectAccessError) as caught:
            call(client)
        return caught.value

    return ask


def ibm(code, message="why", **more):
    return {"trace": "t-1", "errors": [{"code": code, "message": message, "more_info": "https://x", **more}]}


@pytest.mark.parametrize(
    ("call", "status", "code", "error"),
    [
        ("run", 400, 1208, errors.InputError),
        ("run", 400, "1204", errors.InputError),
        ("run", 400, 1216, errors.InputError),
        ("run", 401, 1201, errors.AccessError),
        ("run", 403, 1200, errors.AccessError),
        ("run", 404, 1216, errors.InputError),
        ("run", 404, "", errors.ConfigurationError),
        ("run", 409, 1234, errors.TryAgainError),
        ("run", 409, 4001, errors.ConflictError),
        ("run", 400, 4001, errors.ConflictError),
        ("run", 413, "", errors.InputError),
        ("run", 429, 1202, errors.TryAgainError),
        ("run", 500, 1000, errors.UnavailableError),
        ("run", 503, 1004, errors.TryAgainError),
        ("run", 400, 1004, errors.TryAgainError),
        ("run", 404, 4001, errors.ConflictError),
        ("job", 404, 1291, errors.NotFoundError),
        ("job", 404, "", errors.ConfigurationError),
        ("cancel", 409, 1306, errors.ConflictError),
        ("cancel", 409, "", errors.ConflictError),
        ("delete", 400, "", errors.ConflictError),
        ("delete", 409, 1337, errors.ConflictError),
        ("logs", 404, "", errors.ConfigurationError),
        ("results", 404, "", errors.ConfigurationError),
        ("session", 404, "", errors.NotFoundError),
        ("session", 404, 4001, errors.NotFoundError),
        ("create", 400, 1208, errors.InputError),
        ("create", 404, "", errors.InputError),
        ("backend", 404, "", errors.InputError),
        ("account", 404, "", errors.NotFoundError),
        ("set_limit", 409, "", errors.ConflictError),
        ("page", 404, "", errors.ConfigurationError),
        ("page", 400, 1002, errors.InputError),
        ("page", 418, "", errors.ProtocolError),
    ],
)
def test_status_and_code_decide_the_error(call, status, code, error, refused):
    caught = refused(call, status, ibm(code))
    assert type(caught) is error
    assert caught.http_status == status
    assert caught.request_id == "t-1"
    assert caught.message.endswith(": why")
    if code:
        assert caught.code == str(code)


def test_the_code_is_the_same_as_text_and_as_number(refused):
    assert refused("run", 400, ibm(1208)).code == refused("run", 400, ibm("1208")).code == "1208"


def test_the_solution_of_the_server_is_the_advice(refused):
    assert refused("workloads", 400, ibm(1002, solution="do that")).advice == "do that"


@pytest.mark.parametrize("name", CALLS)
def test_a_403_names_the_iam_action_that_is_missing(name, refused):
    action = CALLS[name][2]
    assert f"the IAM action {ACTION}{action} is missing" in refused(name, 403, ibm(1200)).message


def test_a_403_of_an_edge_proxy_is_no_question_of_iam(refused):
    caught = refused("page", 403, b"<html><head><title>Access denied</title></head></html>")
    assert type(caught) is errors.AccessError
    assert "a gateway before the API does not permit it: Access denied" in caught.message
    assert "IAM" not in caught.message


@pytest.mark.parametrize("status", [520, 521, 522, 523, 524])
def test_a_web_page_of_an_edge_proxy_in_trouble_is_a_trouble_that_may_pass(status, refused):
    caught = refused("run", status, b"<!DOCTYPE html><html><title>Web server is down</title></html>")
    assert type(caught) is errors.UnavailableError
    assert caught.retryable
    assert caught.message.endswith("Web server is down")


def test_too_many_jobs_are_worth_another_attempt_when_the_server_says(refused):
    caught = refused("run", 429, b"", [("Retry-After", "12")])
    assert (caught.code, caught.retryable, caught.retry_after_secs) == (None, True, 12.0)


def test_a_usage_limit_does_not_pass_by_itself(refused):
    caught = refused("run", 409, ibm(1299, "usage exceeds limit"))
    assert not caught.retryable
    assert "the usage of the instance exceeds its limit" in caught.message
    assert "have the limit of the instance raised" in caught.advice


def test_a_session_that_is_over_says_what_to_do(refused):
    assert "create another one" in refused("session", 404).advice
    assert "create another one" in refused("run", 400, ibm(4001, "Session has been closed.")).advice


def test_a_private_result_that_was_read_before_is_explained(refused):
    caught = refused("results", 404, ibm(1291, "not found"))
    assert "it is private and was read before" in caught.advice


@pytest.mark.parametrize("status", [404, 405, 410])
def test_interim_results_say_what_became_of_them(status, refused):
    caught = refused("interim", status)
    assert type(caught) is errors.InputError
    assert "no longer gives out interim results" in caught.message
    assert "read its results" in caught.advice


def test_interim_results_of_an_unknown_job_are_the_jobs_fault(refused):
    assert type(refused("interim", 404, ibm(1291))) is errors.NotFoundError


def test_logout_says_what_became_of_it_without_a_request(client, script):
    with pytest.raises(errors.InputError, match="no logout any more") as caught:
        client.logout()
    assert "expire after an hour" in caught.value.advice
    assert script.asked == []


def test_a_redirect_is_not_followed(refused):
    caught = refused("page", 302, b"", [("Location", "https://elsewhere")])
    assert type(caught) is errors.ProtocolError


@pytest.mark.parametrize("name", ["results", "logs"])
def test_a_web_page_is_not_taken_for_results_or_a_log(name, client, script):
    page = b"<html><head><title>Sign in</title></head></html>"
    path = CALLS[name][0].replace(" ", " /api")
    script.answer(path, Response(200, page, [("Content-Type", "text/html; charset=utf-8")]))
    with pytest.raises(errors.ProtocolError, match=r"a web page \(Sign in\)"):
        CALLS[name][1](client)


def test_what_is_no_json_is_outside_the_contract(client, script):
    script.answer("GET /api/v1/jobs", Response(200, b"<html></html>"))
    with pytest.raises(errors.ProtocolError, match="a web page"):
        client.jobs.page()
