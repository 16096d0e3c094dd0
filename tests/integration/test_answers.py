"""What the command makes of tokens that expire, servers that are busy, and results that come late."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule

from .conftest import Site

PROCESSES = 50


def test_50_processes_started_together_make_one_token_request(site: Site) -> None:
    processes = [site.start("backends") for _ in range(PROCESSES)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    assert ended == [("", 0)] * PROCESSES
    assert site.simulator.requests.count("iam") == 1


def test_the_token_is_kept_in_a_file_for_its_owner_alone(site: Site) -> None:
    assert site.run("backends").returncode == 0
    (directory,) = (path for path in Path(site.environment["XDG_RUNTIME_DIR"]).iterdir() if path.is_dir())
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}


def test_a_token_that_is_refused_once_is_replaced(site: Site) -> None:
    site.simulator.faults.add(Fault(status=401))
    assert site.run("run", site.job_file()).returncode == 0
    assert site.simulator.requests.count("iam") == 2


def test_77_a_fresh_token_that_is_refused_too_ends_the_run(site: Site) -> None:
    site.simulator.faults.add(Fault(status=401, times=None))
    done = site.run("run", site.job_file())
    assert done.returncode == 77
    assert "nor a fresh one" in done.stderr
    assert site.simulator.requests.count("iam") == 2
    assert site.objects() == []


def test_lanes_that_are_full_are_waited_for_as_long_as_the_server_says(site: Site) -> None:
    site.simulator.faults.add(Fault(method="POST", path="/v1/jobs", status=429, headers={"Retry-After": "2"}))
    done = site.run("run", site.job_file())
    assert done.returncode == 0
    assert "next attempt in 2.00 s" in done.stderr
    first, second = site.simulator.requests.entries("api", "POST", "/v1/jobs")
    assert second.time - first.time >= 2


def test_results_that_appear_after_completed_are_waited_for(site: Site) -> None:
    site.simulator.outcomes.add(OutcomeRule(results="late"))
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert json.loads((site.run_directory / "results.json").read_bytes())


@pytest.mark.parametrize(
    ("keep", "jobs", "objects"),
    [(None, 0, 2), ("none", 0, 0), ("objects", 0, 2), ("job", 1, 2), ("all", 1, 2)],
)
def test_the_objects_of_a_failed_job_stay_unless_none_shall(
    site: Site, keep: str | None, jobs: int, objects: int
) -> None:
    site.simulator.outcomes.add(OutcomeRule(status="Failed"))
    done = site.run("run", *(("--keep", keep) if keep else ()), site.job_file())
    assert done.returncode == 4, done.stderr
    assert (len(site.simulator.jobs.jobs()), len(site.objects())) == (jobs, objects)


def test_a_log_file_gets_one_line_for_each_stage_and_a_terminal_progress_too(site: Site) -> None:
    site.simulator.outcomes.add(OutcomeRule(execution_secs=1, times=None))
    in_file = site.run("run", site.job_file())
    stages = [line.split(": ")[1] for line in in_file.stderr.splitlines()]
    assert stages == ["prepare", "upload", "submit", "wait", "ended", "collect", "collect"]
    watched = subprocess.run(
        ["script", "-qec", f"{sys.executable} -m direct_access run bell.yaml", "/dev/null"],
        cwd=site.home,
        env=site.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "\x1b[Kdirect-access: Running for" in watched.stdout
