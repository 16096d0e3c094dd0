"""The page of figures."""

from __future__ import annotations

import pytest

from bench.measuring import Cost
from bench.report import Section, Target, cost_row, megabytes, page, seconds


def test_a_row_has_the_median_with_extremes_and_the_highest_memory() -> None:
    costs = [Cost(0.1, 0.08, 20_000_000, 8), Cost(0.3, 0.09, 30_000_000, 8), Cost(0.2, 0.07, 25_000_000, 8)]
    assert cost_row("peer", costs) == ["peer", "200 ms (100 ms to 300 ms)", "80 ms", "30 MB", "8"]


def test_a_target_that_is_missed_is_told_as_such() -> None:
    section = Section("Title", "Text.", ["", "wall"], [["ours", "1 ms"]], [Target("fast", "slow", met=False)])
    assert "| fast | slow | **no** |" in page("# Benchmarks", [section])


@pytest.mark.parametrize(("value", "text"), [(0.0123, "12 ms"), (9.5, "9500 ms"), (15.34, "15.3 s")])
def test_times_have_units(value: float, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize(("size", "text"), [(200_000_000, "200 MB"), (1_000_000_000, "1 GB")])
def test_sizes_have_units(size: int, text: str) -> None:
    assert megabytes(size) == text
