"""Every refusal that the API has, made by a system that has the reason for it."""

from __future__ import annotations

import pytest

from direct_access.errors import (
    AccessError,
    ConfigurationError,
    ConflictError,
    InputError,
    NotFoundError,
    ProtocolError,
    TryAgainError,
    UnavailableError,
)
from direct_access.simulator.faults.rules import Fault


class FixedToken:
    def __init__(self, header):
        self._header = header

    def authorization(self):
        return self._header

    def renew(self, rejected):
        return False


def test_a_token_that_was_revoked_is_replaced_once_and_nobody_notices(client, simulator):
    client.backends()
    simulator.tokens.revoke_all()
    assert client.backends()
    assert len(simulator.requests.entries("iam", "POST")) == 2


@pytest.mark.parametrize(("header", "code"), [("Bearer not-a-token", "1201"), ("Basic x", "1200")])
def test_a_token_that_is_not_good_is_an_access_error(header, code, build_client):
    with pytest.raises(AccessError) as caught:
        build_client(FixedToken(header)).backends()
    assert (caught.value.code, caught.value.http_status) == (code, 401)
    assert caught.value.request_id


def test_the_crn_of_another_instance_is_an_access_error(build_client, authorizer):
    crn = "crn:v1:bluemix:public:quantum-computing:us-east:a/other:other::"
    with pytest.raises(AccessError, match="Service-CRN") as caught:
        build_client(authorizer, crn).backends()
    assert caught.value.code == "1200"


def test_a_version_that_the_server_does_not_know_is_refused(build_client, authorizer):
    with pytest.raises(InputError):
        build_client(authorizer, api_version="1999-01-01").backends()


@pytest.mark.parametrize("call", ["backend", "configuration", "properties", "lanes", "defaults"])
def test_an_unknown_backend_is_an_input_error_that_names_the_known_ones(call, client, backend):
    with pytest.raises(InputError) as caught:
        getattr(client, call)("ibm_nowhere")
    assert (caught.value.code, caught.value.subject) == ("1216", "ibm_nowhere")
    assert backend in caught.value.advice


def test_a_job_for_an_unknown_backend_is_an_input_error_that_names_the_known_ones(
    client, request_of, backend
):
    with pytest.raises(InputError) as caught:
        client.submit_job(request_of("j-1", backend="ibm_nowhere"))
    assert caught.value.code == "1216"
    assert backend in caught.value.advice


@pytest.mark.parametrize(
    ("change", "field"),
    [({"timeout_secs": 0}, "timeout_secs"), ({"program_id": 5}, "program_id"), ({"storage": {}}, "storage")],
)
def test_a_wrong_field_is_an_input_error_that_names_it(change, field, client, request_of):
    with pytest.raises(InputError, match=field) as caught:
        client.submit_job(request_of("j-1", **change))
    assert caught.value.http_status in (400, 422)


def test_a_request_that_is_too_large_is_an_input_error(client, request_of):
    with pytest.raises(InputError) as caught:
        client.submit_job(request_of("j-1", program_id="x" * 10_000))
    assert caught.value.http_status == 413


def test_a_second_job_of_an_id_is_a_conflict(client, running, request_of):
    with pytest.raises(ConflictError) as caught:
        client.submit_job(request_of(running))
    assert (caught.value.code, caught.value.subject) == ("1231", running)


def test_full_lanes_mean_to_try_again(client, running, request_of):
    with pytest.raises(TryAgainError) as caught:
        client.submit_job(request_of("j-2"))
    assert (caught.value.code, caught.value.http_status) == ("1232", 429)


def test_a_reserved_backend_means_to_try_again(client, request_of, simulator, backend):
    simulator.backends.get(backend).reserve()
    assert client.backend(backend).locked is True
    with pytest.raises(TryAgainError) as caught:
        client.submit_job(request_of("j-1"))
    assert (caught.value.code, caught.value.http_status) == ("1233", 423)


@pytest.mark.parametrize("status", ["paused", "offline"])
def test_a_backend_that_is_not_online_means_to_try_again(status, client, request_of, simulator, backend):
    simulator.backends.get(backend).status = status
    with pytest.raises(TryAgainError) as caught:
        client.submit_job(request_of("j-1"))
    assert caught.value.code == "1004"


@pytest.mark.parametrize("call", ["job", "cancel_job", "delete_job"])
def test_an_unknown_job_is_not_found(call, client):
    with pytest.raises(NotFoundError) as caught:
        getattr(client, call)("j-9")
    assert (caught.value.code, caught.value.subject) == ("1291", "j-9")


def test_a_job_that_has_ended_cannot_be_cancelled(client, ended):
    with pytest.raises(ConflictError) as caught:
        client.cancel_job(ended)
    assert caught.value.code == "1306"


def test_a_job_that_has_not_ended_cannot_be_deleted(client, running):
    with pytest.raises(ConflictError) as caught:
        client.delete_job(running)
    assert caught.value.code == "1337"


def test_a_missing_permission_is_named(client, simulator, request_of):
    simulator.faults.add(Fault(method="POST", path="/v1/jobs", status=403))
    with pytest.raises(AccessError, match=r"quantum-computing\.direct-access-job\.create is missing"):
        client.submit_job(request_of("j-1"))


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"reset": True}, {"status": 408}])
def test_a_submit_that_fails_is_for_the_caller_to_repeat(fault, client, simulator, request_of):
    simulator.faults.add(Fault(method="POST", path="/v1/jobs", **fault))
    with pytest.raises((UnavailableError, TryAgainError)) as caught:
        client.submit_job(request_of("j-1"))
    assert caught.value.retryable
    client.submit_job(request_of("j-1"))


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 502, "reply": "html"}, {"reset": True}, {"status": 503, "reply": "empty"}],
)
def test_a_question_is_repeated_until_the_trouble_is_over(fault, client, simulator):
    simulator.faults.add(Fault(method="GET", times=3, **fault))
    assert client.jobs() == []
    assert len(simulator.requests.entries("api", "GET")) == 4


@pytest.mark.parametrize(
    ("reply", "what"), [("html", "Gateway error"), ("garbage", "not valid JSON"), ("empty", "nothing")]
)
def test_a_success_outside_the_contract_is_a_protocol_error(reply, what, client, running, simulator):
    simulator.faults.add(Fault(method="GET", status=200, reply=reply))
    with pytest.raises(ProtocolError, match=what):
        client.job(running)


def test_a_gateway_page_where_the_api_should_be_may_pass(client, running, simulator):
    simulator.faults.add(Fault(method="GET", status=404, reply="html"))
    with pytest.raises(ConfigurationError) as caught:
        client.job(running, once=True)
    assert caught.value.retryable
    assert client.job(running).id == running
