"""A run directory on a file system that fills up: a real one, of one megabyte."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from direct_access.errors import LocalStorageError
from direct_access.simulator.jobs.scenario import OutcomeRule, Pace
from tests.integration.one_clock import World, world_of


@dataclass
class FullWorld(World):
    """A world that fills its disk when the run reaches a stage."""

    fill_at: str = ""

    def stage(self, name: str, text: str) -> None:
        super().stage(name, text)
        if name == self.fill_at:
            fill(self.home)


def fill(directory: Path) -> None:
    with (directory / "filler").open("wb", 0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount(8)")
    if mounted.returncode:
        pytest.skip(f"this user cannot mount a tmpfs: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize(
    ("fill_at", "results_bytes"),
    [("", 4 << 20), ("ended", 1 << 16), ("wait", 1 << 10)],
    ids=["results too large", "full before the results", "full before the journal"],
)
def test_a_full_disk_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path, fill_at: str, results_bytes: int
) -> None:
    with world_of(tmp_path, monkeypatch, Pace.immediate()) as usual:
        simulator = usual.simulator
        simulator.outcomes.add(OutcomeRule(results_bytes=results_bytes))
        world = FullWorld(simulator, usual.clock, small, fill_at=fill_at)
        with pytest.raises(LocalStorageError) as caught:
            world.run()
        assert caught.value.advice
        assert [job.status for job in simulator.jobs.jobs()] == ["Completed"]
        names = [found.key for found in simulator.store.objects(simulator.bucket)]
        assert len(names) == 3
        subprocess.run(["mount", "-o", "remount,size=16m", str(small)], check=True)
        world.fill_at = ""
        ended = world.run()
        assert ended.status == "Completed"
        assert ended.results is not None
        assert ended.results.stat().st_size == results_bytes
        assert simulator.jobs.accepted == 1
        assert list(simulator.store.objects(simulator.bucket)) == []
