"""The simulator's status page in a real browser, headless Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import urllib3

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.http import Request, Response, Server
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.request_log import Entry
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.simulator_api.client import Client, client_of

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSER_SECS = 60
HOSTILE = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=document.title='owned'>",
    "\"><svg onload=document.title='owned'>",
    "</td></table></main></body></html><script>document.title='owned'</script>",
    "$sections",
    "&lt;b&gt;",
]

if CHROMIUM is None and os.environ.get("CI") != "true":
    pytest.skip("chromium is not installed (tests/setup.sh)", allow_module_level=True)

Browse = Callable[..., "Page"]


class Page(HTMLParser):
    """A document as the browser had it in the end: its elements, and the text of its cells."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.title = ""
        self.elements: list[str] = []
        self.cells: list[str] = []
        self._open = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)
        self._open = tag
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "td":
            self.cells[-1] += data
        elif self._open == "title":
            self.title += data.strip()


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Open an address and return the page once the browser has settled."""

    def browse(url: str, *flags: str) -> Page:
        assert CHROMIUM is not None, "CI needs chromium: tests/setup.sh installs it"
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *flags, "--dump-dom", url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=BROWSER_SECS, check=True)
        return Page(done.stdout)

    return browse


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield simulator


@pytest.fixture
def api(simulator: Simulator) -> Client:
    return client_of(simulator)


def test_jobs_lanes_reservations_faults_requests_and_addresses_are_there_before_the_script_runs(
    browse: Browse, simulator: Simulator, api: Client
) -> None:
    simulator.outcomes.add(OutcomeRule(manual=True))
    api.submit("bell-7812")
    simulator.outcomes.add(OutcomeRule(results="truncated"))
    simulator.faults.add(Fault(app="iam", status=503, times=2))
    simulator.backends.get("ibm_small").reserve()
    cells = browse(f"{simulator.api_url}/").cells
    for expected in ("bell-7812", "Running", "1 of 5", "reserved", "status 503", "results truncated"):
        assert expected in cells
    assert {simulator.api_url, simulator.iam_url, simulator.store_url} <= set(cells)
    assert cells[cells.index("POST") - 1 : cells.index("POST") + 3] == ["api", "POST", "/v1/jobs", "204"]


def test_the_page_follows_the_simulator_by_itself(browse: Browse, simulator: Simulator) -> None:
    class Changing:
        """The simulator's page, with a fault that comes after the page was loaded."""

        def handle(self, request: Request) -> Response:
            if request.path == "/admin/status" and not simulator.faults.pending():
                simulator.faults.add(Fault(path="/came-later"))
            answer = urllib3.request("GET", simulator.api_url + request.path)
            return Response(answer.status, answer.data, list(answer.headers.items()))

    server = Server(Changing())
    server.start()
    try:
        page = browse(f"{server.url}/", "--virtual-time-budget=5000")
    finally:
        server.stop()
    assert "api * /came-later" in page.cells


@pytest.mark.parametrize("flags", [(), ("--virtual-time-budget=5000",)], ids=["as sent", "refreshed"])
def test_what_clients_name_things_is_text_and_never_markup(
    browse: Browse, simulator: Simulator, api: Client, flags: tuple[str, ...]
) -> None:
    for hostile in HOSTILE:
        api.submit(hostile)
        simulator.outcomes.add(OutcomeRule(job_id=hostile, status="Failed", reason_message=hostile))
        simulator.faults.add(Fault(path=hostile, status=500))
        simulator.requests.add(Entry("api", hostile, hostile, 404, 0.0))
    simulator.backends.get("ibm_small").message = HOSTILE[0]
    page = browse(f"{simulator.api_url}/", *flags)
    assert page.title == "Simulated quantum system"
    assert not {"img", "svg", "b"} & set(page.elements)
    assert page.elements.count("script") == 1
    for hostile in HOSTILE:
        assert hostile in page.cells


def test_the_page_allows_its_own_script_only_and_needs_no_token(simulator: Simulator) -> None:
    for path in ("/", "/admin/status"):
        answer = urllib3.request("GET", simulator.api_url + path)
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status == 200
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_no_secret_token_or_presigned_url_is_shown(simulator: Simulator, api: Client) -> None:
    api.get("/v1/jobs?X-Amz-Signature=told-to-nobody")
    api.submit()
    simulator.faults.add(Fault(body="told-to-nobody", headers={"X-Key": "told-to-nobody"}))
    secrets = [simulator.api_key, simulator.secret_access_key, api.headers["Authorization"].split()[1]]
    for path in ("/", "/admin/status"):
        text = urllib3.request("GET", simulator.api_url + path).data.decode()
        assert not [
            secret for secret in [*secrets, "told-to-nobody", "X-Amz", "bucket_crn"] if secret in text
        ]
