from __future__ import annotations

import json
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.config.settings import Limits
from direct_access.errors import (
    AccessError,
    DirectAccessError,
    SignalError,
    TryAgainError,
    UnavailableError,
    WaitEndedError,
)
from direct_access.journal import Step
from direct_access.model.jobs import JobState, JobStatus
from direct_access.runner.waiting import FIRST_POLL_SECS, poll_delay_secs

from .conftest import Site
from .memory_service import Ending


@pytest.mark.parametrize(
    ("waited", "floor", "delay"),
    [
        (0, 0, 0.25),
        (4, 0, 0.25),
        (5, 0, 0.25),
        (10, 0, 0.5),
        (60, 0, 3),
        (1200, 0, 60),
        (100_000, 0, 60),
        (0, 2, 2),
        (60, 2, 3),
        (100_000, 90, 90),
    ],
)
def test_the_next_poll_comes_after_5_percent_of_the_wait_within_bounds(
    waited: float, floor: float, delay: float
) -> None:
    assert poll_delay_secs(waited, floor, 0) == pytest.approx(delay)


@pytest.mark.parametrize(("jitter", "delay"), [(-1, 2.7), (0, 3), (1, 3.3)])
def test_jitter_moves_a_poll_by_10_percent(jitter: float, delay: float) -> None:
    assert poll_delay_secs(60, 0, jitter) == pytest.approx(delay)


@given(st.floats(0, 1e6), st.floats(0, 600), st.floats(-1, 1))
def test_no_poll_comes_before_the_floor_of_the_site(waited: float, floor: float, jitter: float) -> None:
    delay = poll_delay_secs(waited, floor, jitter)
    assert max(floor, 0.225) <= delay <= max(floor * 1.1, 66)


def test_polls_of_an_hour_are_few_and_adaptive(site: Site) -> None:
    site.service.ending = Ending(after_secs=3600)
    site.run()
    times = site.service.poll_times
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) < 250
    assert times[0] == pytest.approx(FIRST_POLL_SECS)
    assert 0.225 <= gaps[0] <= 0.275
    assert max(gaps) <= 66


def test_a_job_is_seen_to_have_ended_within_5_percent(site: Site) -> None:
    site.service.ending = Ending(after_secs=100)
    site.run()
    assert 100 <= site.service.poll_times[-1] <= 100 * 1.06


def test_the_floor_of_the_site_holds_for_every_poll(site: Site) -> None:
    site.service.ending = Ending(after_secs=30)
    site.run(limits=Limits(min_poll_secs=2))
    times = site.service.poll_times
    assert min(later - earlier for earlier, later in pairwise(times)) >= 2 - 1e-9


def test_a_stage_is_told_once_per_status(site: Site) -> None:
    site.service.ending = Ending(after_secs=60)
    site.run()
    assert [line for line in site.told.lines if line.startswith("wait: ")] == ["wait: Running on ibm_lab"]
    assert "ended: Completed, 1.500 s on the quantum system" in site.told.lines


def test_an_outage_of_the_server_is_survived(site: Site) -> None:
    site.service.fail("status", *[UnavailableError("no answer", retryable=True)] * 20)
    assert site.run().status == "Completed"
    told = [line for line in site.told.lines if line.startswith("again: ")]
    assert "next attempt in" in told[0]
    assert told[-1].startswith("again: over: no answer; since ")
    assert len(told) <= 8


@pytest.mark.parametrize("error", [AccessError("revoked"), UnavailableError("no such host", retryable=False)])
def test_an_error_that_time_does_not_cure_ends_the_wait(site: Site, error: DirectAccessError) -> None:
    site.service.fail("status", error)
    with pytest.raises(type(error)) as caught:
        site.run()
    assert caught.value.stage == "wait"
    assert caught.value.advice == f"direct-access collect {site.directory}"
    assert site.journal().step is Step.WAIT
    assert site.run().status == "Completed"


def test_the_server_says_when_to_ask_again(site: Site) -> None:
    site.service.fail("status", TryAgainError("too many requests", retryable=True, retry_after_secs=30))
    site.service.ending = Ending(after_secs=0.01)
    site.run()
    assert site.clock.boottime() == pytest.approx(30 + FIRST_POLL_SECS)


def test_our_deadline_ends_the_wait_while_the_job_lives_on(site: Site) -> None:
    site.service.ending = Ending(after_secs=3600)
    site.deadline = 100.0
    with pytest.raises(WaitEndedError, match="keeps running") as caught:
        site.run()
    assert site.clock.boottime() == pytest.approx(100)
    assert caught.value.advice == f"direct-access collect {site.directory}"
    assert caught.value.subject in site.service.jobs
    assert site.journal().step is Step.WAIT
    assert "cancel" not in site.service.calls


def test_the_last_look_is_at_the_deadline(site: Site) -> None:
    site.service.ending = Ending(after_secs=99.9)
    site.deadline = 100.0
    assert site.run().status == "Completed"


def test_a_deadline_that_is_over_leaves_one_look(site: Site) -> None:
    site.service.ending = Ending(after_secs=0)
    site.deadline = 0.0
    assert site.run().status == "Completed"
    assert site.service.calls.count("status") == 1


def test_an_outage_until_the_deadline_leaves_the_job(site: Site) -> None:
    site.deadline = 100.0
    site.service.ending = Ending(after_secs=3600)
    site.service.before["status"] = lambda: site.service.fail(
        "status", UnavailableError("away", retryable=True)
    )
    with pytest.raises(WaitEndedError):
        site.run()
    assert site.journal().step is Step.WAIT


def test_a_wish_to_end_ends_the_wait_at_once(site: Site) -> None:
    site.service.ending = Ending(after_secs=3600)
    site.service.before["status"] = lambda: site.control.end(SignalError("ended by SIGTERM"))
    with pytest.raises(SignalError):
        site.run()
    assert site.service.calls.count("status") == 1


def test_a_path_with_spaces_is_quoted_in_the_command(site: Site) -> None:
    site.service.ending = Ending(after_secs=3600)
    site.deadline = 1.0
    with pytest.raises(WaitEndedError) as caught:
        site.run(
            site.plan(
                "program_id: sampler\nbackend: b\ntimeout_secs: 60\nparams: params.json\n"
                f"output_dir: '{site.home}/my run'\n"
            )
        )
    assert caught.value.advice == f"direct-access collect '{site.home}/my run'"


def test_backend_facts_are_asked_once(site: Site) -> None:
    site.service.ending = Ending(after_secs=100)
    site.run()
    assert site.service.calls.count("backend_facts") == 1


@pytest.mark.parametrize("error", [AccessError("may not look"), RuntimeError("told to stop")])
def test_backend_facts_that_cannot_be_had_are_no_obstacle(site: Site, error: Exception) -> None:
    site.service.fail("backend_facts", error)
    assert site.run().status == "Completed"
    assert site.journal().provenance["backend"] == {"name": "ibm_lab", "error": str(error)}


def test_backend_facts_that_never_come_are_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("direct_access.runner.waiting.FACTS_PATIENCE_SECS", 0.05)
    release = threading.Event()
    site.service.before["backend_facts"] = lambda: assert_released(release)
    try:
        assert site.run().status == "Completed"
    finally:
        release.set()
    assert "backend" not in site.journal().provenance


def assert_released(event: threading.Event) -> None:
    assert event.wait(30)


def test_a_text_that_a_server_cut_inside_a_character_is_no_obstacle(site: Site) -> None:
    state = site.service._state

    def cut(job: object) -> JobState:
        full = state(job)  # type: ignore[arg-type]
        return JobState(
            id=full.id,
            status=full.status,
            backend=full.backend,
            program_id=full.program_id,
            reason_message="cut \ud83d",
            document={"reason_message": "cut \ud83d"},
        )

    site.service._state = cut  # type: ignore[method-assign]
    assert site.run().status == "Completed"
    assert json.loads((site.directory / "job-object.json").read_bytes()) == {"reason_message": "cut \ud83d"}


def test_a_status_that_the_service_invents_later_never_counts_as_an_end() -> None:
    assert [status for status in JobStatus if status.is_final] == [
        JobStatus.COMPLETED,
        JobStatus.FAILED,
        JobStatus.CANCELLED,
    ]
