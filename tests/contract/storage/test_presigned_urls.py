"""The URLs that we sign for the quantum system, used as it uses them: plain HTTP, no header of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from direct_access.clock import ManualClock, SystemClock

CONTENT = b'{"results": []}'


@pytest.fixture
def use(target):
    """Return a function that sends a request for a URL."""

    def send(method, url, body=None, headers=None):
        parts = urlsplit(url)
        return target.send(method, f"{parts.path}?{parts.query}", headers or {}, body)

    return send


def test_a_url_to_read_reads(store, judge, name, use):
    judge.write(name, CONTENT)
    answer = use("GET", store.presign("GET", name, 60))
    assert (answer.status, answer.body) == (200, CONTENT)


@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}]
)
def test_a_url_to_write_writes_whatever_the_content_type(headers, store, judge, name, use):
    answer = use("PUT", store.presign("PUT", name, 60), CONTENT, headers)
    assert answer.status == 200
    assert judge.read(name) == CONTENT


def test_a_url_for_an_odd_name_works(store, judge, name, use):
    odd = f"{name}/a b+c&d=é:%41.txt"
    assert use("PUT", store.presign("PUT", odd, 60), CONTENT).status == 200
    assert judge.read(odd) == CONTENT


def test_a_url_to_read_cannot_write(store, name, use, judge):
    judge.write(name, CONTENT)
    assert use("PUT", store.presign("GET", name, 60), b"other").status == 403
    assert judge.read(name) == CONTENT


def test_a_url_is_good_for_one_object(store, name, use, judge):
    judge.write(f"{name}-other", CONTENT)
    url = store.presign("GET", name, 60).replace(name.split(":")[-1], name.split(":")[-1] + "-other")
    assert use("GET", url).status == 403


def test_a_url_for_a_week_is_accepted(store, judge, name, use):
    judge.write(name, CONTENT)
    assert use("GET", store.presign("GET", name, 604_800)).status == 200


def test_a_url_dies_when_it_says(hmac_store, target, judge, name, use):
    judge.write(name, CONTENT)
    two_minutes_ago = ManualClock(SystemClock().wall() - 120)
    expired = hmac_store(target, clock=two_minutes_ago)
    assert use("GET", expired.presign("GET", name, 60)).status == 403
    assert use("GET", expired.presign("GET", name, 600)).status == 200
