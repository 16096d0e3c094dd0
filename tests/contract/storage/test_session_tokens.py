"""Temporary credentials, as a store's own Security Token Service gives them."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import urlencode, urlsplit

import pytest

from direct_access.clock import SystemClock
from direct_access.errors import AccessError
from direct_access.storage.hmac_access import HmacAccess, HmacKeySource
from tests.contract.object_store.targets import seaweedfs
from tests.contract.storage.conftest import address_of

CONTENT = b'{"pubs": []}'


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as started:
        yield started


@pytest.fixture
def assume_role(target):
    """Return a function to id, secret and session token of a new session.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """

    def ask():
        query = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": "arn:aws:iam::role/Admin",
            "RoleSessionName": "direct-access",
            "WebIdentityToken": target.identity_provider.token(),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = target.send("POST", "/", headers, urlencode(query).encode())
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return [re.search(f"<{name}>(.*)</{name}>", answer.body.decode())[1] for name in names]

    return ask


@pytest.fixture
def store_of(open_store, target):
    """Return a function from the source of a key to a store."""
    return lambda source: open_store(
        partial(HmacAccess, address_of(target), HmacKeySource(None, source), None), target, SystemClock()
    )


def test_objects_are_written_and_read_with_temporary_credentials(
    store_of, assume_role, secret_file, judge, name, file, read_all
):
    store = store_of(secret_file(" ".join(assume_role())))
    store.put(name, file(CONTENT))
    assert judge.read(name) == CONTENT
    assert store.head(name).size == len(CONTENT)
    assert read_all(store.get(name)) == CONTENT
    store.delete(name)
    assert judge.names(name) == []


def test_a_url_that_is_presigned_with_them_is_good(store_of, assume_role, secret_file, judge, name, target):
    judge.write(name, CONTENT)
    url = urlsplit(store_of(secret_file(" ".join(assume_role()))).presign("GET", name, 60))
    assert target.send("GET", f"{url.path}?{url.query}").body == CONTENT


def test_a_key_without_its_session_token_is_refused(store_of, assume_role, secret_file, judge, name, file):
    with pytest.raises(AccessError):
        store_of(secret_file(" ".join(assume_role()[:2]))).put(name, file(CONTENT))
    assert judge.names(name) == []


def test_credentials_that_end_in_the_middle_are_replaced_by_those_of_now(
    store_of, assume_role, secret_file, judge, name, file
):
    source = secret_file("ASIAENDED ended-secret ended-token")
    store = store_of(source)
    with pytest.raises(AccessError):
        store.put(name, file(CONTENT))
    source.file.write_text(" ".join(assume_role()))
    store.put(name, file(CONTENT))
    assert judge.read(name) == CONTENT
