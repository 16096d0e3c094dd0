"""A real Prometheus reads the exporter, which looks at a simulator that has bad days."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from prometheus_client import CollectorRegistry

from direct_access.cli.commands.exporter import checks_of
from direct_access.clock import SystemClock
from direct_access.health.exporter import Exporter
from direct_access.health.metrics import METRICS, PREFIX
from direct_access.health.metrics_server import serving
from direct_access.health.request_counts import RequestCounts
from direct_access.simulator.backends.state import Backend
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.settings import SimulatorSettings, TlsFiles
from tests.integration.conftest import clean_environment

from .prometheus import BOUND_SECS, Prometheus, eventually, free_port, running

ETC = Path(__file__).parents[2] / "etc"
BOARD = json.loads((ETC / "grafana" / "direct-access.json").read_text(encoding="utf-8"))
INTERVAL_SECS = 0.5
VARIABLES = {"$system": "simulator", "$backend": ".*", "$__rate_interval": "1m"}
BACKEND = "ibm_examplesite"
NO_ALERT = 'absent(ALERTS{alertstate="firing"})'
BOARD_COLUMNS = 24


def pem_files(directory: Path) -> TlsFiles:
    """Write the PEM files of a server on 127.0.0.1 and of its authority."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    tls = TlsFiles(directory / "certificate.pem", directory / "key.pem", directory / "authority.pem")
    leaf.cert_chain_pems[0].write_to_path(tls.certificate)
    leaf.private_key_pem.write_to_path(tls.key)
    authority.cert_pem.write_to_path(tls.authority)
    return tls


@dataclass
class Watched:
    """A simulator, and the Prometheus that hears of it."""

    simulator: Simulator
    prometheus: Prometheus
    registry: CollectorRegistry
    server: ExitStack
    port: int

    @contextmanager
    def without_exporter(self) -> Iterator[None]:
        """Let nobody answer Prometheus during the block."""
        self.server.close()
        try:
            yield
        finally:
            self.server.enter_context(serving(self.registry, "127.0.0.1", self.port))

    def wait_for(self, expression: str) -> None:
        """Wait until an expression has series."""
        eventually(lambda: bool(self.prometheus.query(expression)), lambda: f"nothing for {expression}")


@contextmanager
def passing(simulator: Simulator, directory: Path) -> Iterator[CollectorRegistry]:
    """Have the checks made at a pace that suits a test; yield what a scrape reads."""
    configuration = simulator.write_client_configuration(directory / "client")
    environment = clean_environment(directory, configuration)
    counts = RequestCounts()
    exporter = Exporter(
        "simulator",
        checks_of(environment, {}, counts, BOUND_SECS),
        clock=SystemClock(),
        interval_secs=INTERVAL_SECS,
        counts=counts,
        log=print,
    )
    stop = threading.Event()
    passes = threading.Thread(target=exporter.run, args=(stop,))
    passes.start()
    try:
        yield exporter.registry()
    finally:
        stop.set()
        passes.join()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Start all of it once: an outage of one test is over when the test is."""
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed (Debian package prometheus)")
    directory = tmp_path_factory.mktemp("watched")
    settings = SimulatorSettings(execute=False, tls=pem_files(directory), lanes=1)
    rules, scrapes = ETC / "prometheus" / "direct-access.rules.yml", ETC / "prometheus" / "scrape.yml"
    with (
        Simulator(directory / "simulator", settings) as simulator,
        passing(simulator, directory) as registry,
        ExitStack() as server,
    ):
        port = free_port()
        server.enter_context(serving(registry, "127.0.0.1", port))
        with running(directory, rules, scrapes, f"127.0.0.1:{port}") as prometheus:
            yield Watched(simulator, prometheus, registry, server, port)


@contextmanager
def broken(simulator: Simulator, **fault: Any) -> Iterator[None]:
    """Have requests go wrong during the block."""
    simulator.faults.add(Fault(times=None, **fault))
    try:
        yield
    finally:
        simulator.faults.clear()


@contextmanager
def changed(backend: Backend, name: str, value: Any) -> Iterator[None]:
    """Have a backend be otherwise during the block."""
    usual = getattr(backend, name)
    setattr(backend, name, value)
    try:
        yield
    finally:
        setattr(backend, name, usual)


BAD_DAYS: dict[str, tuple[Callable[[Simulator], AbstractContextManager[None]], str, str]] = {
    "IAM is down": (lambda it: broken(it, app="iam", status=503), "CheckCritical", 'check="iam"'),
    "the API is down": (lambda it: broken(it, app="api", status=503), "CheckCritical", 'check="api"'),
    "a proxy answers with a page": (
        lambda it: broken(it, app="api", status=200, reply="html"),
        "CheckCritical",
        'check="api"',
    ),
    "the bucket is gone": (
        lambda it: broken(it, app="store", status=404, code="NoSuchBucket"),
        "CheckCritical",
        'check="store"',
    ),
    "requests to the API fail": (
        lambda it: broken(it, app="api", status=503),
        "RequestsFail",
        'service="api"',
    ),
    "a backend is paused": (
        lambda it: changed(it.backends.get(BACKEND), "status", "paused"),
        "BackendNotOnline",
        f'backend="{BACKEND}"',
    ),
    "no lane is free": (
        lambda it: changed(it.backends.get(BACKEND), "lanes", 0),
        "LanesFull",
        f'backend="{BACKEND}"',
    ),
}


@pytest.mark.parametrize("day", BAD_DAYS)
def test_a_bad_day_is_told_by_its_cause_and_when_it_is_over_no_alert_fires(
    watched: Watched, day: str
) -> None:
    begin, alert, labels = BAD_DAYS[day]
    firing = f'ALERTS{{alertname="DirectAccess{alert}",alertstate="firing",{labels}}}'
    with begin(watched.simulator):
        watched.wait_for(firing)
    watched.wait_for(NO_ALERT)


def test_an_exporter_that_is_gone_is_told(watched: Watched) -> None:
    firing = 'ALERTS{alertname="DirectAccessExporterDown",alertstate="firing"}'
    with watched.without_exporter():
        watched.wait_for(firing)
    watched.wait_for(NO_ALERT)


def test_every_metric_arrives_with_its_labels_and_no_other_does(watched: Watched) -> None:
    documented = {(PREFIX + metric.name, frozenset(("system", *metric.labels))) for metric in METRICS}
    eventually(lambda: arrived(watched) == documented, lambda: str(arrived(watched) ^ documented))


def arrived(watched: Watched) -> set[tuple[str, frozenset[str]]]:
    """Return name and labels of each metric of ours that Prometheus has."""
    found = watched.prometheus.query('{__name__=~"direct_access_.+"}')
    ours = (set(series["metric"]) - {"__name__", "job", "instance"} for series in found)
    return {
        (series["metric"]["__name__"], frozenset(labels)) for series, labels in zip(found, ours, strict=True)
    }


def filled(expression: str) -> str:
    """Return an expression of the board with its variables filled in."""
    for name, text in VARIABLES.items():
        expression = expression.replace(name, text)
    assert "$" not in expression
    return expression


def test_every_query_of_the_board_has_series(watched: Watched) -> None:
    watched.wait_for("rate(direct_access_requests_total[1m])")
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            watched.wait_for(filled(target["expr"]))


def test_no_panel_of_the_board_lies_on_another() -> None:
    cells = [
        (column, row)
        for place in (panel["gridPos"] for panel in BOARD["panels"])
        for column in range(place["x"], place["x"] + place["w"])
        for row in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(column for column, _ in cells) < BOARD_COLUMNS
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
