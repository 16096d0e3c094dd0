"""What the cloud refuses, as the command tells it: the server's code, and what to do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from direct_access.clock import SystemClock
from direct_access.qiskit_runtime.submission_rate import MOST_JOBS, submission_rate
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.qiskit_runtime.cursor import Cursor
from direct_access.simulator.settings import SimulatorSettings

from .conftest import BELL, Site

CLOUD = BELL + "service: cloud\n"
LARGEST_BYTES = 2000
SOME_LINES = "      sx $0;\n"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A cloud that takes small params only."""
    settings = SimulatorSettings(execute=False, max_params_bytes=LARGEST_BYTES)
    with Simulator(tmp_path / "simulator", settings) as simulator:
        yield simulator


def a_session_that_expired(site: Site) -> str:
    made = site.run("session", "create", "--mode", "batch", "--format", "json")
    session_id = str(json.loads(made.stdout)["id"])
    assert site.run("session", "close", "--now", session_id).returncode == 0
    return f"{CLOUD}session_id: {session_id}\n"


def a_backend_of_others(site: Site) -> str:
    return CLOUD.replace("ibm_examplesite", "ibm_elsewhere")


def params_over_the_limit(site: Site) -> str:
    return CLOUD.replace(SOME_LINES, SOME_LINES * (LARGEST_BYTES // len(SOME_LINES.strip())))


def usage_at_the_limit(site: Site) -> str:
    site.simulator.cloud.instances.find(site.simulator.cloud_crn).limit_seconds = 0
    return CLOUD


def no_permission(site: Site) -> str:
    site.simulator.faults.add(Fault(app="cloud", method="POST", path="*/v1/jobs", status=403))
    return CLOUD


@dataclass(frozen=True)
class Told:
    """How a run ends, and what of its talk matters."""

    status: int
    words: tuple[str, ...]


REFUSALS: dict[Callable[[Site], str], Told] = {
    a_session_that_expired: Told(65, ("takes no more jobs", "code 4001", "next: Create another session")),
    a_backend_of_others: Told(65, ("no backend of this name", "code 1216", "next: Choose one")),
    params_over_the_limit: Told(65, ("larger than the service takes", "code 1208", "next: Make the request")),
    usage_at_the_limit: Told(75, ("exceeds its limit", "HTTP 409, code 4317", "next: Raise the instance's")),
    no_permission: Told(
        77, ("the IAM action quantum-computing.job.create is missing", "code 1200", "next: ask")
    ),
}


@pytest.mark.parametrize("prepare", REFUSALS, ids=lambda prepare: prepare.__name__)
def test_a_refusal_is_told_with_the_server_s_code_and_what_to_do(
    prepare: Callable[[Site], str], site: Site
) -> None:
    ended = site.run("run", site.job_file(prepare(site)))
    told = REFUSALS[prepare]
    assert ended.returncode == told.status, ended.stderr
    assert [words for words in told.words if words not in ended.stderr] == [], ended.stderr
    assert site.simulator.cloud.jobs.all() == []


def test_a_cursor_that_has_expired_says_to_begin_again(site: Site) -> None:
    cursor = Cursor((0.0, "")).to_text(time.time() - 86_400)
    page = {"workloads": [{"id": "one"}], "next": {"href": f"https://elsewhere/v1/workloads?next={cursor}"}}
    site.simulator.faults.add(
        Fault(app="cloud", method="GET", path="*/v1/workloads", body=json.dumps(page), status=200)
    )
    ended = site.run("workloads")
    assert ended.returncode == 65, ended.stderr
    assert "The cursor has expired." in ended.stderr
    assert "code 1208" in ended.stderr
    assert "begin again at the first page" in ended.stderr


def test_the_crn_of_another_service_is_found_without_a_request(site: Site) -> None:
    configuration = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    text = configuration.read_text()
    other = site.simulator.cloud_crn.replace("quantum-computing", "cloud-object-storage")
    configuration.write_text(text.replace(site.simulator.cloud_crn, other))
    ended = site.run("run", site.job_file(CLOUD))
    assert ended.returncode == 78, ended.stderr
    assert "names an instance of cloud-object-storage, not of quantum-computing" in ended.stderr
    assert "next: copy the CRN of the instance" in ended.stderr
    assert site.simulator.requests.count("cloud", "*", "*") == 0


def test_jobs_in_the_cloud_are_not_reaped(site: Site) -> None:
    ended = site.run("reap", "--system", "simulated-cloud")
    assert ended.returncode == 78
    assert "they are not reaped" in ended.stderr


def test_nothing_is_said_to_be_uploaded_where_params_go_with_the_job(site: Site) -> None:
    talk = site.run("run", site.job_file(CLOUD)).stderr
    assert "upload" not in talk
    assert f"the server calls it job {site.journal['job_id']}" in talk
    assert "upload: params" in site.run("run", site.job_file(BELL, "lab.yaml")).stderr


def test_a_sixth_job_within_a_minute_is_not_sent_by_another_process_either(site: Site) -> None:
    rate = submission_rate(site.simulator.cloud_url, SystemClock(), site.environment)
    for _ in range(MOST_JOBS):
        rate.take()
    ended = site.run("run", site.job_file(CLOUD), "--wait-deadline", "20s")
    assert ended.returncode == 75, ended.stderr
    assert "5 jobs were sent within a minute" in ended.stderr
    assert site.simulator.requests.count("cloud", "POST", "*/v1/jobs") == 0
