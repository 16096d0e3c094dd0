"""A simulator that executes circuits, as foreign clients see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for all tests, at a bucket with the name that IBM's examples use."""
    directory = tmp_path_factory.mktemp("foreign-clients")
    with Simulator(directory, SimulatorSettings(seed=7, bucket="my-bucket")) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def access(simulator: Simulator) -> Mapping[str, Any]:
    """What a client must know."""
    return asdict(simulator.access)
