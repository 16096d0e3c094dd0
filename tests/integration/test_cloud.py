"""The same job file, sent to the cloud: the command as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.settings import SimulatorSettings

from .conftest import BELL, Site
from .test_signals import until

CLOUD = BELL + "service: cloud\n"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A simulator of one lane that invents results at once instead of executing circuits."""
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False, lanes=1)) as simulator:
        yield simulator


def jobs(site: Site) -> list[Any]:
    """Return the jobs that the service knows."""
    return site.simulator.cloud.jobs.all()


def sessions(site: Site) -> list[str]:
    """Return the states of all sessions."""
    return [session.state for session in site.simulator.cloud.sessions.all()]


def sent(site: Site) -> int:
    return site.simulator.requests.count("cloud", "POST", "*/v1/jobs")


@pytest.fixture
def start(site: Site) -> Iterator[Any]:
    """Start the command; it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start_command(*arguments: str | Path) -> subprocess.Popen[str]:
        started.append(site.start(*arguments))
        return started[-1]

    yield start_command
    for process in started:
        process.kill()
        process.communicate()


def test_a_job_file_runs_in_the_cloud_as_it_does_on_the_premises(site: Site) -> None:
    ended = site.run("run", site.job_file(), "--service", "cloud")
    assert ended.returncode == 0, ended.stderr
    assert site.journal["system"] == "simulated-cloud"
    assert json.loads((site.run_directory / "results.json").read_bytes())
    assert (site.run_directory / "logs.txt").exists()
    assert (jobs(site), site.objects(), sent(site)) == ([], [], 1)
    told = json.loads(site.run("status", site.run_directory, "--format", "json").stdout)
    assert (told["id"], told["status"]) == (site.journal["job_id"], "Completed")


def test_everything_that_a_job_file_can_say_arrives(site: Site) -> None:
    said = (
        "tags: [mine]\ncost: 30\ncalibration_id: c1\nruntime: image:tag\nsession: {name: vqe, max_ttl: 10m}\n"
    )
    ended = site.run("submit", site.job_file(CLOUD + said))
    assert ended.returncode == 0, ended.stderr
    assert "warning" not in ended.stderr
    asked = jobs(site)[0].submission
    assert asked.tags[0].startswith("direct-access:")
    assert (asked.tags[1:], asked.cost, asked.calibration_id, asked.runtime) == (
        ["mine"],
        30,
        "c1",
        "image:tag",
    )
    assert asked.session_id
    (session,) = site.simulator.cloud.sessions.all()
    assert session.max_ttl == 600


EXAMPLES = {
    "estimator": {
        "program_id": "estimator",
        "backend": "ibm_examplesite",
        "params": {
            "pubs": [['OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;', "Z"]],
            "options": {"dynamical_decoupling": {"enable": True}},
            "version": 2,
            "resilience_level": 1,
        },
    },
    "sampler": {
        "program_id": "sampler",
        "backend": "ibm_examplesite",
        "params": {
            "pubs": [['OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;']],
            "options": {},
            "version": 2,
        },
    },
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_body_of_an_example_of_the_api_is_a_job_file(example: str, site: Site) -> None:
    job_file = site.job_file(json.dumps(EXAMPLES[example]))
    ended = site.run("run", job_file, "--service", "cloud")
    assert ended.returncode == 0, ended.stderr


def test_a_job_that_waits_is_shown_as_queued(site: Site, start: Any) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    assert site.run("submit", site.job_file(CLOUD), "-o", "first").returncode == 0
    before = site.simulator.requests.count("cloud", "GET", "*/v1/jobs/*")
    process = start("run", site.job_file(CLOUD))
    until(lambda: site.simulator.requests.count("cloud", "GET", "*/v1/jobs/*") > before + 1)
    for found in jobs(site):
        site.simulator.jobs.release(found.submission.id)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Queued on ibm_examplesite" in talk


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        (OutcomeRule(status="Failed", reason_code=1517, reason_message="it failed"), 4),
        (OutcomeRule(status="Cancelled", reason_code=1305, reason_message="too long"), 3),
    ],
)
def test_the_exit_status_is_the_jobs(rule: OutcomeRule, status: int, site: Site) -> None:
    site.simulator.outcomes.add(rule)
    ended = site.run("run", site.job_file(CLOUD))
    assert ended.returncode == status, ended.stderr
    assert rule.reason_message in ended.stderr


def test_term_cancels_the_job_and_closes_its_session(site: Site, start: Any) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    process = start("run", site.job_file(CLOUD + "session: vqe\n"))
    until(lambda: site.simulator.requests.count("cloud", "GET", "*/v1/jobs/*"))
    process.send_signal(signal.SIGTERM)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM, talk
    assert "the quantum job was cancelled" in talk
    assert (jobs(site), sessions(site)) == ([], ["closed"])


def test_runs_of_one_name_share_a_session_that_stays_open_between_them(site: Site) -> None:
    for close in ("false", "true"):
        job_file = site.job_file(f"{CLOUD}session: {{name: vqe, close: {close}}}\n")
        assert site.run("run", job_file).returncode == 0
        assert (sessions(site) == ["closed"]) == (close == "true")


def test_a_run_that_was_killed_is_resumed_and_its_job_sent_once(site: Site, start: Any) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    process = start("run", site.job_file(CLOUD))
    until(lambda: site.simulator.requests.count("cloud", "GET", "*/v1/jobs/*"))
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    (found,) = jobs(site)
    site.simulator.jobs.release(found.submission.id)
    ended = site.run("run", site.job_file(CLOUD))
    assert ended.returncode == 0, ended.stderr
    assert (sent(site), jobs(site)) == (1, [])


def test_a_run_that_was_killed_before_it_knew_the_answer_finds_its_job(site: Site, start: Any) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    site.simulator.faults.add(
        Fault(app="cloud", method="POST", path="*/v1/jobs", after_work=True, reset=True)
    )
    site.simulator.faults.add(Fault(app="cloud", method="GET", path="*/v1/jobs", delay_secs=3600))
    process = start("run", site.job_file(CLOUD))
    until(lambda: not site.simulator.faults.pending())
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    (found,) = jobs(site)
    site.simulator.jobs.release(found.submission.id)
    ended = site.run("run", site.job_file(CLOUD))
    assert ended.returncode == 0, ended.stderr
    assert (sent(site), jobs(site)) == (1, [])


def test_a_job_that_was_left_is_collected_by_its_directory_and_by_its_id(site: Site) -> None:
    for name in ("a", "b"):
        assert site.run("submit", site.job_file(CLOUD), "-o", name).returncode == 0
    by_id = json.loads((site.home / "b" / "job.json").read_bytes())["job_id"]
    assert site.run("collect", site.home / "a").returncode == 0
    ended = site.run("collect", by_id, "--service", "cloud", "-o", "c")
    assert ended.returncode == 0, ended.stderr
    assert (site.home / "c" / "results.json").exists()


def test_a_private_job_is_read_once(site: Site) -> None:
    assert site.run("run", site.job_file(CLOUD + "private: true\n")).returncode == 0
    assert site.simulator.requests.count("cloud", "GET", "*/results") == 1


def test_private_results_that_break_off_are_told_and_kept(site: Site) -> None:
    site.simulator.faults.add(Fault(app="cloud", method="GET", path="*/results", cut_after=20))
    ended = site.run("run", site.job_file(CLOUD + "private: true\n"))
    assert ended.returncode == 74
    assert "read only once" in ended.stderr
    assert (site.run_directory / "results.json.rejected").stat().st_size == 20
    assert site.simulator.requests.count("cloud", "GET", "*/results") == 1


def test_the_usage_limit_is_told_with_what_to_do(site: Site) -> None:
    site.simulator.cloud.instances.find(site.simulator.cloud_crn).limit_seconds = 0
    ended = site.run("run", site.job_file(CLOUD))
    assert ended.returncode == 75
    assert "exceeds its limit" in ended.stderr


def test_nothing_leaves_the_premises_where_the_site_does_not_allow_it(site: Site) -> None:
    configuration = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    configuration.write_text(
        configuration.read_text().replace(site.simulator.cloud_url, "https://quantum.cloud.ibm.com/api")
    )
    ended = site.run("run", site.job_file(CLOUD))
    assert ended.returncode == 78
    assert "does not allow that data leaves the premises" in ended.stderr
    assert sent(site) == 0


def test_the_plan_of_a_run_says_what_would_be_sent_where(site: Site) -> None:
    told = json.loads(site.run("run", site.job_file(CLOUD + "private: true\n"), "--dry-run").stdout)
    assert told["system"] == "simulated-cloud"
    assert told["request"]["url"] == f"{site.simulator.cloud_url}/v1/jobs"
    assert told["request"]["body"]["private"] is True
    assert sent(site) == 0


def test_an_unfinished_run_on_the_premises_is_not_taken_up_in_the_cloud(site: Site, start: Any) -> None:
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    process = start("run", site.job_file())
    until(lambda: site.simulator.requests.count("api", "GET", "/v1/jobs/*"))
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    ended = site.run("run", site.job_file(), "--service", "cloud")
    assert ended.returncode == 73
    assert sent(site) == 0
