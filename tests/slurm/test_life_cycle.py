"""Every row of the table of life cycles, played on a real cluster with ``proctrack/cgroup``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.plugin import build
from tests.slurm.cluster import Cluster
from tests.slurm.life_cycle.play import play
from tests.slurm.life_cycle.row import Outcome
from tests.slurm.life_cycle.stage import LANES, PARTITIONS, SETTINGS, Played, Stage
from tests.slurm.life_cycle.table import ROWS

PLUGIN = "required {etc}/../direct_access.so names={etc}/qpu-names run={etc}/../qpu-run"
PLAY_SECS = 400
MOST_UNANSWERED = 4  # one asks a dead slurmctld; a busy one may leave a few without an answer, never all


@pytest.fixture
def stage(reason_without_slurm: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The cluster and the simulator."""
    if reason := reason_without_slurm or build.why_not():
        pytest.skip(reason)
    cluster = Cluster(
        nodes=5,
        cpus=64,
        settings=SETTINGS,
        lines=PARTITIONS,
        plugstack=[PLUGIN],
        files={"qpu-names": "ibm_examplesite\n"},
    )
    plugin = build.plugin(tmp_path_factory.mktemp("plugin"))
    shutil.copy(plugin, cluster.directory)
    settings = SimulatorSettings(execute=False, lanes=LANES)
    directory: Path = tmp_path_factory.mktemp("simulator")
    with cluster, Simulator(directory, settings) as simulator:
        yield Stage(cluster, simulator)


# One test, since a test is what one worker runs: the play would be repeated by each.
@pytest.mark.timeout(PLAY_SECS)
def test_slurm_jobs_and_their_quantum_jobs_end_as_the_table_says(stage: Stage) -> None:
    stage.begin(ROWS)
    play(stage)
    wrong = [
        _difference(played, found) for played, found in stage.outcomes() if found != _expected(stage, played)
    ]
    assert not wrong, "\n\n".join(wrong)
    unanswered = [name for name, played in stage.rows.items() if not stage.was_answered(played)]
    assert len(unanswered) <= MOST_UNANSWERED, unanswered
    for played in stage.rows.values():
        assert played.row.output in played.output
    assert stage.simulator.jobs.accepted == len(ROWS)  # each quantum job was submitted once


def test_no_row_is_told_twice() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)


def _expected(stage: Stage, played: Played) -> Outcome:
    """Return what the table says, or the design where Slurm was too busy to say why within 3 s: leave it."""
    expected = played.row.expected
    if stage.was_answered(played) or expected.end_reason is None or len(expected.states) > 1:
        return expected
    return replace(expected, fate="Running", end_reason="unknown", left_until=False)


def _difference(played: Played, found: Outcome) -> str:
    return f"{played.row}\nexpected {played.row.expected}\nfound    {found}\n{played.output}"
