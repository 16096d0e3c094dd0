"""No answer of a server, whatever stands in any of its fields, is a bug of ours: exit status 70."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from direct_access.cli.entry import run_command
from direct_access.clock import SystemClock
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.storage.download import opened, size_of_unsatisfied_range
from direct_access.transport.server_date import http_date_secs, wrong_clock
from tests.support.between import Answer, Between, Exchange, lead_through, standing_between

from .conftest import Site

DIGITS = "9" * 5000
HOSTILE = {
    "digits": DIGITS,
    "negative digits": f"-{DIGITS}",
    "digits as text": f'"{DIGITS}"',
    "infinite": "1e400",
    "not a number": "NaN",
    "deep": "[" * 900 + "]" * 900,
    "deep objects": '{"a":' * 900 + "1" + "}" * 900,
    "long text": '"%s"' % ("http://a@" * 20_000),
    "controls": '"\\ud800\\u001b[2J\\n\\u0000\\u202e"',
    "empty text": '""',
    "fraction": "-1.5",
    "yes": "true",
    "null": "null",
    "list": '[null, 1, "a", {}]',
    "object": '{"a": null}',
    "far date": '"9999-12-31T23:59:59+23:59"',
}
MARK = "@@hostile@@"
INTERNAL_ERROR = 70
COMMAND_SECS = 20.0


def variants(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield the document with each of its values, and itself, marked in turn; of a list the first entry."""
    yield "$", MARK
    if isinstance(document, dict):
        for name, value in document.items():
            for path, marked in variants(value):
                yield f"{name}.{path}", {**document, name: marked}
    elif isinstance(document, list) and document:
        for path, marked in variants(document[0]):
            yield f"0.{path}", [marked, *document[1:]]


@dataclass
class Changing:
    """A rule that changes one answer: its ``number``-th variant, with a hostile form in it."""

    form: str
    number: int = 0
    count: int = 0

    def __call__(self, request: Exchange) -> Answer:
        answer = request.upstream()
        found = list(variants(json.loads(answer.body)))
        self.count = len(found)
        document = json.dumps(found[self.number % len(found)][1]).replace(f'"{MARK}"', HOSTILE[self.form])
        return Answer(answer.status, document.encode(), answer.headers)


class Fuzzing:
    """Runs commands in this process, where a bug of ours is an exception or exit status 70."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        monkeypatch.chdir(site.home)
        for name, value in site.environment.items():
            monkeypatch.setenv(name, value)

    def run(self, *arguments: str) -> int:
        for token in self.site.home.glob("direct-access*/*"):
            token.unlink()
        began = time.thread_time()
        status = run_command(arguments)
        assert time.thread_time() - began < COMMAND_SECS, arguments
        assert status != INTERNAL_ERROR, arguments
        return status

    def each_field(self, between: Between, method: str, path: str, *arguments: str) -> None:
        """Run a command once for each field of an answer and each form, in turns over the forms."""
        for form in HOSTILE:
            play = Changing(form)
            between.rule(method, path, play)
            self.run(*arguments)
            for number in range(1, play.count):
                play.number = number
                self.run(*arguments)


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
        fuzzing.each_field(api, "GET", f"/v1/jobs/{failed_job}$", "status", failed_job)
        fuzzing.each_field(api, "GET", "/v1/jobs$", "list")


def test_no_field_of_a_backend_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing) -> None:
    with standing_between(site.simulator.api_url) as api:
        through(site, api)
        fuzzing.each_field(api, "GET", "/v1/backends$", "backends")


def test_no_field_of_iam_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing) -> None:
    with standing_between(site.simulator.iam_url) as iam:
        through(site, iam, "iam_url")
        fuzzing.each_field(iam, "POST", "/identity/token$", "list")
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
    for form in HOSTILE.values():
        for _, marked in variants(document):
            body = json.dumps(marked).replace(f'"{MARK}"', form).encode()
            between.rule(method, path, lambda _request, body=body: Answer(status, body))
            fuzzing.run("list")


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
        body = json.dumps(changed).replace(f'"{MARK}"', HOSTILE[form])
        return Answer(answer.status, body.encode(), answer.headers)

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
    "Content-Encoding",
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
        for name in HEADERS:
            for value in VALUES:
                answer = Answer(status, b"log", ((name, value.encode().decode("latin-1")),))
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
            body = "".join(f"<{key}>{value}</{key}>" for key, value in parts.items())
            answer = Answer(403, f"<Error>{body}</Error>".encode())
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
