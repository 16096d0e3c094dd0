"""Texts of servers that would play with a terminal, forge our lines, or hold us for minutes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.support.between import Answer, Between, Exchange, lead_through, standing_between

from .conftest import Site

EVIL = "\x1b[2J\x9b31m\u202etxt\r\ndirect-access: finished: all is well\ndirect-access:   next: rm -rf ~"
LONG = 120_000


def hostile(document: Any, text: str) -> Any:
    """Return a document with a text in place of each text that is for people."""
    shown = {"reason_message", "reason_solution", "message", "solution", "version", "created_time"}
    if isinstance(document, dict):
        if "program_id" in document:
            document["reason_message"] = document["reason_solution"] = text
        return {name: text if name in shown else hostile(value, text) for name, value in document.items()}
    return [hostile(entry, text) for entry in document] if isinstance(document, list) else document


def changing(text: str) -> Any:
    def play(request: Exchange) -> Answer:
        answer = request.upstream()
        document = hostile(json.loads(answer.body), text)
        return Answer(answer.status, json.dumps(document).encode(), answer.headers)

    return play


def assert_plain(text: str) -> None:
    """Assert that nothing plays with a terminal, and that no line is the server's."""
    assert {unicodedata.category(one) for one in text if one != "\n"} & {"Cc", "Cf", "Zl", "Zp"} == set()
    assert [
        line
        for line in text.splitlines()
        if line.startswith(("direct-access: finished", "direct-access:   "))
    ] == []


def api_of(site: Site, text: str, between: Between) -> None:
    for path in (r"/v1/jobs", r"/v1/backends"):
        between.rule("GET", path, changing(text))
    lead_through(Path(site.environment["DIRECT_ACCESS_CONFIG"]), between)


def test_nothing_that_the_api_says_plays_with_a_terminal_or_forges_a_line(site: Site) -> None:
    site.simulator.outcomes.add(OutcomeRule(status="Failed"))
    with standing_between(site.simulator.api_url) as api:
        api_of(site, EVIL, api)
        ran = site.run("run", "--keep", "all", site.job_file())
        assert ran.returncode == 4, ran.stderr
        job_id = site.journal["job_id"]
        for command in (("list",), ("status", job_id), ("status", site.run_directory), ("backends",)):
            shown = site.run(*command)
            assert shown.returncode == 0, shown.stderr
            assert_plain(shown.stdout)
        assert_plain(ran.stderr)
        told = json.loads(site.run("status", job_id, "--format", "json").stdout)
    assert told["document"]["reason_message"] == EVIL


def test_what_iam_says_is_one_short_line(site: Site) -> None:
    refusal = json.dumps({"errorCode": "BXNIM0415E" + EVIL, "errorMessage": EVIL + "x" * LONG}).encode()
    with standing_between(site.simulator.iam_url) as iam:
        iam.rule("POST", "/identity/token", lambda _request: Answer(400, refusal))
        lead_through(Path(site.environment["DIRECT_ACCESS_CONFIG"]), iam, part="iam_url")
        shown = site.run("list")
    assert shown.returncode == 77, shown.stderr
    assert_plain(shown.stderr)
    assert len(shown.stderr) < 2000


@pytest.mark.parametrize("filler", ["http://", "eyJ-", "X-Amz-", "http://a@"])
def test_a_job_with_a_long_reason_is_listed_at_once(site: Site, filler: str) -> None:
    site.simulator.outcomes.add(OutcomeRule(status="Failed"))
    site.run("run", "--keep", "all", site.job_file())
    with standing_between(site.simulator.api_url) as api:
        api_of(site, filler * (8 * LONG // len(filler)), api)
        before = os.times()
        shown = site.run("list")
        after = os.times()
    assert shown.returncode == 0, shown.stderr
    assert after.children_user - before.children_user < 5  # minutes, if the time grew with the square


def test_a_log_comes_byte_for_byte_into_a_pipe_and_as_plain_text_to_a_terminal(site: Site) -> None:
    log = b"one\n\x1b[2Jtwo\xff\xc3\xa9\n"
    site.run("run", site.job_file())
    (site.run_directory / "logs.txt").write_bytes(log)
    piped = subprocess.run(
        [sys.executable, "-m", "direct_access", "logs", str(site.run_directory)],
        env=site.environment,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert piped.stdout == log
    ours, terminal = pty.openpty()
    with os.fdopen(terminal, "wb") as out:
        subprocess.run(
            [sys.executable, "-m", "direct_access", "logs", str(site.run_directory)],
            env=site.environment,
            stdout=out,
            timeout=60,
            check=True,
        )
    with os.fdopen(ours, "rb") as seen:
        assert seen.read1(1000).decode() == "one\r\n\\x1b[2Jtwo\ufffdé\r\n"
