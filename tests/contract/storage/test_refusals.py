"""What wrong credentials and wrong clocks end in, and that nothing is written then."""

from __future__ import annotations

import time

import pytest

from direct_access.clock import ManualClock
from direct_access.errors import AccessError, ConfigurationError, NotFoundError
from tests.contract.object_store.expectations import S3

CONTENT = b"{}"
TWO_HOURS_SECS = 7200


@pytest.mark.parametrize(
    ("changed", "question"),
    [
        ({"secret": "wrong"}, "wrong secret"),
        ({"access_key_id": "nobody"}, "unknown access key"),
    ],
)
def test_a_wrong_key_is_an_access_error(changed, question, hmac_store, target, judge, name, file):
    store = hmac_store(target, **changed)
    for use in (lambda: store.put(name, file(CONTENT)), lambda: store.get(name)):
        with pytest.raises(AccessError) as caught:
            use()
        assert (caught.value.http_status, caught.value.code) == target.expectations[question]
        assert "X-Amz-" not in str(caught.value.to_json())
    assert judge.names(name) == []


def test_a_wrong_key_is_an_access_error_for_a_request_whose_answer_has_no_body(hmac_store, target, name):
    with pytest.raises(AccessError):
        hmac_store(target, secret="wrong").head(name)


def test_a_large_upload_with_a_wrong_key_is_an_access_error_too(hmac_store, target, judge, name, tmp_path):
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(64 << 20)
    with pytest.raises(AccessError):
        hmac_store(target, secret="wrong").put(name, large)
    assert judge.names(name) == []


def test_a_clock_that_is_slow_is_named_as_the_cause(hmac_store, target, judge, name, file):
    store = hmac_store(target, clock=ManualClock(time.time() - TWO_HOURS_SECS))
    with pytest.raises(
        ConfigurationError, match=r"this node's clock is (2:00:0\d|1:59:5\d) behind the store's"
    ):
        store.put(name, file(CONTENT))
    assert judge.names(name) == []


def test_a_clock_that_is_fast_is_named_where_the_store_minds(hmac_store, target, name):
    minds = target.expectations["URL of the future"] == S3["URL of the future"]
    store = hmac_store(target, clock=ManualClock(time.time() + TWO_HOURS_SECS))
    expected = (ConfigurationError, "ahead of the store's") if minds else (NotFoundError, "no such object")
    with pytest.raises(expected[0], match=expected[1]):
        store.get(name)
