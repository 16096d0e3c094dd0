"""A job that waits on the system until its presigned URLs have expired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access import journal as journals
from direct_access.errors import JobFailedError
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import Pace
from tests.integration.one_clock import World, world_of

EXPIRY_SECS = 1000
LATER_SECS = 2000.0


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world_of(tmp_path, monkeypatch, Pace.by_hand()) as started:
        started.url_expiry_secs = EXPIRY_SECS
        yield started


def test_a_job_that_could_not_read_its_input_any_more_is_submitted_again(world: World) -> None:
    world.release_after_secs = [LATER_SECS, 1.0]
    ended = world.run()
    assert ended.status == "Completed"
    assert ended.results is not None
    assert ended.results.exists()
    assert world.simulator.jobs.accepted == 2
    assert [line for line in world.lines if "submitting again as job" in line]


def test_the_journal_keeps_the_earlier_job_and_nothing_of_it_stays_on_the_server(world: World) -> None:
    world.release_after_secs = [LATER_SECS, 1.0]
    ended = world.run()
    assert ended.directory is not None
    journal = journals.load(ended.directory)
    assert journal is not None
    (earlier,) = journal.attempts
    assert earlier["job_id"] != journal.job_id == ended.job_id
    assert "input" in earlier["reason"]["message"]
    assert world.simulator.jobs.jobs() == []
    assert list(world.simulator.store.objects(world.simulator.bucket)) == []


def test_a_job_is_submitted_twice_again_at_most(world: World) -> None:
    world.release_after_secs = [LATER_SECS] * 4
    with pytest.raises(JobFailedError, match="input could not be read"):
        world.run()
    assert world.simulator.jobs.accepted == 3


def test_a_job_that_could_not_read_its_input_in_time_is_not_submitted_again(world: World) -> None:
    world.release_after_secs = [1.0]
    world.outages["wait"] = Fault(app="store", method="GET", path="*params:*", status=403)
    with pytest.raises(JobFailedError, match="input could not be read"):
        world.run()
    assert world.simulator.jobs.accepted == 1


def test_a_job_that_could_not_write_its_results_any_more_is_not_submitted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world_of(tmp_path, monkeypatch, Pace.fixed(LATER_SECS)) as world:
        world.url_expiry_secs = EXPIRY_SECS
        with pytest.raises(JobFailedError, match="results could not be written"):
            world.run()
        assert world.simulator.jobs.accepted == 1
