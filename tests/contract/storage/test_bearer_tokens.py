"""IBM Cloud Object Storage's way in: an IAM token, verified by the store."""

from __future__ import annotations

import time

import pytest

from direct_access.errors import AccessError, ConfigurationError

CONTENT = b'{"pubs": []}'


@pytest.fixture
def name(local_target):
    return f"{local_target.prefix}/c/1000/42.0/params:1"


def test_what_we_write_with_a_token_the_sdk_reads_with_its_own(bearer_store, iam_judge, name, file):
    bearer_store.put(name, file(CONTENT))
    assert iam_judge.read(name) == CONTENT


def test_what_the_sdk_writes_with_its_token_we_read_with_ours(bearer_store, iam_judge, name, read_all):
    iam_judge.write(name, CONTENT)
    assert bearer_store.head(name).size == len(CONTENT)
    assert read_all(bearer_store.get(name, 3)) == CONTENT[3:]


def test_an_object_is_deleted_with_a_token(bearer_store, iam_judge, name):
    iam_judge.write(name, CONTENT)
    bearer_store.delete(name)
    assert bearer_store.head(name) is None


def test_a_mark_says_with_a_token_what_it_says_with_a_key(bearer_store, iam_judge, name):
    bearer_store.put_empty(name, {"collect-by": "2026-02-22T12:00:00.000000Z"})
    assert iam_judge.metadata(name) == {"collect-by": "2026-02-22T12:00:00.000000Z"}
    assert bearer_store.head(name).metadata == {"collect-by": "2026-02-22T12:00:00.000000Z"}


def test_a_token_cannot_presign(bearer_store, name):
    with pytest.raises(ConfigurationError, match="cannot presign"):
        bearer_store.presign("GET", name, 60)


@pytest.mark.parametrize(
    "fault",
    [
        lambda provider: provider.forged_token(),
        lambda provider: provider.token(exp=int(time.time()) - 600, iat=int(time.time()) - 1200),
        lambda provider: provider.token(iss="https://elsewhere.example"),
        lambda _provider: "opaque",
    ],
    ids=["forged", "expired", "other issuer", "opaque"],
)
def test_a_token_that_is_not_good_is_an_access_error(
    fault, store_with_token, local_target, iam_judge, name, file
):
    store = store_with_token(fault(local_target.identity_provider))
    with pytest.raises(AccessError):
        store.put(f"{name}-refused", file(CONTENT))
    assert iam_judge.names(f"{name}-refused") == []
