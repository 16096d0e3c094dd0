from __future__ import annotations

import pytest

from direct_access.errors import SignalError, TryAgainError, UnavailableError, WaitEndedError
from direct_access.journal import Step
from direct_access.retry.repeat import Interrupted

from .conftest import Site


def busy(retry_after_secs: float | None = None, http_status: int = 429) -> TryAgainError:
    return TryAgainError(
        "lanes full", http_status=http_status, retryable=True, retry_after_secs=retry_after_secs
    )


@pytest.mark.parametrize("http_status", [429, 423])
def test_a_busy_backend_is_waited_for(site: Site, http_status: int) -> None:
    site.service.fail("submit", *[busy(http_status=http_status) for _ in range(10)])
    assert site.run().status == "Completed"
    assert site.service.calls.count("submit") == 11
    assert len(site.service.submissions) == 1


def test_the_server_says_when_to_try_again(site: Site) -> None:
    tries: list[float] = []
    site.service.before["submit"] = lambda: tries.append(site.clock.boottime())
    site.service.fail("submit", busy(30), busy(30))
    site.run()
    assert tries == pytest.approx([0, 30, 60])


def test_whoever_watches_is_told_why_nothing_happens(site: Site) -> None:
    site.service.fail("submit", busy(30))
    site.run()
    told = [line for line in site.told.lines if line.startswith("again: lanes full; since ")]
    assert len(told) == 1
    assert "next attempt in 30 s" in told[0]


def test_on_busy_fail_does_not_wait_and_leaves_nothing(site: Site) -> None:
    site.service.fail("submit", busy(30))
    with pytest.raises(TryAgainError, match="lanes full"):
        site.run(on_busy="fail")
    assert site.clock.boottime() == 0
    assert (site.service.objects, site.service.jobs) == ({}, {})


def test_a_deadline_before_the_job_exists_is_try_again_and_leaves_nothing(site: Site) -> None:
    site.deadline = 100.0
    site.service.before["submit"] = lambda: site.service.fail("submit", busy())
    with pytest.raises(TryAgainError):
        site.run()
    assert site.clock.boottime() == pytest.approx(100)
    assert (site.service.objects, site.service.jobs) == ({}, {})
    assert site.journal().step is Step.UPLOAD


def test_whatever_the_server_asks_for_the_last_attempt_is_made_at_the_deadline(site: Site) -> None:
    site.deadline = 30.0
    site.service.fail("submit", busy(500), busy(1e300))
    with pytest.raises(TryAgainError):
        site.run()
    assert site.clock.boottime() == pytest.approx(30)


def test_a_service_that_is_away_is_unavailable_and_leaves_nothing(site: Site) -> None:
    site.service.fail("submit", UnavailableError("no answer"))
    with pytest.raises(UnavailableError):
        site.run()
    assert (site.service.objects, site.service.jobs) == ({}, {})


def test_a_wish_to_end_while_the_backend_is_busy_ends_at_once(site: Site) -> None:
    site.service.before["submit"] = lambda: site.control.end(SignalError("ended by SIGTERM"))
    site.service.fail("submit", busy(3600))
    with pytest.raises(SignalError):
        site.run()
    assert site.service.calls.count("submit") == 1


def test_detaching_before_the_job_exists_says_that_there_is_none(site: Site) -> None:
    site.service.before["submit"] = lambda: site.control.end(WaitEndedError("detached", advice="collect"))
    site.service.fail("submit", busy(3600))
    with pytest.raises(TryAgainError, match="lanes full"):
        site.run()
    assert site.service.objects == {}
    site.service.before.clear()
    assert site.run().status == "Completed"


def test_a_request_that_is_told_to_stop_ends_as_whatever_told_it(site: Site) -> None:
    def stop() -> None:
        site.control.end(SignalError("ended by SIGTERM"))
        raise Interrupted

    site.service.before["submit"] = stop
    with pytest.raises(SignalError):
        site.run()
    assert site.service.objects != {}
    assert site.journal().step is Step.SUBMIT
