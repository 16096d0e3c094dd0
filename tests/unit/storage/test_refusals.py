"""What each refusal of a store means: status and document in, class and fields of the error out."""

from email.utils import formatdate

import pytest

from direct_access import errors
from direct_access.clock import rfc3339
from direct_access.simulator.http import Response


def document(code, message="why", **more):
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    return f"<Error><Code>{code}</Code><Message>{message}</Message>{elements}</Error>".encode()


@pytest.fixture
def refused(store_of, clock):
    def ask(status, body=b"", *, signed=True, server_ahead_secs=0.0, headers=()):
        date = formatdate(clock.wall() + server_ahead_secs, usegmt=True)
        store, _ = store_of(Response(status, body, [("Date", date), *headers]), signed=signed)
        with pytest.raises(errors.DirectAccessError) as caught:
            store.get("c/1/results:1")
        return caught.value

    return ask


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "NoSuchKey", errors.NotFoundError),
        (404, "NoSuchBucket", errors.ConfigurationError),
        (403, "AccessDenied", errors.AccessError),
        (403, "SignatureDoesNotMatch", errors.AccessError),
        (403, "InvalidAccessKeyId", errors.AccessError),
        (400, "ExpiredToken", errors.AccessError),
        (400, "InvalidToken", errors.AccessError),
        (403, "RequestTimeTooSkewed", errors.ConfigurationError),
        (301, "PermanentRedirect", errors.ConfigurationError),
        (400, "AuthorizationHeaderMalformed", errors.ConfigurationError),
        (400, "EntityTooLarge", errors.StoreError),
        (507, "XMinioStorageFull", errors.StoreError),
        (400, "InvalidArgument", errors.StoreError),
        (501, "NotImplemented", errors.StoreError),
    ],
)
def test_the_code_decides_the_error(status, code, error, refused):
    caught = refused(status, document(code))
    assert (type(caught), caught.code, caught.http_status) == (error, code, status)
    assert not caught.retryable


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "SignatureDoesNotMatch"), (400, "AccessDenied"), (401, "InvalidAccessKeyId")],
)
def test_the_code_counts_more_than_the_status(status, code, refused):
    assert type(refused(status, document(code))) is errors.AccessError


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (503, "SlowDown"),
        (500, "InternalError"),
        (400, "RequestTimeout"),
        (400, "BadDigest"),
        (400, "IncompleteBody"),
        (409, "OperationAborted"),
    ],
)
def test_trouble_of_the_store_may_pass(status, code, refused):
    caught = refused(status, document(code))
    assert (type(caught), caught.retryable) == (errors.StoreError, True)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, errors.AccessError),
        (403, errors.AccessError),
        (404, errors.ConfigurationError),
        (304, errors.StoreError),
        (307, errors.ConfigurationError),
        (418, errors.StoreError),
        (500, errors.StoreError),
        (429, errors.StoreError),
    ],
)
def test_without_a_code_the_status_decides(status, error, refused):
    assert type(refused(status)) is error


def test_a_bucket_that_is_not_there_advises_to_check_its_region(refused):
    assert "region_type" in refused(404, document("NoSuchBucket")).advice


def test_the_region_that_a_store_expects_is_the_advice(refused):
    caught = refused(400, document("AuthorizationHeaderMalformed", Region="eu-west-1"))
    assert caught.advice == "the store expects region eu-west-1"


def test_a_skewed_request_says_that_it_is_the_clock_and_by_how_much(refused, clock):
    body = document("RequestTimeTooSkewed", ServerTime=rfc3339(clock.wall() + 7200))
    caught = refused(403, body)
    assert type(caught) is errors.ConfigurationError
    assert "this node's clock is 2:00:00 behind the store's" in caught.message
    assert "clock" in caught.advice


def test_the_date_of_the_answer_tells_the_skew_where_the_document_does_not(refused):
    caught = refused(403, document("RequestTimeTooSkewed"), server_ahead_secs=-3600)
    assert "1:00:00 ahead of the store's" in caught.message


def test_a_denial_of_a_signed_request_by_a_wrong_clock_is_blamed_on_the_clock(refused):
    caught = refused(403, document("AccessDenied", "Request has expired"), server_ahead_secs=86400)
    assert type(caught) is errors.ConfigurationError
    assert "this node's clock is 1-00:00:00 behind the store's" in caught.message


def test_a_denial_by_a_clock_that_agrees_is_a_denial(refused):
    caught = refused(403, document("AccessDenied"), server_ahead_secs=20)
    assert type(caught) is errors.AccessError
    assert "clock" not in caught.message


def test_a_denial_of_a_request_by_token_is_never_blamed_on_the_clock(refused):
    caught = refused(403, document("AccessDenied"), signed=False, server_ahead_secs=86400)
    assert type(caught) is errors.AccessError


def test_the_error_names_object_bucket_host_and_request(refused):
    caught = refused(403, document("AccessDenied", "go &amp; ask", RequestId="R1"))
    assert caught.subject == "c/1/results:1"
    assert "(bucket bkt at 127.0.0.1:" in caught.message
    assert caught.message.endswith(": go & ask")
    assert caught.request_id == "R1"


@pytest.mark.parametrize("name", ["x-amz-request-id", "X-Clv-Request-Id"])
def test_a_header_names_the_request_where_the_document_does_not(name, refused):
    assert refused(403, headers=[(name, "R2")]).request_id == "R2"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><title>403 Forbidden</title></html>", "403 Forbidden"),
        (b"upstream connect error", "upstream connect error"),
        (b"<Error><Code>", "<Error><Code>"),
    ],
)
def test_a_body_that_is_no_error_document_is_quoted(body, said, refused):
    assert refused(403, body).message.endswith(f": {said}")


def test_no_error_shows_the_signature_of_a_request(refused):
    caught = refused(403, document("AccessDenied", "GET http://s3/bkt/k?X-Amz-Signature=5ecret denied"))
    assert "5ecret" not in str(caught.to_json())


def test_a_store_that_hangs_up_is_a_store_error_when_patience_ends(store_of, clock):
    store, _ = store_of(Response(reset=True), signed=True)
    with pytest.raises(errors.StoreError, match="not reachable") as caught:
        store.get("a")
    assert caught.value.retryable
    assert "5ecret" not in str(caught.value.to_json())
    assert clock.boottime() >= 290
