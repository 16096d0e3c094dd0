"""The exporter makes checks at its own pace, and tells what they found whatever happens to them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import urllib3
from prometheus_client import CollectorRegistry, generate_latest

from direct_access.clock import ManualClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings, StorageSettings, System
from direct_access.errors import ConfigurationError, DirectAccessError
from direct_access.health import metrics_server
from direct_access.health.exporter import Exporter
from direct_access.health.finding import CheckFinding, CheckLevel, Measure
from direct_access.health.metrics_server import serving
from direct_access.health.request_counts import RequestCounts

from .conftest import Promtool
from .prometheus import eventually
from .samples import finding, samples, value

BOUND_SECS = 30
UNREACHABLE = NetworkSettings(https_proxy="http://127.0.0.1:9")


class Passes:
    """Plays the checks: each pass takes the next step of a script, and the last pass stops the exporter."""

    def __init__(
        self, *steps: Callable[[], Sequence[CheckFinding]], counts: RequestCounts | None = None
    ) -> None:
        self.steps = list(steps)
        self.clock = ManualClock()
        self.stop = threading.Event()
        self.began: list[float] = []
        self.said: list[str] = []
        self.counts = counts or RequestCounts()
        self.exporter = Exporter(
            "site",
            self.check,
            clock=self.clock,
            interval_secs=60.0,
            counts=self.counts,
            log=self.said.append,
        )

    def check(self) -> Sequence[CheckFinding]:
        self.began.append(self.clock.boottime())
        step = self.steps.pop(0)
        if not self.steps:
            self.stop.set()
        return step()

    def run(self) -> str:
        """Run to the end of the script and return what a scrape gets then."""
        self.exporter.run(self.stop)
        return self.text()

    def text(self) -> str:
        return generate_latest(self.exporter.registry()).decode()


def fails() -> Sequence[CheckFinding]:
    raise OSError("no such network")


def finds(*found: CheckFinding) -> Callable[[], Sequence[CheckFinding]]:
    return lambda: found


def test_before_the_first_pass_it_tells_of_no_check() -> None:
    text = Passes(fails).text()
    assert value(text, "check_passes_total", outcome="done") == 0
    assert value(text, "last_check_timestamp_seconds") is None


def test_after_a_pass_it_tells_what_was_found_and_when() -> None:
    passes = Passes(finds(finding("api", "api.example", CheckLevel.WARNING)))
    text = passes.run()
    assert value(text, "check_status", check="api", subject="api.example") == 1
    assert value(text, "last_check_timestamp_seconds") == passes.clock.wall()
    assert value(text, "check_interval_seconds") == 60


def test_passes_begin_an_interval_apart_however_long_they_take() -> None:
    passes = Passes()

    def slow() -> Sequence[CheckFinding]:
        passes.clock.advance(25)
        return ()

    passes.steps = [slow, slow, slow]
    assert value(passes.run(), "check_pass_duration_seconds") == 25
    assert passes.began == [0, 60, 120]


def test_a_pass_that_takes_longer_than_the_interval_is_followed_at_once() -> None:
    passes = Passes()

    def slow() -> Sequence[CheckFinding]:
        passes.clock.advance(100)
        return ()

    passes.steps = [slow, slow]
    passes.run()
    assert passes.began == [0, 100]


def test_a_pass_that_fails_leaves_the_old_findings_with_their_time() -> None:
    passes = Passes(finds(finding("api", "a")), fails)
    text = passes.run()
    assert value(text, "check_status", check="api", subject="a") == 0
    assert value(text, "last_check_timestamp_seconds") == passes.clock.wall() - 60
    assert value(text, "check_passes_total", outcome="failed") == 1
    assert passes.said == ["the checks ended with OSError: no such network"]


def test_what_is_gone_is_told_no_more() -> None:
    lanes = [Measure("lanes", 1, {"backend": f"b{number}"}) for number in range(2)]
    text = Passes(*(finds(finding("b", m.labels["backend"], measures=(m,))) for m in lanes)).run()
    assert value(text, "lanes", backend="b0") is None
    assert value(text, "lanes", backend="b1") == 1


def test_a_thousand_passes_leave_no_more_than_one() -> None:
    steps = [finds(finding("files", f"/scratch/{number}")) for number in range(1000)]
    assert len(samples(Passes(*steps).run())) == len(samples(Passes(steps[0]).run()))


def test_own_requests_are_counted_by_service_method_and_status() -> None:
    passes = Passes(finds())
    for status in (200, 200, 503, None):
        passes.counts.request("api", "GET", status)
    text = passes.run()
    assert value(text, "requests_total", service="api", method="GET", status="200") == 2
    assert value(text, "requests_total", service="api", method="GET", status="503") == 1
    assert value(text, "requests_total", service="api", method="GET", status="none") == 1


def system(**others: Any) -> System:
    key = SecretSource("api_key", Path("/nowhere"))
    return System("site", "https://api.example:8443", "crn", key, iam_url="https://iam.example", **others)


@pytest.mark.parametrize(
    ("where", "url", "service"),
    [
        (system(storage=StorageSettings("s3_compatible")), "https://iam.example/identity/token", "iam"),
        (system(storage=StorageSettings("s3_compatible")), "https://api.example:8443/v1/jobs", "api"),
        (system(storage=StorageSettings("s3_compatible")), "https://bucket.s3.example/input:1", "store"),
        (system(), "https://quantum.cloud.example/api/v1/jobs", "api"),
    ],
)
def test_a_request_counts_for_the_service_that_it_is_for(where: System, url: str, service: str) -> None:
    counts = RequestCounts()
    with pytest.raises(DirectAccessError):
        # A proxy to which nobody listens: no request leaves this process.
        counts.open_http(replace(where, network=UNREACHABLE), ManualClock()).request("GET", url)
    assert (
        value(
            Passes(finds(), counts=counts).run(),
            "requests_total",
            service=service,
            method="GET",
            status="none",
        )
        == 1
    )


def test_what_a_server_makes_up_does_not_make_labels() -> None:
    passes = Passes(finds())
    for status in range(600, 1000):
        passes.counts.request("api", "GET", status)
    assert value(passes.run(), "requests_total", service="api", method="GET", status="none") == 400


def test_promtool_finds_nothing_to_improve_in_a_scrape(promtool: Promtool) -> None:
    passes = Passes(finds(finding()))
    passes.counts.request("api", "GET", 200)
    ended = promtool("check", "metrics", given=passes.run())
    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")


@contextmanager
def served(passes: Passes, host: str = "127.0.0.1") -> Iterator[str]:
    with serving(passes.exporter.registry(), host, 0) as url:
        yield url


def scrape(url: str, **headers: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, headers=headers, retries=False, timeout=BOUND_SECS)


def test_a_scrape_makes_no_check() -> None:
    passes = Passes(finds(finding()), finds())
    with served(passes) as url:
        for _ in range(3):
            assert scrape(url).status == 200
    assert passes.began == []


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/plain", "text/plain; version=0.0.4"),
        ("application/openmetrics-text;version=1.0.0", "application/openmetrics-text; version=1.0.0"),
    ],
)
def test_a_reader_gets_the_format_it_asks_for(accept: str, content_type: str) -> None:
    with served(Passes(finds())) as url:
        answer = scrape(url, Accept=accept)
    assert answer.headers["Content-Type"].startswith(content_type)
    assert b"direct_access_check_interval_seconds" in answer.data


def test_it_listens_on_ipv6_too() -> None:
    mapped = "::ffff:127.0.0.1"  # is there too where no interface has an address, as in many containers
    try:
        socket.socket(socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 in this kernel")
    with served(Passes(finds()), mapped) as url:
        assert url.startswith(f"http://[{mapped}]:")
        assert scrape(url).status == 200


def test_a_port_in_use_is_an_error_that_names_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=str(port)),
            serving(CollectorRegistry(), "127.0.0.1", port),
        ):
            pass


def test_a_reader_that_says_nothing_loses_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_server, "READER_SECS", 0.5)
    monkeypatch.setattr(metrics_server, "MOST_READERS", 1)

    def is_answered() -> bool:
        with suppress(urllib3.exceptions.HTTPError):  # its place may be taken for a moment more
            return scrape(url).status == 200
        return False

    with served(Passes(finds())) as url:
        port = int(url.split(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), BOUND_SECS) as idle:
            assert idle.recv(1) == b""
        eventually(is_answered, lambda: "the place is still taken")
