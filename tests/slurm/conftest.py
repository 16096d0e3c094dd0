"""A real cluster, and a simulated quantum system that its users may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster, why_not
from tests.slurm.world import ALICE


@pytest.fixture(scope="session")
def reason_without_slurm() -> str | None:
    """Why there can be no cluster here."""
    return why_not()


@pytest.fixture
def needs_slurm(reason_without_slurm: str | None) -> None:
    """Skip where there can be no cluster; for tests that make one of their own."""
    if reason_without_slurm:
        pytest.skip(reason_without_slurm)


@pytest.fixture(scope="session")
def shared_cluster(reason_without_slurm: str | None) -> Iterator[Cluster]:
    """One cluster for all tests of a worker."""
    if reason_without_slurm:
        pytest.skip(reason_without_slurm)
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, without a job."""
    yield shared_cluster
    shared_cluster.quiet()


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A quantum system that invents results at once."""
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield simulator


@pytest.fixture
def alice(cluster: Cluster, simulator: Simulator) -> Iterator[Account]:
    """An ordinary user, at a place of her own, who may use the quantum system."""
    account = Account(cluster, ALICE, f"place-{os.urandom(4).hex()}")
    account.configure(simulator)
    yield account
    account.forget_configuration()
