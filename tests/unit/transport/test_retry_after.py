from __future__ import annotations

import pytest

from direct_access.clock import ManualClock
from direct_access.transport.retry_after import retry_after_secs


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(wall=1_000_000.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 0 "}, 0.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "Mon, 12 Jan 1970 13:46:50 GMT"}, 10.0),
        ({"Retry-After": "Mon, 12 Jan 1970 13:46:00 GMT"}, 0.0),
        (
            {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT", "Date": "Fri, 31 Dec 1999 23:59:29 GMT"},
            30.0,
        ),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    clock: ManualClock, headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after_secs(headers, clock) == seconds


@pytest.mark.parametrize(
    "text", ["99999999999", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 99999999 23:59:59 GMT"]
)
def test_a_retry_after_beyond_reason_is_a_day_at_most(clock: ManualClock, text: str) -> None:
    assert retry_after_secs({"Retry-After": text}, clock) in (86_400.0, None)
