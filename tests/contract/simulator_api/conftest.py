"""Fixtures of the simulator's contract."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.iam.tokens import TokenAuthority
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.simulator_api.client import Client, client_of
from tests.contract.simulator_api.executor import HeldExecutor

StartSimulator = Callable[..., Simulator]


@pytest.fixture
def clock() -> ManualClock:
    """The time that all simulators of a test have; it moves when the test says so."""
    return ManualClock(wall=time.time())


@pytest.fixture(scope="session")
def iam_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key of IAM, made once for all tests."""
    path = tmp_path_factory.mktemp("iam") / "iam_key.pem"
    TokenAuthority(path, ManualClock())
    return path


@pytest.fixture
def start(tmp_path: Path, clock: ManualClock, iam_key: Path) -> Iterator[StartSimulator]:
    """Start a simulator with these settings; by default it invents the results."""
    shutil.copy2(iam_key, tmp_path)
    with ExitStack() as stack:

        def start(executor: Any = None, **settings: Any) -> Simulator:
            settings.setdefault("execute", executor is not None)
            simulator = Simulator(tmp_path, SimulatorSettings(**settings), clock=clock, executor=executor)
            return stack.enter_context(simulator)

        yield start


@pytest.fixture
def simulator(start: StartSimulator) -> Simulator:
    """A simulator that invents results at once."""
    return start()


@pytest.fixture
def api(simulator: Simulator) -> Client:
    """A client of it, with a good token."""
    return client_of(simulator)


@pytest.fixture
def executor() -> HeldExecutor:
    """Circuits of which the test decides when they have been executed."""
    return HeldExecutor()


@pytest.fixture
def held(start: StartSimulator, executor: HeldExecutor) -> Client:
    """A client of a simulator that executes jobs by ``executor``, one at a time."""
    return client_of(start(executor))
