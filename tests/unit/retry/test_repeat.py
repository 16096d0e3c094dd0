from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from direct_access.clock import ManualClock
from direct_access.errors import (
    AccessError,
    DirectAccessError,
    StoreError,
    TryAgainError,
    UnavailableError,
)
from direct_access.retry.notice import WaitNotice
from direct_access.retry.policies import (
    CONNECTION,
    IAM,
    LANES_FULL,
    REQUEST,
    REQUEST_TIMEOUT,
    RESERVED,
    SERVER,
    STORE,
)
from direct_access.retry.policy import RetryPolicy
from direct_access.retry.repeat import Interrupted, Patience, repeat

POLICY = RetryPolicy("test", (UnavailableError,), first_secs=1, factor=2, max_secs=10)


def unavailable(**fields: object) -> UnavailableError:
    return UnavailableError("no answer", retryable=True, **fields)  # type: ignore[arg-type]


class Attempts:
    """Fails with each of the errors in turn, then with the last one for ever, or succeeds after them."""

    def __init__(self, clock: ManualClock, *errors: DirectAccessError, for_ever: bool = False) -> None:
        self._clock = clock
        self._errors = errors
        self._for_ever = for_ever
        self.times: list[float] = []

    def __call__(self) -> str:
        number = len(self.times)
        self.times.append(self._clock.boottime())
        if number < len(self._errors):
            raise self._errors[number]
        if self._for_ever:
            raise self._errors[-1]
        return "done"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(wall=1_000_000.0)


@pytest.fixture
def notices() -> list[WaitNotice]:
    return []


@pytest.fixture
def patience(clock: ManualClock, notices: list[WaitNotice]) -> Patience:
    """Patience without jitter."""
    return Patience(clock, notify=notices.append, random=lambda: 0.5)


def test_a_success_is_returned_without_waiting(
    clock: ManualClock, patience: Patience, notices: list[WaitNotice]
) -> None:
    assert repeat(POLICY, patience, Attempts(clock)) == "done"
    assert (clock.boottime(), notices) == (0.0, [])


def test_delays_grow_by_the_factor_up_to_the_largest(clock: ManualClock, patience: Patience) -> None:
    attempts = Attempts(clock, *[unavailable()] * 6)
    assert repeat(POLICY, patience, attempts) == "done"
    assert attempts.times == [0, 1, 3, 7, 15, 25, 35]


@pytest.mark.parametrize(("random", "second"), [(0.0, 0.9), (1.0, 1.1)])
def test_jitter_is_a_tenth_either_way(
    clock: ManualClock, patience: Patience, random: float, second: float
) -> None:
    attempts = Attempts(clock, unavailable())
    repeat(POLICY, replace(patience, random=lambda: random), attempts)
    assert attempts.times == pytest.approx([0, second])


@pytest.mark.parametrize(
    "error",
    [
        AccessError("not authenticated", http_status=401, retryable=True),
        UnavailableError("down for good", retryable=False),
    ],
)
def test_what_no_policy_covers_is_raised_at_once(
    clock: ManualClock, patience: Patience, error: DirectAccessError
) -> None:
    attempts = Attempts(clock, error)
    with pytest.raises(type(error)):
        repeat(POLICY, patience, attempts)
    assert attempts.times == [0]


def test_an_error_of_another_kind_is_raised_at_once(patience: Patience) -> None:
    def fail() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        repeat(POLICY, patience, fail)


def test_retry_after_lengthens_the_delay_but_never_shortens_it(
    clock: ManualClock, patience: Patience
) -> None:
    attempts = Attempts(clock, unavailable(retry_after_secs=30.0), unavailable(retry_after_secs=0.1))
    repeat(POLICY, patience, attempts)
    assert attempts.times == [0, 30, 32]


def test_attempts_are_bounded(clock: ManualClock, patience: Patience) -> None:
    attempts = Attempts(clock, unavailable(), for_ever=True)
    with pytest.raises(UnavailableError):
        repeat(replace(POLICY, attempts=3), patience, attempts)
    assert len(attempts.times) == 3


def test_the_last_attempt_is_made_when_the_policys_time_ends(clock: ManualClock, patience: Patience) -> None:
    attempts = Attempts(clock, unavailable(), for_ever=True)
    with pytest.raises(UnavailableError):
        repeat(replace(POLICY, total_secs=10), patience, attempts)
    assert attempts.times == [0, 1, 3, 7, 10]


def test_the_policys_time_counts_from_the_first_failure(clock: ManualClock, patience: Patience) -> None:
    clock.advance(100)
    attempts = Attempts(clock, unavailable())
    assert repeat(replace(POLICY, total_secs=10), patience, attempts) == "done"


def test_no_attempt_starts_after_the_deadline(clock: ManualClock, patience: Patience) -> None:
    clock.advance(100)
    attempts = Attempts(clock, unavailable(), for_ever=True)
    with pytest.raises(UnavailableError):
        repeat(POLICY, replace(patience, deadline=lambda: 105.0), attempts)
    assert attempts.times == [100, 101, 103, 105]


def test_a_deadline_that_moves_is_asked_again_before_each_wait(
    clock: ManualClock, patience: Patience
) -> None:
    attempts = Attempts(clock, unavailable(), for_ever=True)

    def extended_at_15() -> float:
        return 20.0 if clock.boottime() < 15 else 40.0

    with pytest.raises(UnavailableError):
        repeat(POLICY, replace(patience, deadline=extended_at_15), attempts)
    assert attempts.times == [0, 1, 3, 7, 15, 25, 35, 40]


def test_a_retry_after_beyond_the_deadline_leaves_an_attempt_at_the_deadline(
    clock: ManualClock, patience: Patience
) -> None:
    attempts = Attempts(clock, unavailable(retry_after_secs=60.0), for_ever=True)
    with pytest.raises(UnavailableError):
        repeat(POLICY, replace(patience, deadline=lambda: 59.0), attempts)
    assert attempts.times == [0, 59]


@pytest.mark.parametrize("asked_secs", [121.0, 1e300, float("inf")])
def test_a_retry_after_counts_up_to_a_bound_of_the_policys(
    clock: ManualClock, patience: Patience, asked_secs: float
) -> None:
    attempts = Attempts(clock, unavailable(retry_after_secs=asked_secs))
    assert repeat(replace(POLICY, most_asked_secs=120.0), patience, attempts) == "done"
    assert attempts.times == [0, 120]


def test_stopping_interrupts_a_wait(clock: ManualClock, patience: Patience) -> None:
    def stop(_: WaitNotice) -> None:
        patience.stop.set()

    attempts = Attempts(clock, unavailable(), for_ever=True)
    with pytest.raises(Interrupted) as caught:
        repeat(POLICY, replace(patience, notify=stop), attempts)
    assert isinstance(caught.value.__cause__, UnavailableError)
    assert attempts.times == [0]


def test_a_trouble_is_told_when_it_begins_and_when_it_is_over(
    clock: ManualClock, patience: Patience, notices: list[WaitNotice]
) -> None:
    clock.advance(50)
    error = unavailable()
    repeat(replace(POLICY, total_secs=100), patience, Attempts(clock, error, error))
    began = 1_000_050.0
    assert notices == [
        WaitNotice("test", error, since=began, until=began + 100, next_try_secs=1.0),
        WaitNotice("test", error, since=began, until=began + 100, next_try_secs=None),
    ]


def test_a_long_trouble_is_told_at_growing_intervals(
    clock: ManualClock, patience: Patience, notices: list[WaitNotice]
) -> None:
    told_at: list[float] = []
    attempts = Attempts(clock, *[unavailable()] * 60)
    repeat(POLICY, replace(patience, notify=lambda _notice: told_at.append(clock.boottime())), attempts)
    assert told_at == [0, 35, 75, 155, 315, attempts.times[-1]]


def test_each_policy_keeps_its_own_count(clock: ManualClock, patience: Patience) -> None:
    lost = replace(POLICY, name="lost", statuses=frozenset({None}), attempts=3)
    server = replace(POLICY, name="server", statuses=frozenset({503}), attempts=3)
    errors = [unavailable(), unavailable(http_status=503)] * 2
    attempts = Attempts(clock, *errors, unavailable(), for_ever=True)
    with pytest.raises(UnavailableError):
        repeat((lost, server), patience, attempts)
    assert attempts.times == [0, 1, 2, 4, 6]


@pytest.mark.parametrize(
    ("error", "policy"),
    [
        (unavailable(), CONNECTION),
        (unavailable(http_status=500), SERVER),
        (unavailable(http_status=503), SERVER),
        (unavailable(http_status=408), REQUEST_TIMEOUT),
        (unavailable(http_status=429), IAM),
    ],
)
def test_every_transient_failure_of_a_request_has_its_policy(
    error: DirectAccessError, policy: RetryPolicy
) -> None:
    assert [candidate for candidate in REQUEST if candidate.covers(error)] == [policy]


@pytest.mark.parametrize("status", [429, 423])
def test_a_busy_backend_is_no_failure_of_a_request(status: int) -> None:
    busy = TryAgainError("lanes full", http_status=status, retryable=True)
    assert not any(policy.covers(busy) for policy in REQUEST)
    assert [policy.covers(busy) for policy in (LANES_FULL, RESERVED)] == [status == 429, status == 423]


def test_the_store_policy_covers_any_retryable_answer_of_a_store() -> None:
    assert STORE.covers(unavailable())
    assert STORE.covers(StoreError("SlowDown", http_status=503, retryable=True))
    assert not STORE.covers(StoreError("NoSuchBucket", http_status=404))


@pytest.mark.parametrize("policy", [*REQUEST, STORE])
def test_no_policy_for_requests_goes_on_for_ever(policy: RetryPolicy) -> None:
    assert policy.attempts is not None or policy.total_secs is not None


def test_a_wait_for_a_lane_lasts_as_long_as_patience() -> None:
    assert (LANES_FULL.attempts, LANES_FULL.total_secs) == (None, None)


def test_a_stop_set_before_the_first_failure_ends_the_first_wait(clock: ManualClock) -> None:
    stop = threading.Event()
    stop.set()
    attempts: Callable[[], str] = Attempts(clock, unavailable())
    with pytest.raises(Interrupted):
        repeat(POLICY, Patience(clock, stop), attempts)
    assert clock.boottime() == 0.0
