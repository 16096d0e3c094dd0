"""Things to do later, on a clock that may be moved by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from direct_access.clock import ManualClock, SystemClock
from direct_access.simulator.timers import Timers


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def timers(clock: ManualClock) -> Timers:
    return Timers(clock)


@pytest.fixture
def real_timers() -> Iterator[Timers]:
    timers = Timers(SystemClock())
    timers.start()
    yield timers
    timers.stop()


def test_nothing_happens_before_it_is_due(timers: Timers, clock: ManualClock) -> None:
    called: list[str] = []
    timers.after(10, lambda: called.append("due"))
    clock.advance(9.9)
    timers.run_due()
    assert called == []
    clock.advance(0.1)
    timers.run_due()
    assert called == ["due"]


def test_what_is_due_is_called_once_and_in_the_order_of_time(timers: Timers, clock: ManualClock) -> None:
    called: list[int] = []
    for seconds in (3, 1, 2):
        timers.after(seconds, lambda seconds=seconds: called.append(seconds))
    clock.advance(5)
    timers.run_due()
    timers.run_due()
    assert called == [1, 2, 3]


def test_a_cancelled_timer_is_not_called(timers: Timers, clock: ManualClock) -> None:
    called: list[str] = []
    timers.after(1, lambda: called.append("cancelled")).cancel()
    clock.advance(2)
    timers.run_due()
    assert called == []


def test_an_action_may_set_another_timer(timers: Timers, clock: ManualClock) -> None:
    called: list[str] = []
    timers.after(1, lambda: timers.after(0, lambda: called.append("second")) and None)
    clock.advance(1)
    timers.run_due()
    assert called == ["second"]


def test_in_real_time_nobody_has_to_ask(real_timers: Timers) -> None:
    called = threading.Event()
    real_timers.after(3600, lambda: None)
    real_timers.after(0.01, called.set)
    assert called.wait(10)


def test_after_the_stop_nothing_is_called(real_timers: Timers) -> None:
    called = threading.Event()
    real_timers.stop()
    real_timers.after(0, called.set)
    assert not called.wait(0.05)
