"""The plugin, built once a worker, and a real cluster that has loaded it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.plugin import build
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster, why_not
from tests.slurm.world import ALICE

NAMES = """\
# what users may ask for
ibm_examplesite
ibm_other   qiskit-runtime-service   # in the cloud
"""


@pytest.fixture(scope="session")
def needs_compiler() -> None:
    """Skip where nothing can be built."""
    if reason := build.why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def plugin(needs_compiler: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin as an admin builds it."""
    return build.plugin(tmp_path_factory.mktemp("plugin"))


@pytest.fixture(scope="session")
def call_hook(needs_compiler: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that calls one hook, under sanitizers."""
    return build.sanitized("call_hook", tmp_path_factory.mktemp("call_hook"))


@pytest.fixture(scope="session")
def needs_slurm() -> None:
    """Skip where there can be no cluster."""
    if reason := why_not():
        pytest.skip(reason)


def cluster_with(plugin: Path, *plugstack: str, more: Sequence[Path] = (), **options: Any) -> Cluster:
    """Return a cluster, not started, with these lines of plugstack.conf; :func:`line` makes one.

    :param more: files beside the plugin
    """
    cluster = Cluster(plugstack=plugstack, files={"qpu-names": NAMES}, **options)
    for path in (plugin, *more):
        shutil.copy(path, cluster.directory)
    return cluster


def line(arguments: str = "") -> str:
    """Return the line of plugstack.conf that loads the plugin."""
    return f"required {{etc}}/../direct_access.so names={{etc}}/qpu-names run={{etc}}/../qpu-run {arguments}"


@pytest.fixture(scope="session")
def shared_cluster(needs_slurm: None, plugin: Path) -> Iterator[Cluster]:
    """One cluster with the plugin for all tests of a worker."""
    with cluster_with(plugin, line(), cpus=16, settings={"PrologFlags": "Alloc"}) as cluster:
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
def alice(cluster: Cluster) -> Account:
    """An ordinary user, at a place of her own."""
    return Account(cluster, ALICE, f"place-{os.urandom(4).hex()}")
