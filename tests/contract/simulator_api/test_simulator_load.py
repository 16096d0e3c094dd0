"""Many clients at once, and large results: what :mod:`bench.load` measures, smaller."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.load import pass_large_results, wave
from bench.load_system import LoadedSystem

CLIENTS = 10
JOBS_EACH = 4
MB = 1_000_000


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[LoadedSystem]:
    """A simulator in a process of its own, with a lane for every job."""
    with LoadedSystem(tmp_path, lanes=CLIENTS * JOBS_EACH) as loaded:
        yield loaded


def test_all_jobs_of_many_clients_complete_again_and_again_in_bounded_memory(loaded: LoadedSystem) -> None:
    waves = [wave(loaded, CLIENTS, JOBS_EACH) for _ in range(2)]
    assert [each.statuses for each in waves] == [{"Completed": CLIENTS * JOBS_EACH}] * 2
    assert waves[1].memory_bytes[0] - waves[0].memory_bytes[0] < 16 * MB


def test_large_results_pass_in_constant_memory(loaded: LoadedSystem) -> None:
    arrived, extra_bytes = pass_large_results(loaded, 256 * MB)
    assert arrived == 256 * MB
    assert extra_bytes < 32 * MB
