"""``direct-access exporter`` as a process."""

from __future__ import annotations

import re
import signal
import socket
import stat
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from direct_access.cli.commands.exporter import address_of, interval_of
from direct_access.errors import UsageError
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.settings import SimulatorSettings
from tests.integration.conftest import Site, site_of

from .conftest import Promtool
from .prometheus import BOUND_SECS, eventually
from .samples import samples

SYSTEM = ("system", "simulator")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield site_of(simulator, tmp_path)


class Exporting:
    """A running exporter."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        self.process = process
        said = process.stderr.readline()
        found = re.fullmatch(r"direct-access: exporter: (http://127\.0\.0\.1:\d+/metrics)\n", said)
        assert found, said
        self.url = found[1]

    def scrape(self) -> str:
        """Return the metrics."""
        return urllib3.request("GET", self.url, retries=False, timeout=BOUND_SECS).data.decode()

    def value(self, name: str, **labels: str) -> float | None:
        """Return the value of a sample of the system."""
        key = frozenset({*labels.items(), SYSTEM})
        return samples(self.scrape()).get((f"direct_access_{name}", key))

    def wait_for_a_pass(self) -> None:
        """Wait until all checks have been made once."""
        eventually(lambda: self.value("check_passes_total", outcome="done") == 1, self.scrape)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        self.process.communicate(timeout=BOUND_SECS)
        return self.process.returncode


@contextmanager
def exporting(site: Site, **variables: str) -> Iterator[Exporting]:
    process = site.start(
        "exporter", "--listen", "0", "--interval", "1h", "--deadline", str(BOUND_SECS), **variables
    )
    try:
        yield Exporting(process)
    finally:
        process.kill()
        process.communicate(timeout=BOUND_SECS)


@dataclass
class Observed:
    """An exporter after its one pass over a system that has a job."""

    site: Site
    exporter: Exporting


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    directory = tmp_path_factory.mktemp("observed")
    with Simulator(directory / "simulator", SimulatorSettings(execute=False)) as simulator:
        site = site_of(simulator, directory)
        submitted = site.run("submit", site.job_file())
        assert submitted.returncode == 0, submitted.stderr
        simulator.wait_for(site.journal["job_id"])
        with exporting(site) as exporter:
            exporter.wait_for_a_pass()
            yield Observed(site, exporter)


def test_it_tells_how_the_system_is(observed: Observed) -> None:
    exporter = observed.exporter
    assert exporter.value("backend_status", backend="ibm_examplesite", status="online") == 1
    assert exporter.value("requests_total", service="iam", method="POST", status="200") == 1
    assert exporter.value("jobs", status="Completed") == 1


def test_a_scrape_causes_no_request(observed: Observed) -> None:
    before = observed.site.simulator.requests.total
    for _ in range(5):
        observed.exporter.scrape()
    assert observed.site.simulator.requests.total == before


def test_no_secret_and_no_job_id_is_exposed(observed: Observed) -> None:
    text, simulator = observed.exporter.scrape(), observed.site.simulator
    assert simulator.api_key not in text
    assert simulator.secret_access_key not in text
    assert observed.site.journal["job_id"] not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


def test_it_begins_in_an_outage_of_everything(site: Site) -> None:
    site.simulator.stop()
    with exporting(site) as exporter:
        exporter.wait_for_a_pass()
        read = samples(exporter.scrape())
        failed = {
            dict(labels)["check"]
            for (name, labels), value in read.items()
            if name == "direct_access_check_status" and value == 2
        }
        assert failed == {"tcp.iam", "tcp.api", "tcp.store"}


def test_term_ends_it_while_a_server_lets_it_wait(site: Site) -> None:
    site.simulator.faults.add(Fault(app="iam", delay_secs=3600, times=None))
    with exporting(site) as exporter:
        eventually(lambda: bool(site.simulator.requests.entries()), lambda: "no request")
        assert exporter.end() == 0


def test_a_service_manager_is_told_what_it_does(site: Site, tmp_path: Path) -> None:
    address = f"\0{uuid.uuid4()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(BOUND_SECS)
        with exporting(site, NOTIFY_SOCKET="@" + address[1:]) as exporter:
            assert [manager.recv(100), manager.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
            exporter.end()
            assert manager.recv(100) == b"STOPPING=1"


def test_health_leaves_a_file_for_the_textfile_collector(site: Site, promtool: Promtool) -> None:
    path = site.home / "direct_access.prom"
    path.write_text("old\n")
    with path.open() as old:
        ended = site.run("health", "--format", "prometheus", "--output", path, "--deadline", str(BOUND_SECS))
        assert old.read() == "old\n"  # it was replaced, not written to
    assert (ended.returncode, stat.S_IMODE(path.stat().st_mode)) == (0, 0o644), ended.stderr
    linted = promtool("check", "metrics", given=path.read_text())
    assert (linted.returncode, linted.stdout + linted.stderr) == (0, "")


def test_a_port_in_use_ends_it_with_78(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = site.run("exporter", "--listen", str(taken.getsockname()[1]))
    assert (ended.returncode, "cannot listen on 127.0.0.1" in ended.stderr) == (78, True), ended.stderr


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9744", ("127.0.0.1", 9744)),
        ("0.0.0.0:9744", ("0.0.0.0", 9744)),
        ("admin.example:0", ("admin.example", 0)),
        ("[::1]:9744", ("::1", 9744)),
    ],
)
def test_an_address_to_listen_on(text: str, address: tuple[str, int]) -> None:
    assert address_of(text) == address


@pytest.mark.parametrize("text", ["", "host", "host:", "::1", "::1:9744", "1:2:3", "host:65536", "-1", "٣"])
def test_what_is_no_address_to_listen_on_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--listen"):
        address_of(text)


@pytest.mark.parametrize("text", ["", "9", "often", "-60", "0:05"])
def test_an_interval_that_is_none_or_too_short_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--interval"):
        interval_of(text)


def test_an_interval_is_a_duration() -> None:
    assert (interval_of("60"), interval_of("5m")) == (60, 300)
