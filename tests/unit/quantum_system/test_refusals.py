"""What each refusal means: status and code in, class and fields of the error out."""

import json

import pytest

from direct_access import errors
from direct_access.simulator.http import Response

ACTION = "quantum-computing.direct-access-"


@pytest.fixture
def refused(client, script):
    """Return the error that a call raises after one answer."""

    def ask(status, body=b"", call=lambda client: client.job("j1"), headers=()):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        for request in (
            "GET /v1/jobs/j1",
            "POST /v1/jobs",
            "POST /v1/jobs/j1/cancel",
            "DELETE /v1/jobs/j1",
            "GET /v1/jobs",
            "GET /v1/backends",
            "GET /v1/backends/ibm_a",
        ):
            script.answer(request, Response(status, content, list(headers)))
        with pytest.raises(errors.DirectAccessError) as caught:
            call(client)
        return caught.value

    return ask


def submit(client):
    client.submit_job({"id": "j1"})


def cancel(client):
    client.cancel_job("j1")


def delete(client):
    client.delete_job("j1")


def ibm(code, message="why"):
    return {"status_code": 400, "title": "t", "trace": "t-1", "errors": [{"code": code, "message": message}]}


@pytest.mark.parametrize(
    ("status", "code", "call", "error"),
    [
        (400, "", submit, errors.InputError),
        (400, "1337", submit, errors.InputError),
        (401, "1200", submit, errors.AccessError),
        (401, "1201", submit, errors.AccessError),
        (403, "", submit, errors.AccessError),
        (404, "1216", submit, errors.InputError),
        (400, "1216", submit, errors.InputError),
        (404, "1291", cancel, errors.NotFoundError),
        (404, "1291", delete, errors.NotFoundError),
        (408, "", submit, errors.UnavailableError),
        (409, "1231", submit, errors.ConflictError),
        (409, "1306", cancel, errors.ConflictError),
        (409, "1337", delete, errors.ConflictError),
        (413, "", submit, errors.InputError),
        (418, "", submit, errors.ProtocolError),
        (431, "", submit, errors.ConfigurationError),
        (422, "", submit, errors.InputError),
        (423, "1233", submit, errors.TryAgainError),
        (429, "1232", submit, errors.TryAgainError),
        (500, "1000", submit, errors.UnavailableError),
        (501, "", submit, errors.ProtocolError),
        (503, "", submit, errors.UnavailableError),
        (503, "1004", submit, errors.TryAgainError),
        (522, "", submit, errors.UnavailableError),
    ],
)
def test_status_and_code_decide_the_error(status, code, call, error, refused):
    caught = refused(status, ibm(code), call)
    assert type(caught) is error
    assert caught.http_status == status
    assert caught.request_id == "t-1"
    assert caught.message.endswith(": why")
    if code:
        assert caught.code == code


@pytest.mark.parametrize(("status", "code"), [(423, "1233"), (429, "1232")])
def test_a_busy_backend_is_one_also_where_the_server_gives_no_code(status, code, refused):
    caught = refused(status, b"", submit)
    assert type(caught) is errors.TryAgainError
    assert (caught.code, caught.retryable) == (None, True)


@pytest.mark.parametrize("call", [lambda client: client.job("j1"), submit, cancel, delete])
@pytest.mark.parametrize("code", ["404", "not_found", "1290"])
def test_a_404_with_a_code_that_the_api_does_not_have_is_a_gateways(code, call, refused):
    caught = refused(404, ibm(code), call)
    assert type(caught) is errors.ConfigurationError
    assert caught.retryable


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_trouble_of_the_server_may_pass(status, refused):
    assert refused(status, b"", submit).retryable


@pytest.mark.parametrize("status", [400, 401, 403, 409, 413, 422, 501])
def test_a_refusal_for_cause_will_not_pass(status, refused):
    assert not refused(status, b"", submit).retryable


@pytest.mark.parametrize(
    ("call", "action"),
    [
        (submit, "job.create"),
        (cancel, "job.cancel"),
        (delete, "job.delete"),
        (lambda client: client.job("j1"), "job.read"),
        (lambda client: client.jobs(), "job.read"),
        (lambda client: client.backends(), "backend.list"),
        (lambda client: client.backend("ibm_a"), "backend.read"),
    ],
)
def test_a_403_names_the_iam_action_that_is_missing(call, action, refused):
    caught = refused(403, b"", call)
    assert f"the IAM action {ACTION}{action} is missing" in caught.message


@pytest.mark.parametrize(("status", "code"), [(503, "1004"), (429, "1232"), (423, "1233")])
def test_only_a_submit_is_told_to_try_again_later(status, code, refused):
    assert type(refused(status, ibm(code))) is not errors.TryAgainError


def test_a_403_that_a_gateway_wrote_is_not_blamed_on_iam(refused):
    caught = refused(403, b"<html><head><title>Blocked by policy</title></head></html>", submit)
    assert type(caught) is errors.AccessError
    assert caught.message == "a gateway before the API does not permit it: Blocked by policy"


def test_a_second_401_ends_with_an_access_error(refused, script):
    assert type(refused(401, ibm("1201"))) is errors.AccessError
    assert [asked.headers["authorization"] for asked in script.asked] == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_protocol_error_and_not_followed(status, refused, script):
    caught = refused(status, b"", headers=[("Location", "https://elsewhere/?token=5ecret")])
    assert type(caught) is errors.ProtocolError
    assert "5ecret" not in caught.message
    assert script.requests == ["GET /v1/jobs/j1"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_does_not_know_the_address_is_a_matter_of_configuration(status, refused):
    caught = refused(status, b"no such page", lambda client: client.jobs())
    assert type(caught) is errors.ConfigurationError
    assert "url of the system" in caught.advice


def test_a_404_page_of_a_proxy_does_not_mean_that_the_job_is_gone(refused):
    caught = refused(404, b"<html><title>404 Not Found</title><h1>nginx</h1></html>")
    assert type(caught) is errors.ConfigurationError


@pytest.mark.parametrize("call", [lambda client: client.job("j1"), submit, cancel, delete])
@pytest.mark.parametrize("body", [b"", b"default backend - 404", {"detail": "Not Found"}, ibm("")])
def test_a_404_without_a_code_says_nothing_of_a_job_and_may_pass(body, call, refused):
    caught = refused(404, body, call)
    assert type(caught) is errors.ConfigurationError
    assert (caught.code, caught.retryable) == (None, True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (ibm("1000", "it\n  burns"), "it burns"),
        ({"trace": "t", "errors": [{"code": 1208, "message": "api 2"}]}, "api 2"),
        ({"errors": [{"message": "one"}, {"message": "two"}]}, "one; two"),
        (
            {"errors": [{"message": "too small", "target": {"name": "timeout_secs"}}]},
            "timeout_secs: too small",
        ),
        (
            {"errors": [{"message": "too small", "location": "body.timeout_secs"}]},
            "body.timeout_secs: too small",
        ),
        ({"detail": "unknown backend"}, "unknown backend"),
        ({"detail": [{"loc": ["body", "id"], "msg": "missing", "type": "missing"}]}, "body.id: missing"),
        ({"title": "Bad Gateway", "errors": []}, "Bad Gateway"),
        ({"message": "no Route matched"}, "no Route matched"),
        ("just text in JSON", "just text in JSON"),
        (b"plain text", "plain text"),
        (b"<html><title>502 Bad&nbsp;Gateway</title></html>", "502 Bad Gateway"),
        (b"<!DOCTYPE html><style>p{}</style><p>down for <b>maintenance</b>", "down for maintenance"),
        (b'{"errors": [{"mess', '{"errors": [{"mess'),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_every_form_of_error_body_tells_its_message(body, said, refused):
    assert refused(500, body, submit).message == f"the server is in trouble: {said}"


@pytest.mark.parametrize(
    "body", [b"", b"  ", {}, [], 5, None, {"errors": None}, {"errors": [1]}, {"errors": [{}]}]
)
def test_an_error_body_that_says_nothing_leaves_our_own_words(body, refused):
    assert refused(500, body, submit).message == "the server is in trouble"


def test_a_code_that_is_a_number_becomes_text(refused):
    assert refused(409, ibm(1231), submit).code == "1231"


def test_the_solution_of_the_server_is_the_advice(refused):
    body = {"errors": [{"code": "1232", "message": "full", "solution": "delete completed jobs"}]}
    assert refused(429, body, submit).advice == "delete completed jobs"


def test_the_correlation_id_names_the_request_where_no_trace_does(refused):
    assert refused(500, {"correlation_id": "c-1", "errors": []}, submit).request_id == "c-1"


@pytest.mark.parametrize("name", ["X-Request-Id", "x-correlation-id", "X-Global-Transaction-Id"])
def test_a_header_names_the_request_where_the_body_does_not(name, refused):
    assert refused(500, b"", submit, [(name, "h-1")]).request_id == "h-1"


def test_retry_after_is_kept(refused):
    assert refused(429, b"", submit, [("Retry-After", "8")]).retry_after_secs == 8


def test_a_message_shows_no_presigned_url_and_no_token(refused):
    words = "cannot get https://s3/b/k?X-Amz-Signature=5e with eyJhbGciOi.eyJzdWIi.c2ln"
    message = refused(400, ibm("", words), submit).message
    assert "5e" not in message
    assert "eyJ" not in message


def test_a_message_is_one_short_printable_line(refused):
    message = refused(400, ("\x1b[31m" + "x" * 10_000 + "\n").encode(), submit).message
    assert len(message) < 500
    assert message.isprintable()
