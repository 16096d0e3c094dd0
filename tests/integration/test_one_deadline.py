"""One deadline bounds everything that a run does, whoever is silent, slow, or cuts it off."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.between import Answer, Exchange, lead_through, standing_between
from tests.support.slow_server import silent, trickling

from .conftest import Site

DEADLINE_SECS = 3
LATE_SECS = 12
"""Grace, the mark that the job was left, the start of the command, and a busy machine."""


def configuration_of(site: Site) -> Path:
    return Path(site.environment["DIRECT_ACCESS_CONFIG"])


@contextmanager
def in_time() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < DEADLINE_SECS + LATE_SECS


def run(site: Site) -> subprocess.CompletedProcess[str]:
    return site.run("run", site.job_file(), "--wait-deadline", str(DEADLINE_SECS))


@pytest.mark.parametrize(("part", "status"), [("iam_url", 69), ("url", 124), ("endpoint_url", 74)])
@pytest.mark.parametrize("slow", [silent, trickling])
def test_a_server_that_takes_its_time_ends_the_run_at_its_deadline(
    site: Site, part: str, status: int, slow: Callable[[], AbstractContextManager[Any]]
) -> None:
    with slow() as server:
        lead_through(configuration_of(site), server, part=part)
        with in_time():
            ended = run(site)
    assert ended.returncode == status, ended.stderr
    assert site.simulator.jobs.jobs() == []


def hanging(request: Exchange) -> Answer | None:
    threading.Event().wait(60)
    return None


def cut(request: Exchange) -> Answer:
    return replace(request.upstream(), cut_after=10)


def trickled(request: Exchange) -> Answer:
    return replace(request.upstream(), byte_every_secs=0.2, cut_after=10)


@pytest.mark.parametrize("play", [hanging, cut, trickled])
def test_results_that_do_not_come_leave_everything_to_be_collected(
    site: Site, play: Callable[[Exchange], Answer | None]
) -> None:
    configuration = configuration_of(site)
    direct = configuration.read_text()
    with standing_between(site.simulator.store_url) as store:
        store.rule("GET", r"results", play)
        lead_through(configuration, store, part="endpoint_url")
        with in_time():
            ended = run(site)
    assert ended.returncode == 74, ended.stderr
    assert f"direct-access collect {site.run_directory}" in ended.stderr
    assert len(site.simulator.jobs.jobs()) == 1
    configuration.write_text(direct)
    collected = site.run("collect", site.run_directory)
    assert collected.returncode == 0, collected.stderr
    assert json.loads((site.run_directory / "results.json").read_bytes())
    assert site.objects() == []


def test_polls_that_are_not_answered_leave_the_job(site: Site) -> None:
    with standing_between(site.simulator.api_url) as api:
        api.rule("GET", r"/v1/jobs/", hanging)
        lead_through(configuration_of(site), api)
        with in_time():
            ended = run(site)
    assert ended.returncode == 124, ended.stderr
    assert f"direct-access collect {site.run_directory}" in ended.stderr
    assert len(site.simulator.jobs.jobs()) == 1


def test_results_that_trickle_without_any_deadline_are_a_broken_exchange(site: Site) -> None:
    """Once they trickle, then they come: the run goes on at the byte where it gave up."""
    configuration = configuration_of(site)
    with standing_between(site.simulator.store_url) as store:
        store.rule("GET", r"results", lambda seen: trickled(seen) if seen.number == 1 else None)
        lead_through(configuration, store, part="endpoint_url")
        configuration.write_text(configuration.read_text() + "network: {read_timeout_secs: 1}\n")
        done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert "less than 1024 bytes a second" in done.stderr


def test_term_during_an_upload_that_hangs_says_that_the_object_may_still_arrive(site: Site) -> None:
    arrived, let_go, stored = threading.Event(), threading.Event(), threading.Event()

    def late(request: Exchange) -> Answer:
        arrived.set()
        let_go.wait(60)
        answer = request.upstream()
        stored.set()
        return answer

    with standing_between(site.simulator.store_url) as store:
        store.rule("PUT", r"params", late)
        lead_through(configuration_of(site), store, part="endpoint_url")
        process = site.start("run", site.job_file())
        assert arrived.wait(60)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        let_go.set()
        assert stored.wait(60)
        assert process.returncode == 128 + signal.SIGTERM
        assert "params object may still arrive" in said
        assert f"direct-access delete {site.run_directory}" in said
        assert len(site.objects()) == 1
        deleted = site.run("delete", site.run_directory)
        assert deleted.returncode == 0, deleted.stderr
        assert site.objects() == []
