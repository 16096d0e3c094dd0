from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.health.stage import Stage

MOUNT, UMOUNT = (shutil.which(name) or name for name in ("mount", "umount"))


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A simulator that invents results at once; each test undoes what it did to it."""
    directory = tmp_path_factory.mktemp("simulator")
    settings = SimulatorSettings(execute=False, allowed_stores=("127.0.0.1",))  # what stands before it too
    with Simulator(directory, settings) as simulator:
        yield simulator


@pytest.fixture
def stage(
    simulator: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Stage]:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    stage = Stage(simulator, home, monkeypatch, capsys)
    yield stage
    stage.close()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A file system without a free block."""
    place = tmp_path / "full"
    place.mkdir()
    mount = [MOUNT, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if not Path(MOUNT).exists():
        pytest.skip("there is no mount(8)")
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this user cannot mount a tmpfs: {mounted.stderr.strip()}")
    yield place
    subprocess.run([UMOUNT, "--lazy", str(place)], check=True)
