from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.units import DURATION_FORMS, format_duration, format_size, parse_duration_secs

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("0", 0),
        ("0600", 600),
        ("1.5", 1.5),
        (" 90 ", 90),
        ("10:30", 630),
        ("1:30:00", 5400),
        ("00:00:01", 1),
        ("100:00:00", 100 * HOUR),
        ("0-0", 0),
        ("1-0", DAY),
        ("1-12", DAY + 12 * HOUR),
        ("1-12:30", DAY + 12 * HOUR + 30 * 60),
        ("2-03:04:05", 2 * DAY + 3 * HOUR + 4 * 60 + 5),
        ("250ms", 0.25),
        ("30s", 30),
        ("10m", 600),
        ("2h", 2 * HOUR),
        ("1.5 h", 1.5 * HOUR),
        ("7d", 7 * DAY),
    ],
)
def test_text_is_read_as_slurm_and_people_write_durations(text: str, seconds: float) -> None:
    assert parse_duration_secs(text) == pytest.approx(seconds)


@pytest.mark.parametrize("number", [0, 600, 0.25, 1e6])
def test_a_number_is_seconds(number: float) -> None:
    assert parse_duration_secs(number) == number


@pytest.mark.parametrize(
    "value",
    [
        *("", "soon", "-5", "1:2:3:4", "1-", "-1:00", "10 x", "1e3", "10M", "1:30m", "٣"),
        *(None, True, [], -1, -0.5, float("nan"), float("inf"), float("-inf")),
    ],
)
def test_anything_else_is_refused_with_the_allowed_forms(value: object) -> None:
    with pytest.raises(ValueError, match="not a valid duration; allowed: ") as caught:
        parse_duration_secs(value)
    assert DURATION_FORMS in str(caught.value)


@pytest.mark.parametrize(
    "value", [10**400, "9" * 400, "9" * 400 + ":00", "9" * 400 + "d", "9" * 400 + "-1", "9" * 5000]
)
def test_a_duration_beyond_all_numbers_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"not a valid duration|too long"):
        parse_duration_secs(value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00 s"),
        (0.42, "0.42 s"),
        (9.994, "9.99 s"),
        (9.999, "10 s"),
        (12, "12 s"),
        (59.4, "59 s"),
        (59.6, "1:00"),
        (185, "3:05"),
        (3599.6, "1:00:00"),
        (3723, "1:02:03"),
        (86_399.9, "1-00:00:00"),
        (183_845, "2-03:04:05"),
    ],
)
def test_durations_are_printed_for_people(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.floats(min_value=0, max_value=400 * DAY))
def test_a_printed_duration_reads_as_what_it_was_up_to_rounding(seconds: float) -> None:
    rounding = 0.005 if seconds < 9.9 else 0.5
    assert parse_duration_secs(format_duration(seconds)) == pytest.approx(seconds, abs=rounding + 1e-6)


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (17, "17 B"),
        (1023, "1023 B"),
        (1536, "1.5 KiB"),
        (1 << 30, "1.0 GiB"),
        (5 << 40, "5.0 TiB"),
        (5 << 50, "5120.0 TiB"),
    ],
)
def test_sizes_are_printed_in_powers_of_1024(size_bytes: int, text: str) -> None:
    assert format_size(size_bytes) == text
