"""Passes over the real checks, again and again: what stays of them, and what they do to the labels."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from direct_access.cli.commands.exporter import checks_of
from direct_access.health.finding import CheckFinding, CheckLevel
from direct_access.health.request_counts import RequestCounts
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.settings import SimulatorSettings
from direct_access.transport.http import HttpClient
from tests.integration.conftest import clean_environment

from .prometheus import BOUND_SECS, eventually

PASSES = 2


class Passing:
    """The real checks of a simulator."""

    def __init__(self, simulator: Simulator, directory: Path) -> None:
        self.simulator = simulator
        self.configuration = simulator.write_client_configuration(directory / "client")
        self.counts = RequestCounts()
        environment = clean_environment(directory, self.configuration)
        self.check = checks_of(environment, {}, self.counts, BOUND_SECS)

    def labels(self) -> set[tuple[str, str]]:
        """Return the labels of the findings of one pass, which are as many series."""
        return {(finding.check, finding.subject) for finding in self.check()}

    def failed(self) -> Sequence[CheckFinding]:
        """Return what one pass finds CRITICAL."""
        return [finding for finding in self.check() if finding.level is CheckLevel.CRITICAL]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passing]:
    directory = tmp_path_factory.mktemp("passing")
    with Simulator(directory / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield Passing(simulator, directory)


@pytest.fixture
def passing(shared: Passing) -> Iterator[Passing]:
    """The checks, on a good day."""
    yield shared
    shared.simulator.faults.clear()


@pytest.mark.parametrize("app", ["iam", "api", "store"])
@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 404}, {"reset": True}],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_an_outage_makes_no_more_series_however_long_it_lasts(
    passing: Passing, app: str, fault: dict[str, object]
) -> None:
    passing.simulator.faults.add(Fault.from_document({"app": app, "times": None, **fault}))
    first = passing.labels()
    assert all(passing.labels() == first for _ in range(PASSES - 1))
    assert passing.failed()


def test_a_configuration_that_was_damaged_and_repaired_is_followed(passing: Passing) -> None:
    good = passing.configuration.read_bytes()
    passing.configuration.write_bytes(b"systems: [")
    try:
        assert [finding.check for finding in passing.failed()] == ["configuration"]
    finally:
        passing.configuration.write_bytes(good)
    assert passing.failed() == []


def test_a_pass_leaves_no_connection_behind(passing: Passing) -> None:
    def clients() -> int:
        gc.collect()
        found = (each for each in gc.get_objects() if isinstance(each, HttpClient))
        return sum(getattr(client, "_counts", None) is passing.counts for client in found)

    for _ in range(PASSES):
        passing.check()
    eventually(lambda: clients() == 0, lambda: f"{clients()} clients")
