"""How often a server has to say that it does not know a job."""

from __future__ import annotations

import pytest

from direct_access.clock import ManualClock
from direct_access.errors import NotFoundError
from direct_access.services.job_absence import Absences

ERROR = NotFoundError("the server knows no job of this id", subject="j-1", http_status=404, code="1291")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_a_job_has_vanished_when_the_server_has_said_so_several_times_over_half_a_minute(
    clock: ManualClock,
) -> None:
    absences = Absences(clock)
    told = []
    for _ in range(7):
        told.append(absences.vanished("j-1", ERROR))
        clock.advance(5)
    assert [error.retryable for error in told] == [True] * 6 + [False]
    assert told[0].message == "the server says that it does not know job j-1"
    assert told[-1].message == "the server no longer knows job j-1"


def test_two_answers_are_not_several_however_far_apart(clock: ManualClock) -> None:
    absences = Absences(clock)
    absences.vanished("j-1", ERROR)
    clock.advance(3600)
    assert absences.vanished("j-1", ERROR).retryable


def test_a_server_that_knows_the_job_after_all_begins_anew(clock: ManualClock) -> None:
    absences = Absences(clock)
    for _ in range(6):
        absences.vanished("j-1", ERROR)
        clock.advance(10)
    absences.clear("j-1")
    assert absences.vanished("j-1", ERROR).retryable
