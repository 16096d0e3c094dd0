"""No answer of a server, whatever stands in any of its fields, is a bug of ours: exit status 70."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from direct_access.clock import SystemClock
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.storage.download import opened, size_of_unsatisfied_range
from direct_access.transport.server_date import http_date_secs, wrong_clock
from tests.support.between import Answer, Between, Exchange, lead_through, standing_between

from .conftest import Site
from .hostile import DIGITS, HOSTILE, MARK, Fuzzing, bodies, body, variants

JOB = "id status backend program_id"


@pytest.fixture
def fuzzing(site: Site, monkeypatch: pytest.MonkeyPatch) -> Fuzzing:
    return Fuzzing(site, monkeypatch)


@pytest.fixture
def failed_job(site: Site, fuzzing: Fuzzing) -> str:
    site.simulator.outcomes.add(OutcomeRule(status="Failed"))
    fuzzing.run("run", "--quiet", "--keep", "all", str(site.job_file()))
    job_id: str = site.journal["job_id"]
    return job_id


def through(site: Site, between: Between, part: str = "url") -> None:
    lead_through(Path(site.environment["DIRECT_ACCESS_CONFIG"]), between, part=part)


def test_no_field_of_a_job_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing, failed_job: str) -> None:
    with standing_between(site.simulator.api_url) as api:
        through(site, api)
        fuzzing.each_field(api, "GET", f"/v1/jobs/{failed_job}$", f"status {failed_job}", JOB)
        fuzzing.each_field(api, "GET", "/v1/jobs$", "list", f"jobs {JOB}")


def test_no_field_of_a_backend_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing) -> None:
    with standing_between(site.simulator.api_url) as api:
        through(site, api)
        fuzzing.each_field(api, "GET", "/v1/backends$", "backends", "backends name status")


def test_no_field_of_iam_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing) -> None:
    with standing_between(site.simulator.iam_url) as iam:
        through(site, iam, "iam_url")
        for _, marked in variants({"access_token": "a", "token_type": "Bearer", "expires_in": 3600}):
            for form in HOSTILE:
                answer = Answer(200, body(marked, form))
                iam.rule("POST", "/identity/token$", lambda _request, answer=answer: answer)
                fuzzing.run_without_token("list")
        refusals = [
            {"errorCode": "a", "errorMessage": "b", "context": {"requestId": "c"}},
            {"errors": [{"code": "a", "message": "b"}], "trace": "c"},
        ]
        for status, refusal in zip((400, 404), refusals, strict=True):
            refuse_each_field(fuzzing, iam, "POST", "/identity/token$", status, refusal)


def test_no_field_of_a_refusal_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing) -> None:
    refusal = {
        "errors": [{"code": 1, "message": "a", "solution": "b", "target": {"name": "c"}, "location": "d"}],
        "trace": "t",
    }
    detail = {"detail": [{"loc": ["body", 1], "msg": "m", "type": "t"}]}
    with standing_between(site.simulator.api_url) as api:
        through(site, api)
        for status, document in ((400, refusal), (403, detail)):
            refuse_each_field(fuzzing, api, "GET", "/v1/jobs$", status, document)


def refuse_each_field(
    fuzzing: Fuzzing, between: Between, method: str, path: str, status: int, document: Any
) -> None:
    for content in bodies(document, frozenset()):
        between.rule(method, path, lambda _request, content=content: Answer(status, content))
        fuzzing.run_without_token("list")


@pytest.mark.parametrize("form", list(HOSTILE))
def test_a_run_whose_job_is_described_in_hostile_words_ends_as_the_job_did(
    site: Site, fuzzing: Fuzzing, form: str
) -> None:
    needed = {"id", "status", "backend", "program_id", "storage"}

    def play(request: Exchange) -> Answer:
        answer = request.upstream()
        document = json.loads(answer.body)
        added = dict.fromkeys(("reason_code", "reason_message", "reason_solution", "usage", "metrics"), MARK)
        changed = {name: value if name in needed else MARK for name, value in {**document, **added}.items()}
        return Answer(answer.status, body(changed, form), answer.headers)

    with standing_between(site.simulator.api_url) as api:
        api.rule("GET", "/v1/jobs/", play)
        through(site, api)
        status = fuzzing.run("run", "--quiet", str(site.job_file()))
    assert status == (76 if form.startswith("deep") else 0)


HEADERS = (
    "Date",
    "Retry-After",
    "ETag",
    "Content-Range",
    "x-amz-request-id",
    "x-amz-meta-a",
)
VALUES = (
    DIGITS,
    f"Mon, 01 Jan {DIGITS} 00:00:00 GMT",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    f"bytes {DIGITS}-{DIGITS}/{DIGITS}",
    f"bytes */{DIGITS}",
    "bytes 0-/*",
    "²",
    "-1",
    "",
    "\x1b[2J",
    "gzip",
)


@pytest.mark.parametrize("status", [200, 206, 404, 416, 400])
def test_no_header_of_the_store_is_a_bug_of_ours(
    site: Site, fuzzing: Fuzzing, failed_job: str, status: int
) -> None:
    with standing_between(site.simulator.store_url) as store:
        through(site, store, "endpoint_url")
        for value in VALUES:
            for names in (("Content-Encoding",), HEADERS):
                headers = tuple((name, value.encode().decode("latin-1")) for name in names)
                answer = Answer(status, b"log", headers)
                store.rule("GET", "logs", lambda _request, answer=answer: answer)
                store.rule("HEAD", "logs", lambda _request, answer=answer: answer)
                fuzzing.run("logs", failed_job)


@pytest.mark.parametrize("form", [*HOSTILE.values(), "&#" + DIGITS + ";", "&#xffffffff;"])
def test_no_refusal_of_the_store_is_a_bug_of_ours(
    site: Site, fuzzing: Fuzzing, failed_job: str, form: str
) -> None:
    with standing_between(site.simulator.store_url) as store:
        through(site, store, "endpoint_url")
        for name in ("Code", "Message", "RequestId", "Region", "ServerTime"):
            parts = {"Code": "AccessDenied", "Message": "m", "ServerTime": "2026-01-01T00:00:00Z", name: form}
            inner = "".join(f"<{key}>{value}</{key}>" for key, value in parts.items())
            answer = Answer(403, f"<Error>{inner}</Error>".encode())
            store.rule("GET", "logs", lambda _request, answer=answer: answer)
            fuzzing.run("logs", failed_job)


class Headers:
    """An answer of which only status and headers count."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    is_chunked = False

    def close(self) -> None: ...


@pytest.mark.parametrize("value", VALUES)
def test_a_length_that_is_none_is_as_good_as_no_length(value: str) -> None:
    assert opened(Headers(200, Content_Length=value), "o").size is None  # type: ignore[arg-type]
    assert size_of_unsatisfied_range(Headers(416, Content_Range=value)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("value", VALUES)
def test_a_date_that_is_none_tells_nothing_of_our_clock(value: str) -> None:
    assert http_date_secs(value) is None or abs(http_date_secs(value) or 0) < 1e12
    wrong_clock({"Date": value}, SystemClock())
