"""Where the params of a job come from, and where its results and log go."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.embedded import SERVICE_SUBJECT
from direct_access.simulator.http import Response
from direct_access.simulator.iam.tokens import AUDIENCE
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.contract.simulator_api.client import (
    Client,
    client_of,
    cos_option,
    object_content,
    put_params,
    run_job,
)
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.executor import HeldExecutor
from tests.contract.simulator_api.signed_urls import presigned, s3_client
from tests.contract.simulator_api.store_double import NotingStore, noting_store
from tests.stores.seaweedfs import OpenIdProvider, SeaweedFS


@pytest.fixture
def store() -> Iterator[NotingStore]:
    with noting_store() as store:
        yield store


@pytest.fixture
def api(start: StartSimulator) -> Client:
    """A client of a simulator whose jobs may lie in that store."""
    return client_of(start(allowed_stores=("127.0.0.1",)))


def test_a_bucket_of_the_embedded_store_is_read_and_written_by_its_crn(api: Client) -> None:
    api.submit()
    assert api.ended_job()["status"] == "Completed"
    assert (object_content(api.simulator, "results:job") or b"").startswith(b'{"results":')
    assert b"WARNING" in (object_content(api.simulator, "logs:job") or b"")


def test_presigned_urls_are_read_and_written(api: Client) -> None:
    api.submit(storage=presigned(api.simulator))
    assert api.ended_job()["status"] == "Completed"
    assert (object_content(api.simulator, "results:job") or b"").startswith(b'{"results":')
    assert b"WARNING" in (object_content(api.simulator, "logs:job") or b"")


def test_a_put_is_bare(api: Client, store: NotingStore) -> None:
    api.submit(storage=store.storage())
    api.ended_job()
    puts = [headers for method, path, headers in store.seen if (method, path) == ("PUT", "/out")]
    assert [headers.keys() for headers in puts] == [{"host", "content-length"}]


def test_objects_are_there_before_the_job_has_ended(api: Client, store: NotingStore) -> None:
    statuses = []
    store.before_answer = lambda: statuses.append(api.simulator.jobs.job("job").status)
    api.submit(storage=store.storage())
    api.ended_job()
    assert [(method, path) for method, path, _ in store.seen] == [
        ("GET", "/in"),
        ("PUT", "/out"),
        ("PUT", "/log"),
    ]
    assert statuses == ["Running"] * 3


def test_a_job_without_a_log_option_writes_none(api: Client, store: NotingStore) -> None:
    storage = store.storage()
    del storage["logs"]
    api.submit(storage=storage)
    assert api.ended_job()["status"] == "Completed"
    assert store.objects.keys() == {"/in", "/out"}


@pytest.mark.parametrize("option", ["input", "results", "logs"])
def test_an_expired_url_fails_the_job_with_the_stores_reason(
    api: Client, clock: ManualClock, option: str
) -> None:
    storage = presigned(api.simulator)
    storage[option] = presigned(api.simulator, expires_secs=60)[option]
    clock.advance(61)
    api.submit(storage=storage)
    job = api.ended_job()
    assert (job["status"], job["reason_code"]) == ("Failed", 5203)
    assert "403 AccessDenied" in job["reason_message"]
    assert "X-Amz" not in job["reason_message"]


def test_a_url_that_was_signed_for_reading_cannot_be_written(api: Client) -> None:
    api.submit(storage=presigned(api.simulator, results="get_object"))
    assert "SignatureDoesNotMatch" in api.ended_job()["reason_message"]


def test_a_missing_input_fails_the_job_and_the_log_says_so(api: Client) -> None:
    api.post("/v1/jobs", run_job(api.simulator))
    job = api.ended_job()
    assert job["status"] == "Failed"
    assert "params:job" in job["reason_message"]
    assert "input could not be read" in (object_content(api.simulator, "logs:job") or b"").decode()


def test_a_bucket_that_does_not_exist_fails_the_job(api: Client) -> None:
    storage = run_job(api.simulator)["storage"]
    crn = api.simulator.bucket_crn.replace(api.simulator.bucket, "nowhere")
    storage["results"]["bucket_crn"] = crn
    api.submit(storage=storage)
    assert "NoSuchBucket" in api.ended_job()["reason_message"]


def test_a_redirect_is_not_followed(api: Client, store: NotingStore) -> None:
    store.answers["GET", "/in"] = Response(302, headers=[("Location", "/elsewhere")])
    api.submit(storage=store.storage())
    assert "302" in api.ended_job()["reason_message"]
    assert "/elsewhere" not in [path for _, path, _ in store.seen]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            b"Only AWS4-HMAC-SHA256\n is &quot;known&quot;",
            'the store answered 400 InvalidRequest: Only AWS4-HMAC-SHA256 is "known"',
        ),
        (b"a" * 1000, "InvalidRequest: " + "a" * 200),
        (b"ask http://s3/?X-Amz-Signature=s3cr3t", "the store answered 400 InvalidRequest"),
        (b"\x1b[2J\x07", "the store answered 400 InvalidRequest"),
    ],
)
def test_a_refusal_of_the_store_is_told_in_its_words_but_no_url(
    api: Client, store: NotingStore, message: bytes, words: str
) -> None:
    document = b"<Error><Code>InvalidRequest</Code><Message>" + message + b"</Message></Error>"
    store.answers["GET", "/in"] = Response(400, document)
    api.submit(storage=store.storage())
    reason = api.ended_job()["reason_message"]
    assert reason.endswith(f"{words}.")
    assert "s3cr3t" not in reason


@pytest.mark.parametrize(
    "answer", [Response(200, b'{"pubs": []}', cut_after=4), Response(reset=True)], ids=["cut", "reset"]
)
def test_an_input_that_breaks_off_fails_the_job(api: Client, store: NotingStore, answer: Response) -> None:
    store.answers["GET", "/in"] = answer
    api.submit(storage=store.storage())
    assert api.ended_job()["status"] == "Failed"


def test_a_store_that_cannot_be_reached_fails_the_job(api: Client, store: NotingStore) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/out?X-Amz-Signature=s3cr3t"
        storage = {**store.storage(), "results": {"type": "s3_compatible", "presigned_url": url}}
        api.submit(storage=storage)
        message = api.ended_job()["reason_message"]
    assert "refused" in message
    assert "s3cr3t" not in message


def test_a_store_that_fails_for_the_log_alone_fails_a_job_that_would_be_completed(
    api: Client, store: NotingStore
) -> None:
    store.answers["PUT", "/log"] = Response(503)
    api.submit(storage=store.storage())
    assert "503" in api.ended_job()["reason_message"]


@pytest.mark.parametrize(
    ("results", "content"),
    [("not_json", b"<html><body>Bad gateway</body></html>"), ("empty", b""), ("truncated", b'{"of":')],
)
def test_results_can_be_spoiled(held: Client, executor: HeldExecutor, results: str, content: bytes) -> None:
    held.simulator.outcomes.add(OutcomeRule(results=results))
    held.submit()
    executor.task().end()
    assert held.ended_job()["status"] == "Completed"
    assert object_content(held.simulator, "results:job") == content


def test_results_can_be_missing(api: Client) -> None:
    api.simulator.outcomes.add(OutcomeRule(results="missing"))
    api.submit()
    assert api.ended_job()["status"] == "Completed"
    assert object_content(api.simulator, "results:job") is None


def test_results_can_come_late(api: Client, clock: ManualClock, store: NotingStore) -> None:
    api.simulator.outcomes.add(OutcomeRule(results="late", results_delay_secs=5))
    api.submit(storage=store.storage())
    assert api.ended_job()["status"] == "Completed"
    clock.advance(4.9)
    api.job()
    assert "/out" not in store.objects
    clock.advance(0.1)
    api.job()
    api.simulator.stop()  # waits for transfers
    assert store.objects["/out"].startswith(b'{"results":')


@pytest.mark.parametrize("size", [100, 101, 119, 1_000_003])
def test_invented_results_have_the_size_that_was_asked_for_and_are_json(
    api: Client, store: NotingStore, size: int
) -> None:
    api.simulator.outcomes.add(OutcomeRule(results_bytes=size))
    api.submit(storage=store.storage())
    api.ended_job()
    assert len(store.objects["/out"]) == max(size, 100)
    (result,) = json.loads(store.objects["/out"])["results"]
    assert set(result["data"]["c"]["samples"]) <= {"0x0", "0x3"}


def test_no_file_of_a_job_is_left(api: Client) -> None:
    for number in range(3):
        api.submit(str(number))
        api.ended_job(str(number))
    api.simulator.stop()
    assert list((api.simulator.directory / "jobs").iterdir()) == []


def test_an_external_store_is_asked_with_a_token_of_the_systems_own_identity(
    start: StartSimulator, store: NotingStore
) -> None:
    api = client_of(start(cos_endpoint=store.url))
    store.objects["/direct-access/params%3Ajob"] = b"{}"
    api.submit()
    assert api.ended_job()["status"] == "Completed"
    tokens = {headers["authorization"].removeprefix("Bearer ") for _, _, headers in store.seen}
    assert {api.simulator.tokens.verify(token) for token in tokens} == {SERVICE_SUBJECT}


def test_a_store_that_verifies_our_tokens_serves_as_cloud_object_storage(start: StartSimulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}/identity"
    with SeaweedFS(open_id=OpenIdProvider(issuer, AUDIENCE, f"{issuer}/keys")) as weed:
        api = client_of(start(iam_port=port, cos_endpoint=weed.endpoint_url))
        s3 = s3_client(weed.endpoint_url, weed.access_key_id, weed.secret_access_key)
        s3.create_bucket(Bucket=api.simulator.bucket)
        s3.put_object(Bucket=api.simulator.bucket, Key="params:job", Body=b"{}")
        api.post("/v1/jobs", run_job(api.simulator))
        assert api.ended_job()["status"] == "Completed"
        results = s3.get_object(Bucket=api.simulator.bucket, Key="results:job")["Body"].read()
    assert results.startswith(b'{"results":')


def test_a_key_with_reserved_characters_is_written_as_named(api: Client) -> None:
    put_params(api.simulator, "job")
    storage = {**run_job(api.simulator)["storage"], "results": cos_option(api.simulator, "a b/c%41?ü")}
    api.submit(storage=storage)
    assert api.ended_job()["status"] == "Completed"
    assert object_content(api.simulator, "a b/c%41?ü") is not None
