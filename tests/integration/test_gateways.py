"""What the command makes of whoever stands before the API or the store, and answers in their place."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from direct_access.errors import DirectAccessError, JobVanishedError, WaitEndedError
from direct_access.simulator.jobs.scenario import OutcomeRule, Pace
from tests.integration.one_clock import World, world_of
from tests.support.between import HANG_UP, Answer, Between, Exchange, lead_through, standing_between

from .conftest import Site

JSON = (("Content-Type", "application/json"),)
HTML = (("Content-Type", "text/html"),)
UNKNOWN_JOB = Answer(
    404, b'{"status_code": 404, "errors": [{"code": "1291", "message": "Job not found."}]}', JSON
)
GATEWAYS_404 = {
    "text": Answer(404, b"default backend - 404"),
    "empty": Answer(404),
    "framework": Answer(404, b'{"detail":"Not Found"}', JSON),
    "page": Answer(404, b"<html><head><title>404 Not Found</title></head></html>", HTML),
    "code": Answer(404, b'{"errors": [{"code": 404, "message": "Not Found"}]}', JSON),
}
ODD = {
    "redirect": Answer(302, b"", (("Location", "https://login.example.org/"),)),
    "not implemented": Answer(501, b"not implemented"),
    "login page": Answer(200, b"<!DOCTYPE html><title>Log in</title>", HTML),
    "gateway's 404": GATEWAYS_404["text"],
    "bad gateway": Answer(502, b"bad gateway"),
    "no answer": HANG_UP,
}
A_JOB = r"/v1/jobs/[^/]+$"


@pytest.fixture
def api(site: Site) -> Iterator[Between]:
    with standing_between(site.simulator.api_url) as between:
        lead_through(Path(site.environment["DIRECT_ACCESS_CONFIG"]), between)
        yield between


@pytest.fixture
def store(site: Site) -> Iterator[Between]:
    with standing_between(site.simulator.store_url) as between:
        lead_through(Path(site.environment["DIRECT_ACCESS_CONFIG"]), between, part="endpoint_url")
        yield between


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world_of(tmp_path, monkeypatch, Pace.fixed(20.0)) as started:
        yield started


def first(count: int, answer: Answer) -> Callable[[Exchange], Answer | None]:
    """Answer the first requests in the server's place."""
    return lambda request: answer if request.number <= count else None


def after_work(answer: Answer) -> Callable[[Exchange], Answer | None]:
    """Let the server do its work, and answer the first request in its place."""

    def play(request: Exchange) -> Answer | None:
        if request.number > 1:
            return None
        request.upstream()
        return answer

    return play


def wait_for(condition: Callable[[], bool], secs: float = 60.0) -> None:
    until = time.monotonic() + secs
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("answer", [*GATEWAYS_404.values(), UNKNOWN_JOB], ids=[*GATEWAYS_404, "1291"])
def test_a_404_about_the_job_that_passes_ends_nothing(site: Site, api: Between, answer: Answer) -> None:
    api.rule("GET", A_JOB, first(1, answer))
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert site.simulator.jobs.accepted == 1
    assert "1291" not in done.stderr
    assert "direct-access delete" not in done.stderr
    assert site.objects() == []


def test_deleting_a_run_whose_job_lives_keeps_its_objects_whatever_a_replica_says(
    site: Site, api: Between
) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    assert site.run("submit", site.job_file()).returncode == 0
    before = site.objects()
    api.rule("DELETE", A_JOB, first(1, UNKNOWN_JOB))
    done = site.run("delete", site.run_directory)
    assert (done.returncode, "has not ended" in done.stderr) == (65, True), done.stderr
    assert site.objects() == before != []


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_a_job_that_was_accepted_is_executed_once_whatever_was_answered(
    site: Site, api: Between, answer: Answer
) -> None:
    api.rule("POST", r"/v1/jobs$", after_work(answer))
    api.rule("GET", A_JOB, first(1, UNKNOWN_JOB))
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert site.simulator.jobs.accepted == 1
    assert (site.run_directory / "results.json").exists()


def test_what_is_told_of_another_job_is_not_taken_for_ours(site: Site, api: Between) -> None:
    def mixed_up(request: Exchange) -> Answer | None:
        if request.number > 1:
            return None
        told = json.loads(request.upstream().body)
        return Answer(200, json.dumps({**told, "id": "another", "status": "Failed"}).encode(), JSON)

    api.rule("GET", A_JOB, mixed_up)
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert "answered with job another" in done.stderr


@pytest.mark.parametrize("answer", [*GATEWAYS_404.values(), UNKNOWN_JOB], ids=[*GATEWAYS_404, "1291"])
def test_a_cancel_request_that_meets_a_404_is_sent_again(site: Site, api: Between, answer: Answer) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    api.rule("POST", r"/cancel$", first(1, answer))
    process = site.start("run", site.job_file())
    wait_for(lambda: any(line.startswith("GET /v1/jobs/") for line in api.requests))
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "the quantum job was cancelled" in err
    assert site.simulator.jobs.jobs() == []


@pytest.mark.parametrize("answer", GATEWAYS_404.values(), ids=GATEWAYS_404)
def test_a_gateways_404_does_not_lose_the_log(site: Site, store: Between, answer: Answer) -> None:
    store.rule("GET", r"logs", first(2, answer))
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert "what answers there is not the store" in done.stderr
    assert (site.run_directory / "logs.txt").exists()


@pytest.mark.parametrize("asked", ["120", "99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_server_that_asks_for_a_long_wait_does_not_end_ours(world: World, asked: str) -> None:
    with standing_between(world.simulator.api_url) as api:
        world.api_url = api.url
        api.rule("GET", A_JOB, first(1, Answer(503, b"", (("Retry-After", asked),))))
        assert world.run().status == "Completed"


def test_what_the_last_look_met_is_told_at_our_deadline(site: Site, api: Between) -> None:
    api.rule("GET", A_JOB, lambda _: Answer(503, b"down for maintenance"))
    done = site.run("run", "--wait-deadline", "2", site.job_file())
    assert done.returncode == 124, done.stderr
    assert "keeps running (last: the server is in trouble: down for maintenance)" in done.stderr


def test_a_replica_that_lags_for_most_of_half_a_minute_loses_no_job(world: World) -> None:
    with standing_between(world.simulator.api_url) as api:
        world.api_url = api.url
        api.rule("GET", A_JOB, lambda _: UNKNOWN_JOB if world.clock.boottime() < 25 else None)
        api.rule("POST", r"/v1/jobs$", after_work(HANG_UP))
        assert world.run().status == "Completed"
    assert world.simulator.jobs.accepted == 1


def test_a_job_that_a_second_post_finds_but_nobody_shows_is_left_in_doubt(world: World) -> None:
    with standing_between(world.simulator.api_url) as api:
        world.api_url = api.url
        api.rule("GET", A_JOB, lambda _: UNKNOWN_JOB)
        api.rule("POST", r"/v1/jobs$", after_work(HANG_UP))
        with pytest.raises(WaitEndedError, match="exists, but does not show it"):
            world.run()
        assert api.requests.count("POST /v1/jobs") == 2
    assert world.simulator.jobs.accepted == 1
    assert any("input" in name or "params" in name for name in world.objects())
    assert world.journal()["step"] == "submit"


def test_a_job_that_is_gone_has_vanished_after_half_a_minute(world: World) -> None:
    with standing_between(world.simulator.api_url) as api:
        world.api_url = api.url
        api.rule("GET", A_JOB, lambda request: None if request.number < 3 else UNKNOWN_JOB)
        with pytest.raises(JobVanishedError, match="no longer knows job") as caught:
            world.run()
    assert caught.value.code == "1291"
    assert 30 <= world.clock.boottime() < 60


def test_a_gateway_without_an_api_behind_it_is_a_matter_of_configuration_after_a_while(world: World) -> None:
    with standing_between(world.simulator.api_url) as api:
        world.api_url = api.url
        for method in ("GET", "POST"):
            api.rule(method, r"/v1/jobs", lambda _: GATEWAYS_404["text"])
        with pytest.raises(DirectAccessError, match="what answers there is not the API") as caught:
            world.run()
    assert (caught.value.kind, caught.value.code) == ("configuration", None)
    assert 60 <= world.clock.boottime() < 120


@pytest.mark.parametrize(
    "answer", [ODD["redirect"], ODD["not implemented"], ODD["login page"], GATEWAYS_404["text"]]
)
def test_results_stay_where_only_a_gateway_answers_once_the_job_was_accepted(
    site: Site, api: Between, answer: Answer
) -> None:
    def accepted_first(request: Exchange) -> Answer:
        if request.number == 1:
            request.upstream()
        return answer

    api.rule("POST", r"/v1/jobs$", accepted_first)
    api.rule("GET", A_JOB, lambda _: answer)
    failed = site.run("run", "--wait-deadline", "2", site.job_file())
    assert failed.returncode in (76, 78), failed.stderr
    assert "the job may exist" in failed.stderr
    assert f"direct-access collect {site.run_directory}" in failed.stderr
    for method in ("POST", "GET"):
        api.rule(method, "", lambda _: None)
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert site.simulator.jobs.accepted == 1


def test_a_login_page_is_no_answer_to_a_cancel_request(site: Site, api: Between) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    api.rule("POST", r"/cancel$", lambda _: ODD["login page"])
    process = site.start("run", site.job_file())
    wait_for(lambda: any(line.startswith("GET /v1/jobs/") for line in api.requests))
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "could not be cancelled" in err
    assert f"direct-access collect {site.run_directory}" in err
    assert site.journal["step"] == "wait"


def test_a_login_page_does_not_make_a_job_deleted(site: Site, api: Between) -> None:
    api.rule("DELETE", A_JOB, lambda _: ODD["login page"])
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert f"direct-access delete {site.run_directory}" in done.stderr


@pytest.mark.parametrize(
    "headers", [(), (("X-Request-Id", "ingress-1"),)], ids=["no request id", "request id of an ingress"]
)
def test_a_bad_gateway_after_the_job_was_accepted_leaves_it_in_doubt_at_our_deadline(
    site: Site, api: Between, headers: tuple[tuple[str, str], ...]
) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    api.rule("POST", r"/v1/jobs$", after_work(Answer(502, b"bad gateway", headers)))
    api.rule("GET", A_JOB, lambda _: UNKNOWN_JOB)
    done = site.run("run", "--wait-deadline", "2", site.job_file())
    assert done.returncode == 124, done.stderr
    assert f"direct-access collect {site.run_directory}" in done.stderr
    assert any("/params:" in name for name in site.objects())
    assert site.journal["step"] == "submit"


REFUSALS = {
    "access": Answer(403, b'{"errors": [{"code": "1200", "message": "no"}]}', JSON),
    "page": Answer(400, b"<html><title>Bad Request</title></html>", HTML),
    "conflict": Answer(409, b'{"errors": [{"code": 409, "message": "Conflict"}]}', JSON),
}


def killed_when_its_job_was_accepted(site: Site, api: Between) -> None:
    killed: list[int] = []

    def play(request: Exchange) -> Answer | None:
        if request.number == 1:
            request.upstream()
            killed.append(1)
            process.kill()
            return HANG_UP
        return None

    api.rule("POST", r"/v1/jobs$", play)
    process = site.start("run", site.job_file())
    process.communicate(timeout=60)
    assert killed


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_loses_no_job_that_a_killed_process_has_sent(
    site: Site, api: Between, refusal: Answer
) -> None:
    killed_when_its_job_was_accepted(site, api)
    api.rule("POST", r"/v1/jobs$", lambda _: refusal)
    api.rule("GET", A_JOB, lambda _: UNKNOWN_JOB)
    lagging = site.run("run", "--wait-deadline", "2", site.job_file())
    assert lagging.returncode == 124, lagging.stderr
    api.rule("GET", A_JOB, lambda _: None)
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert site.simulator.jobs.accepted == 1
    assert (site.run_directory / "results.json").exists()


def test_without_a_token_no_job_is_lost_that_a_killed_process_has_sent(site: Site, api: Between) -> None:
    killed_when_its_job_was_accepted(site, api)
    configuration = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    right = configuration.read_text()
    with standing_between(site.simulator.iam_url) as iam:
        iam.rule("POST", "", lambda _: Answer(400, b'{"errorCode": "BXNIM0415E"}', JSON))
        lead_through(configuration, iam, part="iam_url")
        for token in site.home.glob("direct-access*/*"):
            token.unlink()
        refused = site.run("run", site.job_file())
    assert refused.returncode == 124, refused.stderr
    configuration.write_text(right)
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert site.simulator.jobs.accepted == 1
