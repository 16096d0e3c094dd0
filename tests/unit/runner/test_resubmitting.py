"""A job whose input URL expired before the system could use it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from direct_access.errors import JobFailedError
from direct_access.model.jobs import JobStatus

from .conftest import Site
from .memory_service import Crash, Ending

UNREAD = Ending(
    JobStatus.FAILED,
    after_secs=100,
    results=None,
    logs=None,
    reason={"code": 5203, "message": "The input could not be read."},
    quantum_nanoseconds=None,
)


@pytest.fixture
def expired(site: Site) -> Site:
    """A site whose first job finds its URLs expired, and whose next one Completes."""
    site.service.url_expiry_secs = 60.0
    site.service.ending = UNREAD

    def next_time() -> None:
        site.service.ending = Ending()

    site.service.before["forget"] = next_time
    return site


def test_it_is_submitted_again_under_a_new_id(expired: Site) -> None:
    ended = expired.run()
    assert ended.status == "Completed"
    first, second = expired.service.submissions
    assert ended.job_id == second != first
    assert [attempt["job_id"] for attempt in expired.journal().attempts] == [first]
    assert (expired.service.jobs, expired.service.objects) == ({}, {})


@pytest.mark.parametrize("call", ["forget", "stage", "submit"])
def test_a_crash_meanwhile_is_repaired_by_the_same_command(expired: Site, call: str) -> None:
    def crash_the_second_time() -> None:
        if len(expired.service.calls) > 3 and expired.journal().attempts:
            expired.service.crash_after(call)
            expired.service.before.pop(call)
        if call == "forget":
            expired.service.ending = Ending()

    expired.service.before[call] = crash_the_second_time
    with pytest.raises(Crash):
        expired.run()
    assert expired.run().status == "Completed"
    assert len(expired.service.submissions) == 2
    assert (expired.service.jobs, expired.service.objects) == ({}, {})


@pytest.mark.parametrize(
    "ending",
    [
        replace(UNREAD, quantum_nanoseconds=1),
        replace(UNREAD, reason={"code": 5203, "message": "The results could not be written."}),
        replace(UNREAD, reason={}),
        replace(UNREAD, after_secs=1),
    ],
    ids=["it used the quantum system", "another object failed", "no reason is told", "the URL was valid"],
)
def test_a_job_that_failed_otherwise_is_not_submitted_again(expired: Site, ending: Ending) -> None:
    expired.service.ending = ending
    with pytest.raises(JobFailedError):
        expired.run()
    assert len(expired.service.submissions) == 1
