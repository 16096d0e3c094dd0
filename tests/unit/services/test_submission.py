"""A job is started once, whatever happens to the answers."""

from __future__ import annotations

import itertools
import json
import threading

import pytest

from direct_access.clock import ManualClock
from direct_access.config.settings import NetworkSettings
from direct_access.errors import (
    AccessError,
    ConfigurationError,
    ConflictError,
    InputError,
    ProtocolError,
    TryAgainError,
    UnavailableError,
    WaitEndedError,
)
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.retry.deadline import no_deadline
from direct_access.retry.repeat import Interrupted, Patience
from direct_access.services.job_absence import LEAST_SECS
from direct_access.services.on_prem.submission import Submission
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer, serving

ACCEPTED = Response(204)
LOST = Response(reset=True)
TROUBLE = Response(503)
SLOW = Response(408)
FAILED = Response(500, b'{"errors": [{"code": "1000", "message": "internal error"}]}')
NOT_THERE = Response(404, b'{"errors": [{"code": "1291", "message": "no such job"}]}')
DUPLICATE = Response(409, b'{"errors": [{"code": "1231", "message": "exists"}]}')
LANES_FULL = Response(429, b'{"errors": [{"code": "1232", "message": "full"}]}')
THERE = Response(
    200,
    json.dumps({"id": "j-1", "backend": "ibm_a", "program_id": "sampler", "status": "Running"}).encode(),
)
ODD = [
    Response(302, b"", [("Location", "https://elsewhere/")]),
    Response(501, b"not implemented"),
    Response(200, b"<html><title>Log in</title></html>"),
    Response(404, b"default backend - 404"),
]


class Token:
    """An authorizer whose IAM can be down."""

    def __init__(self):
        self.error = None

    def authorization(self):
        if self.error:
            raise self.error
        return "Bearer token"

    def renew(self, rejected):
        return False


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def token():
    return Token()


@pytest.fixture
def submit(clock, token):
    """Return a function that submits to a server with these answers, and returns the requests it got."""
    http = HttpClient(NetworkSettings(connect_timeout_secs=30.0), clock)
    number = itertools.count(1)

    def run(
        *answers,
        url=None,
        differences=lambda state: [],
        stop=None,
        seen=None,
        given_id=False,
        deadline=no_deadline,
    ):
        with serving(ScriptedServer(*answers)) as server:
            patience = Patience(clock, stop or threading.Event(), deadline)
            client = QuantumSystemClient(
                http, token, url=url or server.url, service_crn="crn", api_version="v", patience=patience
            )
            request = lambda: {"id": "j-1", "attempt": next(number)}  # noqa: E731
            requests = seen if seen is not None else []
            try:
                Submission(client, "j-1", request, differences, given_id=given_id).run(patience)
            finally:
                requests += [
                    (asked.method, json.loads(asked.body or b"{}").get("attempt")) for asked in server.seen
                ]
            return requests

    yield run
    http.close()


def test_a_job_that_is_accepted_is_one_request(submit):
    assert submit(ACCEPTED) == [("POST", 1)]


@pytest.mark.parametrize("fault", [LOST, TROUBLE, SLOW])
def test_a_job_that_arrived_although_the_answer_was_lost_is_adopted(fault, submit):
    assert submit(fault, THERE) == [("POST", 1), ("GET", None)]


@pytest.mark.parametrize("fault", [LOST, TROUBLE, SLOW])
def test_a_job_that_did_not_arrive_is_sent_again_with_a_request_made_anew(fault, submit):
    assert submit(fault, NOT_THERE, ACCEPTED) == [("POST", 1), ("GET", None), ("POST", 2)]


def test_while_it_is_unknown_whether_it_arrived_the_server_is_asked_before_it_is_sent_again(submit):
    assert submit(LOST, TROUBLE, LOST, THERE) == [("POST", 1), ("GET", None), ("GET", None), ("GET", None)]


def test_a_job_that_is_there_already_is_adopted(submit):
    assert submit(DUPLICATE, THERE) == [("POST", 1), ("GET", None)]


def test_a_job_that_is_there_already_and_differs_is_a_conflict_that_says_how(submit):
    with pytest.raises(ConflictError, match="is another one: backend is ibm_a instead of ibm_b") as caught:
        submit(DUPLICATE, THERE, differences=lambda state: [f"backend is {state.backend} instead of ibm_b"])
    assert (caught.value.code, caught.value.subject) == ("1231", "j-1")


def test_an_id_of_the_users_that_somebody_elses_job_has_is_a_conflict(submit):
    with pytest.raises(ConflictError) as caught:
        submit(DUPLICATE, NOT_THERE, given_id=True)
    assert caught.value.code == "1231"


@pytest.mark.parametrize("given_id", [True, False])
def test_a_duplicate_after_a_lost_answer_is_our_own_job_that_becomes_visible_later(submit, given_id):
    requests = submit(LOST, NOT_THERE, DUPLICATE, *[NOT_THERE] * 5, THERE, given_id=given_id)
    assert [method for method, _ in requests].count("POST") == 2


def test_a_duplicate_that_never_becomes_visible_is_our_own_job_all_the_same(submit, clock):
    with pytest.raises(WaitEndedError, match="says that job j-1 exists, but does not show it"):
        submit(DUPLICATE, NOT_THERE)
    assert clock.boottime() >= LEAST_SECS


def test_a_job_of_ours_that_holds_the_last_lane_is_adopted(submit):
    assert submit(LANES_FULL, THERE) == [("POST", 1), ("GET", None)]


def test_full_lanes_mean_that_no_job_exists(submit):
    seen = []
    with pytest.raises(TryAgainError):
        submit(LANES_FULL, NOT_THERE, seen=seen)
    assert seen == [("POST", 1), ("GET", None)]


def test_full_lanes_after_a_lost_answer_mean_that_no_job_exists_once_that_is_certain(submit, clock):
    with pytest.raises(TryAgainError):
        submit(LOST, NOT_THERE, LANES_FULL, NOT_THERE)
    assert clock.boottime() >= LEAST_SECS


def test_full_lanes_after_a_lost_answer_may_be_the_work_of_our_own_job(submit):
    requests = submit(LOST, NOT_THERE, LANES_FULL, NOT_THERE, NOT_THERE, THERE)
    assert [method for method, _ in requests].count("POST") == 2


@pytest.mark.parametrize("answer", ODD, ids=str)
def test_an_answer_that_is_not_the_apis_does_not_hide_a_job(answer, submit):
    assert submit(answer, THERE) == [("POST", 1), ("GET", None)]


@pytest.mark.parametrize("answer", ODD, ids=str)
def test_where_the_api_never_answers_the_cause_is_the_address(answer, submit):
    with pytest.raises((ProtocolError, ConfigurationError)):
        submit(answer)


@pytest.mark.parametrize("answer", ODD[:-1], ids=str)
def test_an_answer_that_is_not_the_apis_means_that_no_job_exists_once_that_is_certain(answer, submit, clock):
    with pytest.raises(ProtocolError):
        submit(answer, NOT_THERE)
    assert clock.boottime() >= LEAST_SECS


@pytest.mark.parametrize("answer", ODD, ids=str)
def test_an_answer_that_is_not_the_apis_leaves_doubt_where_the_api_tells_no_more(answer, submit):
    with pytest.raises(WaitEndedError, match="the job may exist"):
        submit(answer, NOT_THERE, Response(403))


@pytest.mark.parametrize(
    ("answer", "error"),
    [(Response(400), InputError), (Response(403), AccessError), (Response(422), InputError)],
)
def test_a_refusal_is_final(answer, error, submit):
    seen = []
    with pytest.raises(error):
        submit(answer, seen=seen)
    assert len([method for method, _ in seen if method == "POST"]) == 1


def test_a_server_that_stays_in_trouble_has_no_job_if_it_says_so(submit, clock):
    answers = itertools.chain.from_iterable(itertools.repeat((TROUBLE, NOT_THERE), 40))
    with pytest.raises(UnavailableError) as caught:
        submit(*answers)
    assert caught.value.http_status == 503
    assert clock.boottime() >= 590


def test_a_job_that_the_api_itself_failed_to_start_does_not_exist_if_it_says_so_once(submit, clock):
    deadline = lambda: 2.0  # noqa: E731
    with pytest.raises(UnavailableError) as caught:
        submit(*[FAILED, NOT_THERE] * 10, deadline=deadline)
    assert (caught.value.code, clock.boottime()) == ("1000", 2.0)


def test_a_job_that_a_gateway_failed_to_start_may_exist_at_our_deadline(submit):
    with pytest.raises(WaitEndedError, match="the job may exist"):
        submit(*[TROUBLE, NOT_THERE] * 10, deadline=lambda: 2.0)


def test_a_server_that_falls_silent_after_a_job_was_sent_may_have_it(submit, clock):
    with pytest.raises(WaitEndedError, match="the job may exist") as caught:
        submit(LOST)
    assert caught.value.subject == "j-1"
    assert clock.boottime() >= 590


@pytest.mark.parametrize("status", [400, 401, 403])
def test_while_nobody_tells_whether_a_job_exists_it_may_exist(submit, status):
    with pytest.raises(WaitEndedError, match="the job may exist"):
        submit(LOST, Response(status))


@pytest.mark.parametrize("answer", [LANES_FULL, DUPLICATE])
def test_a_refusal_does_not_say_that_no_job_exists(submit, answer):
    with pytest.raises(WaitEndedError, match="the job may exist"):
        submit(answer, Response(403))


def test_a_server_that_was_never_reached_has_no_job(submit):
    with pytest.raises(UnavailableError):
        submit(url="http://127.0.0.1:9")


def test_trouble_with_iam_leaves_no_doubt(submit, token):
    token.error = UnavailableError("IAM is down", http_status=503, retryable=True)
    seen = []
    with pytest.raises(UnavailableError, match="IAM is down"):
        submit(ACCEPTED, seen=seen)
    assert seen == []


def test_a_run_that_was_told_to_stop_while_iam_was_asked_sends_no_job(submit):
    stop = threading.Event()
    stop.set()
    seen = []
    with pytest.raises(Interrupted):
        submit(ACCEPTED, stop=stop, seen=seen)
    assert seen == []


def test_a_run_that_is_told_to_stop_leaves_a_job_that_may_exist(submit):
    stop = threading.Event()
    seen = []
    with pytest.raises(WaitEndedError, match="the job may exist"):
        submit(lambda asked: [stop.set(), TROUBLE][1], NOT_THERE, stop=stop, seen=seen)
    assert seen == [("POST", 1), ("GET", None)]
