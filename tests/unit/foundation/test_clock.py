from __future__ import annotations

import threading
import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.clock import ManualClock, SystemClock, boot_id, parse_rfc3339, rfc3339


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock(wall=1000.0)
    assert (clock.wall(), clock.boottime()) == (1000.0, 0.0)


def test_advancing_a_manual_clock_moves_both_times() -> None:
    clock = ManualClock(wall=1000.0)
    clock.advance(5)
    assert (clock.wall(), clock.boottime()) == (1005.0, 5.0)


def test_a_manual_clock_never_goes_backwards() -> None:
    clock = ManualClock()
    clock.advance(-5)
    assert clock.boottime() == 0.0


def test_setting_the_time_of_day_leaves_the_boot_time() -> None:
    clock = ManualClock(wall=1000.0)
    clock.advance(5)
    clock.set_wall(50.0)
    clock.advance(1)
    assert (clock.wall(), clock.boottime()) == (51.0, 6.0)


def test_waiting_on_a_manual_clock_takes_the_time_at_once() -> None:
    clock = ManualClock()
    assert not clock.wait(threading.Event(), 3600)
    assert clock.boottime() == 3600


def test_waiting_for_what_has_happened_takes_no_time() -> None:
    clock, event = ManualClock(), threading.Event()
    event.set()
    assert clock.wait(event, 3600)
    assert clock.boottime() == 0


def test_a_manual_clock_loses_no_time_between_threads() -> None:
    clock = ManualClock()
    threads = [threading.Thread(target=lambda: [clock.advance(1) for _ in range(1000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.boottime() == 4000


def test_the_system_clock_tells_the_time_of_day_and_since_boot() -> None:
    clock = SystemClock()
    assert clock.wall() == pytest.approx(time.time(), abs=1)
    assert clock.boottime() == pytest.approx(time.clock_gettime(time.CLOCK_BOOTTIME), abs=1)


def test_the_system_clock_stops_waiting_when_the_event_is_set() -> None:
    event = threading.Event()
    event.set()
    assert SystemClock().wait(event, 3600)


def test_a_year_has_four_digits() -> None:
    assert rfc3339(-62_000_000_000) == "0005-04-19T09:46:40.000000Z"


@given(st.floats(-62e9, 4e9))
def test_a_time_survives_rfc_3339_up_to_a_microsecond(wall: float) -> None:
    assert parse_rfc3339(rfc3339(wall)) == pytest.approx(wall, abs=2e-6)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-15T12:00:00Z",
        "2026-02-15T12:00:00+00:00",
        "2026-02-15T13:00:00+01:00",
        "2026-02-15T12:00:00.000Z",
        "2026-02-15T12:00:00",
    ],
)
def test_rfc_3339_is_read_with_any_offset_and_without_one_as_utc(text: str) -> None:
    assert parse_rfc3339(text) == 1_771_156_800


@pytest.mark.parametrize("text", ["", "now", "2026-13-01T00:00:00Z", "12:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_rfc3339(text)


def test_the_boot_has_an_id_that_stays() -> None:
    assert uuid.UUID(boot_id())
    assert boot_id() == boot_id()
