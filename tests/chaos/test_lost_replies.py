"""The server did what it was asked, and the answer never came."""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.chaos.world import Home, world
from tests.integration.conftest import BELL

OTHER_SHOTS = BELL.replace("shots: 100", "shots: 7")
CHOSEN = "id: my-job\n"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with world(tmp_path) as made:
        yield made.home()
        assert made.simulator.faults.pending() == [], "a fault hit nothing"


def lost(app: str, method: str, path: str) -> Fault:
    return Fault(app, method, path, after_work=True, reset=True)


@pytest.mark.parametrize(
    "fault",
    [
        lost("iam", "POST", "*"),
        lost("store", "PUT", "*/params:*"),
        lost("api", "POST", "/v1/jobs"),
        lost("api", "GET", "/v1/jobs/*"),
        lost("store", "GET", "*/results:*"),
        lost("store", "GET", "*/logs:*"),
        lost("api", "DELETE", "/v1/jobs/*"),
        lost("store", "DELETE", "*/params:*"),
        lost("store", "DELETE", "*/results:*"),
        lost("store", "DELETE", "*/logs:*"),
    ],
    ids=lambda fault: f"{fault.app} {fault.method} {fault.path}",
)
def test_a_lost_reply_changes_nothing(fault: Fault, home: Home) -> None:
    home.simulator.faults.add(fault)
    done = home.command()
    assert done.returncode == 0, done.stderr
    home.expect_one_whole_run()


def test_after_a_lost_reply_the_job_is_looked_up_and_not_sent_again(home: Home) -> None:
    home.simulator.faults.add(lost("api", "POST", "/v1/jobs"))
    assert home.command().returncode == 0
    assert home.simulator.requests.count("api", "POST", "/v1/jobs") == 1


def test_a_server_in_trouble_after_a_lost_reply_is_asked_again_for_the_job(home: Home) -> None:
    home.simulator.faults.add(lost("api", "POST", "/v1/jobs"))
    home.simulator.faults.add(Fault("api", "GET", "/v1/jobs/*", status=503))
    done = home.command()
    assert done.returncode == 0, done.stderr
    home.expect_one_whole_run()


@pytest.mark.parametrize("status", [401, 429, 423, 500, 503])
def test_a_refusal_of_a_job_that_was_accepted_changes_nothing(status: int, home: Home) -> None:
    home.simulator.faults.add(Fault("api", "POST", "/v1/jobs", after_work=True, status=status))
    done = home.command()
    assert done.returncode == 0, done.stderr
    home.expect_one_whole_run()


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_job_that_may_exist_keeps_its_objects_while_nobody_tells_whether_it_does(
    status: int, home: Home
) -> None:
    home.simulator.outcomes.add(OutcomeRule(manual=True))
    home.simulator.faults.add(lost("api", "POST", "/v1/jobs"))
    home.simulator.faults.add(Fault("api", "GET", "/v1/jobs/*", times=None, status=status))
    first = home.command()
    assert first.returncode == 124, first.stderr
    assert any("/params:" in name for name in home.objects())
    home.simulator.faults.clear()
    home.simulator.jobs.release(home.simulator.jobs.jobs()[0].id)
    assert home.command().returncode == 0
    home.expect_one_whole_run()


def test_a_lost_reply_to_cancel_leaves_no_job_and_no_object(home: Home) -> None:
    home.simulator.outcomes.add(OutcomeRule(manual=True))
    home.simulator.faults.add(lost("api", "POST", "/v1/jobs/*/cancel"))
    process = home.begin("run", "bell.yaml")
    home.until(lambda: home.simulator.requests.count("api", "GET", "/v1/jobs/*") > 0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert home.simulator.jobs.jobs() == []
    assert home.objects() == []
    assert home.executions == 1


def test_a_chosen_id_that_a_job_has_already_leaves_that_job_and_its_objects_alone(home: Home) -> None:
    home.job_file(CHOSEN + BELL)
    assert home.command("env", "DIRECT_ACCESS_KEEP=all").returncode == 0
    before = home.contents()
    home.job_file(CHOSEN + OTHER_SHOTS)
    done = home.command()
    assert done.returncode == 65
    assert "my-job exists already" in done.stderr
    assert home.contents() == before
    assert home.executions == 1
    assert len(home.run_directories) == 1


def test_a_chosen_id_of_another_identity_leaves_its_job_alone(home: Home) -> None:
    home.job_file(CHOSEN + BELL)
    assert home.command("env", "DIRECT_ACCESS_KEEP=all").returncode == 0
    job = home.simulator.jobs.job("my-job")
    job.request = dataclasses.replace(job.request, owner="somebody else")
    done = home.command("env", "SLURM_JOB_ID=5")
    assert done.returncode == 65, done.stderr
    assert home.simulator.jobs.jobs() == [job]
    assert home.executions == 1


def test_the_answer_to_a_chosen_id_may_be_lost_too(home: Home) -> None:
    home.job_file(CHOSEN + BELL)
    home.simulator.faults.add(lost("api", "POST", "/v1/jobs"))
    assert home.command().returncode == 0
    home.expect_one_whole_run()
