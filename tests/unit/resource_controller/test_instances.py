"""Instances, over HTTP against a server that remembers what it was asked."""

import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from direct_access import errors
from direct_access.clock import ManualClock
from direct_access.config.settings import NetworkSettings
from direct_access.resource_controller.instances import QUANTUM_SERVICE, Instances
from direct_access.retry.deadline import no_deadline
from direct_access.retry.repeat import Patience
from direct_access.simulator.http import Response
from direct_access.transport.http import HttpClient
from tests.support.scripted_server import ScriptedServer, serving

GUID = "5a6b2f30-0000-4000-8000-00000000000a"
OTHER = "5a6b2f30-0000-4000-8000-00000000000b"
CRN = f"crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:{GUID}::"


def document(guid=GUID, name="chemistry", **extensions):
    backends = {"backends": ["ANY"], "instance_limit_seconds": None, "usage_allocation_seconds": None}
    return {
        "id": CRN.replace(GUID, guid),
        "guid": guid,
        "crn": CRN.replace(GUID, guid),
        "name": name,
        "region_id": "us-east",
        "resource_plan_id": "plan-1",
        "resource_group_id": "group-1",
        "state": "active",
        "created_at": "2026-11-01T00:00:00Z",
        "extensions": {**backends, **extensions},
    }


def answer(body, status=200, **headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status, json.dumps(body).encode(), [("Content-Type", "application/json"), *named])


class Token:
    def authorization(self):
        return "Bearer first"

    def renew(self, rejected):
        return False


@pytest.fixture
def asking():
    """Return a function that asks a server with these answers: (what came of it, what the server saw)."""

    def ask(question, *answers):
        clock = ManualClock()
        http = HttpClient(NetworkSettings(), clock)
        patience = Patience(clock, threading.Event(), no_deadline, lambda notice: None)
        with serving(ScriptedServer(*answers)) as server:
            result = question(Instances(http, Token(), url=server.url, patience=patience))
        http.close()
        return result, server.seen

    return ask


def body_of(seen):
    return json.loads(seen[-1].body)


def test_all_pages_of_the_quantum_service_s_instances_are_listed(asking):
    pages = [
        answer({"resources": [document()], "next_url": "/v2/resource_instances?start=two"}),
        answer({"resources": [document(OTHER, "algebra")], "next_url": None}),
    ]
    instances, seen = asking(lambda instances: instances.list(), *pages)
    assert [one.name for one in instances] == ["algebra", "chemistry"]
    queries = [parse_qs(urlsplit(one.target).query) for one in seen]
    assert [query["resource_id"] for query in queries] == [[QUANTUM_SERVICE]] * 2
    assert queries[1]["start"] == ["two"]


def test_a_server_that_names_the_same_page_for_ever_is_not_asked_for_ever(asking):
    page = answer({"resources": [document()], "next_url": "/v2/resource_instances?start=two"})
    instances, _ = asking(lambda instances: instances.list(), page, page)
    assert [one.name for one in instances] == ["chemistry", "chemistry"]


def test_amounts_are_read_as_numbers(asking):
    numbers = document(instance_limit_seconds=600, usage_allocation_seconds=3600, backends=["ibm_a"])
    one, _ = asking(lambda instances: instances.show(GUID), answer(numbers))
    assert (one.limit_secs, one.allocation_secs, one.backends) == (600, 3600, ("ibm_a",))


def test_amounts_are_sent_as_text(asking):
    _, seen = asking(
        lambda instances: instances.create(
            "chemistry",
            region="us-east",
            resource_group="group-1",
            plan="plan-1",
            limit_secs=600,
            allocation_secs=3600,
            backends=["ibm_a"],
        ),
        answer(document(), 201),
    )
    assert body_of(seen) == {
        "name": "chemistry",
        "target": "us-east",
        "resource_group": "group-1",
        "resource_plan_id": "plan-1",
        "parameters": {
            "instance_limit_seconds": "600",
            "usage_allocation_seconds": "3600",
            "backends": ["ibm_a"],
        },
    }


def test_no_limit_is_sent_as_null_and_what_is_not_given_not_at_all(asking):
    _, seen = asking(lambda instances: instances.update(GUID, limit_secs=None), answer(document()))
    assert (seen[-1].method, body_of(seen)) == ("PATCH", {"parameters": {"instance_limit_seconds": None}})


def test_no_backends_is_sent_as_an_empty_list(asking):
    _, seen = asking(lambda instances: instances.update(GUID, backends=[]), answer(document()))
    assert body_of(seen) == {"parameters": {"backends": []}}


def test_a_crn_is_one_segment_of_the_path(asking):
    _, seen = asking(lambda instances: instances.show(CRN), answer(document()))
    assert seen[-1].target == "/v2/resource_instances/" + CRN.replace(":", "%3A").replace("/", "%2F")


def test_an_instance_is_found_by_its_name(asking):
    listing = answer({"resources": [document(OTHER, "algebra"), document()]})
    one, seen = asking(lambda instances: instances.show("chemistry"), listing, answer(document()))
    assert one.guid == GUID
    assert seen[-1].target.endswith(GUID)


def test_a_name_that_two_instances_have_is_refused_with_their_guids(asking):
    listing = answer({"resources": [document(OTHER), document()]})
    with pytest.raises(errors.InputError, match="2 instances are named") as caught:
        asking(lambda instances: instances.show("chemistry"), listing)
    assert GUID in caught.value.advice


def test_every_request_carries_our_token_and_nothing_from_the_environment(asking, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("default login someone password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    _, seen = asking(lambda instances: instances.show(GUID), answer(document()))
    assert seen[-1].headers.get_all("Authorization") == ["Bearer first"]
    assert seen[-1].headers["User-Agent"].startswith("direct-access/")


def test_a_redirect_is_not_followed(asking):
    with pytest.raises(errors.DirectAccessError):
        asking(lambda i: i.show(GUID), answer({}, 302, Location="http://127.0.0.1:9/"), answer(document()))


REFUSALS = {
    403: (errors.AccessError, "resource-controller.instance.update"),
    404: (errors.NotFoundError, "no such instance"),
    409: (errors.ConflictError, "the state of the instance"),
    422: (errors.InputError, "limit too small"),
}


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_is_told_with_its_code_and_transaction(asking, status):
    kind, words = REFUSALS[status]
    refused = {"message": "limit too small", "status_code": status, "error_code": "RC-1"}
    with pytest.raises(kind, match=words) as caught:
        asking(lambda i: i.update(GUID, limit_secs=1), answer(refused, status, Transaction_Id="t-7"))
    assert (caught.value.http_status, caught.value.request_id) == (status, "t-7")
    assert caught.value.subject == GUID


def test_reading_is_repeated_while_the_server_is_in_trouble(asking):
    one, seen = asking(lambda instances: instances.show(GUID), answer({}, 503), answer(document()))
    assert one.guid == GUID
    assert len(seen) == 2


def test_creating_is_not_repeated_and_says_how_to_find_out(asking):
    with pytest.raises(errors.UnavailableError) as caught:
        asking(
            lambda i: i.create("chemistry", region="us-east", resource_group="g", plan="p"),
            answer({}, 503),
            answer(document(), 201),
        )
    assert "instance list" in caught.value.advice


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_secs": -1},
        {"allocation_secs": -5},
        {"backends": ["ANY", "ibm_a"]},
    ],
)
def test_a_value_that_no_plan_accepts_is_refused_without_a_request(asking, wrong):
    with pytest.raises(errors.InputError):
        asking(lambda instances: instances.update(GUID, **wrong), answer(document()))


@pytest.mark.parametrize("body", [[], {"guid": GUID}, document(instance_limit_seconds="soon")])
def test_an_answer_that_is_no_instance_is_told(asking, body):
    with pytest.raises(errors.ProtocolError):
        asking(lambda instances: instances.show(GUID), answer(body))
