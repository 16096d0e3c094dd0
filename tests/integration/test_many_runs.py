"""``collect --all`` and ``list``: many runs at once."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.jobs.scenario import OutcomeRule

from .conftest import Site


def submit(site: Site, name: str, status: str = "Completed") -> str:
    """Submit a job that goes on until it is released, and ends so then; return its id."""
    site.simulator.outcomes.add(OutcomeRule(manual=True, status=status))
    done = site.run("submit", "--output-dir", f"runs/{name}", site.job_file())
    assert done.returncode == 0, done.stderr
    return str(json.loads((site.home / "runs" / name / "job.json").read_bytes())["job_id"])


def release(site: Site, job_id: str) -> None:
    site.simulator.jobs.release(job_id)
    site.simulator.wait_for(job_id)


def test_everything_that_has_ended_is_collected(site: Site) -> None:
    for name in ("one", "two"):
        release(site, submit(site, name))
    done = site.run("collect", "--all", "runs")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Completed") == 2
    assert all((site.home / "runs" / name / "results.json").exists() for name in ("one", "two"))
    assert site.objects() == []


def test_what_still_runs_is_left_and_says_so(site: Site) -> None:
    release(site, submit(site, "ended"))
    running = submit(site, "running")
    done = site.run("collect", "--all", "runs", "--format", "json")
    assert done.returncode == 124
    runs = {Path(run["directory"]).name: run for run in json.loads(done.stdout)["runs"]}
    assert runs["ended"]["exit_status"] == 0
    assert (runs["running"]["exit_status"], runs["running"]["job_id"]) == (124, running)
    assert site.simulator.jobs.job(running).status == "Running"


def test_a_job_that_failed_is_collected_and_told(site: Site) -> None:
    release(site, submit(site, "good"))
    bad = submit(site, "bad", "Failed")
    submit(site, "running")
    release(site, bad)
    done = site.run("collect", "--all", "runs")
    assert done.returncode == 4
    assert bad in done.stderr
    assert (site.home / "runs" / "good" / "results.json").exists()


def test_runs_that_are_finished_are_not_touched_again(site: Site) -> None:
    release(site, submit(site, "one"))
    assert site.run("collect", "--all", "runs").returncode == 0
    again = site.run("collect", "--all", "runs")
    assert (again.returncode, again.stdout) == (0, "")


def test_the_usual_place_is_the_scratch_directory(site: Site) -> None:
    release(site, submit(site, "one"))
    done = site.run("collect", "--all", SCRATCH=str(site.home / "runs"))
    assert (done.returncode, done.stdout.count("Completed")) == (0, 1)


def test_links_and_hidden_directories_are_passed_over(site: Site) -> None:
    release(site, submit(site, "one"))
    (site.home / "other").mkdir()
    (site.home / "other" / "link").symlink_to(site.home / "runs" / "one")
    (site.home / "runs" / "one").rename(site.home / "runs" / ".hidden")
    assert site.run("collect", "--all", "other").stdout == ""
    assert site.run("collect", "--all", "runs").stdout == ""


def test_a_broken_journal_hides_no_other_run(site: Site) -> None:
    release(site, submit(site, "one"))
    (site.home / "runs" / "broken").mkdir()
    (site.home / "runs" / "broken" / "job.json").write_text("{")
    done = site.run("collect", "--all", "runs")
    assert done.returncode == 73
    assert "broken" in done.stderr
    assert (site.home / "runs" / "one" / "results.json").exists()


@pytest.mark.parametrize("arguments", [(), ("--all", "runs", "--output-dir", "x")])
def test_what_to_collect_must_be_clear(site: Site, arguments: tuple[str, ...]) -> None:
    assert site.run("collect", *arguments).returncode == 2


def listed(site: Site) -> dict[str, dict[str, object]]:
    done = site.run("list", "--local", "runs", "--format", "json")
    return {str(job["id"]): job for job in json.loads(done.stdout)["jobs"]}


def test_the_list_joins_jobs_with_their_runs(site: Site) -> None:
    with_run = submit(site, "one")
    without_run = submit(site, "two")
    (site.home / "runs" / "two" / "job.json").unlink()
    jobs = listed(site)
    assert jobs[with_run]["directory"] == str(site.home / "runs" / "one")
    assert jobs[with_run]["step"] == "wait"
    assert jobs[without_run]["directory"] is None
    assert jobs[with_run]["on_server"] is jobs[without_run]["on_server"] is True


def test_the_list_shows_a_run_whose_job_is_gone(site: Site) -> None:
    job_id = submit(site, "one")
    release(site, job_id)
    site.simulator.jobs.delete(job_id)
    (job,) = listed(site).values()
    assert (job["id"], job["on_server"], job["status"], job["step"]) == (job_id, False, None, "wait")


def test_the_list_shows_the_runs_of_this_side_when_the_system_is_away(site: Site) -> None:
    job_id = submit(site, "one")
    site.simulator.api_keys.clear()
    site.simulator.tokens.revoke_all()
    done = site.run("list", "--local", "runs", XDG_RUNTIME_DIR="/nonexistent")
    assert done.returncode == 77
    assert job_id in done.stdout
    assert "at step wait" in done.stdout


STEPS = [{"SLURM_JOB_ID": "7", "SLURM_CLUSTER_NAME": "alps", "SLURM_STEP_ID": number} for number in "01"]


@pytest.fixture
def late(site: Site) -> Iterator[subprocess.Popen[str]]:
    """A step that begins and then stands still, as on a node whose file system is slow."""
    process = site.start("run", "--output-dir", "bell", site.job_file(), **STEPS[1])
    process.send_signal(signal.SIGSTOP)
    yield process
    process.kill()
    process.communicate()


def test_two_steps_that_begin_together_are_one_run_however_slow_one_is(
    site: Site, late: subprocess.Popen[str]
) -> None:
    assert site.run("run", "--output-dir", "bell", site.job_file(), **STEPS[0]).returncode == 0
    late.send_signal(signal.SIGCONT)
    _, talk = late.communicate(timeout=60)
    assert (late.returncode, site.simulator.jobs.accepted) == (0, 1), talk
    assert site.run("run", "--output-dir", "bell", site.job_file(), **STEPS[1]).returncode == 0
    assert site.simulator.jobs.accepted == 2  # a step that begins later has a run of its own
