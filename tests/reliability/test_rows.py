"""Every row of docs/reliability.md is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.integration.conftest import site_of
from tests.reliability.catalogue import ROWS
from tests.reliability.row import Row
from tests.reliability.stage import Stage

EVERY_ROW = [each for rows in ROWS.values() for each in rows]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    settings = SimulatorSettings(execute=False, allowed_stores=("127.0.0.1",))  # what stands before it too
    with Simulator(tmp_path / "simulator", settings) as simulator:
        yield Stage(site_of(simulator, tmp_path))


@pytest.mark.parametrize("row", [pytest.param(each, id=each.name) for each in EVERY_ROW])
def test_what_the_table_says_of_a_fault_is_so(row: Row, stage: Stage) -> None:
    played = row.play(stage)
    found = (played.exit_status, stage.on_server(), stage.on_disk(), stage.site.simulator.jobs.accepted)
    assert found == (row.exit_status, row.server, row.disk, row.executions), played.stderr
    position = 0
    for part in row.shows:
        position = played.stderr.find(part, position)
        assert position >= 0, (part, played.stderr)


def test_no_fault_is_told_twice() -> None:
    faults = [each.fault for each in EVERY_ROW]
    assert len(set(faults)) == len(faults)
