"""Every row of the exit status table that needs no Slurm, shown by the command as a subprocess."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule

from .conftest import Site


def until(condition: object, secs: float = 20.0) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + secs
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def waiting(site: Site) -> bool:
    """Whether the run's job is on the server and the command waits for it."""
    path = site.run_directory / "job.json"
    return path.exists() and json.loads(path.read_bytes())["step"] == "wait"


def held_job(site: Site) -> None:
    """Let the next job run until somebody releases or cancels it."""
    site.simulator.outcomes.add(OutcomeRule(manual=True))


def test_0_a_completed_job_leaves_verified_results_and_logs_and_an_empty_server(site: Site) -> None:
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    directory = Path(done.stdout.strip())
    assert directory == site.run_directory
    assert json.loads((directory / "results.json").read_bytes())
    assert (directory / "logs.txt").read_text()
    assert site.journal["step"] == "finished"
    assert site.journal["files"]["results.json"]["verified_by"] == "md5"
    assert site.objects() == []
    assert site.simulator.jobs.jobs() == []


def test_2_an_unknown_option_is_wrong_usage(site: Site) -> None:
    done = site.run("run", "--no-such-option", site.job_file())
    assert done.returncode == 2
    assert "--no-such-option" in done.stderr


def test_3_a_job_that_ran_too_long_is_cancelled_and_says_so(site: Site) -> None:
    site.simulator.outcomes.add(
        OutcomeRule(status="Cancelled", reason_code=1305, reason_message="Job ran too long")
    )
    done = site.run("run", site.job_file())
    assert done.returncode == 3
    assert "ran too long" in done.stderr
    assert "1305" in done.stderr


def test_4_a_failed_job_prints_reason_and_solution_and_keeps_log_and_objects(site: Site) -> None:
    site.simulator.outcomes.add(
        OutcomeRule(
            status="Failed",
            reason_code=1517,
            reason_message="Error in the circuit",
            reason_solution="Check the circuit.",
        )
    )
    done = site.run("run", site.job_file())
    assert done.returncode == 4
    for text in ("Error in the circuit", "1517", "Check the circuit."):
        assert text in done.stderr
    assert (site.run_directory / "logs.txt").exists()
    assert not (site.run_directory / "results.json").exists()
    assert any("/params:" in name for name in site.objects())
    assert site.simulator.jobs.jobs() == []


def test_65_a_faulty_job_file_names_every_fault_and_leaves_nothing(site: Site) -> None:
    faulty = site.job_file("program_id: samplr\nbackend: ibm_examplesite\nshotz: 3\n")
    done = site.run("run", faulty)
    assert done.returncode == 65
    assert "sampler" in done.stderr
    assert "shotz" in done.stderr
    assert not site.run_directory.exists()
    assert site.simulator.requests.count() == 0


def test_65_a_backend_that_the_server_does_not_know_is_refused_and_nothing_stays(site: Site) -> None:
    done = site.run("run", site.job_file(), "--backend", "ibm_nowhere")
    assert done.returncode == 65
    assert "ibm_nowhere" in done.stderr
    assert site.objects() == []


@pytest.mark.parametrize("status", [400, 413, 422])
def test_65_a_body_that_the_server_refuses_is_our_input(site: Site, status: int) -> None:
    site.simulator.faults.add(Fault(method="POST", path="/v1/jobs", status=status))
    done = site.run("run", site.job_file())
    assert done.returncode == 65
    assert site.objects() == []


def test_69_a_service_that_is_not_there_within_the_deadline(site: Site) -> None:
    body = json.dumps({"status_code": 500, "errors": [{"code": "1000", "message": "it failed"}]})
    site.simulator.faults.add(Fault(method="POST", path="/v1/jobs", status=500, body=body, times=None))
    done = site.run("run", site.job_file(), "--wait-deadline", "2")
    assert done.returncode == 69, done.stderr
    assert site.simulator.jobs.jobs() == []


def test_70_an_installation_without_its_libraries_is_our_fault(site: Site, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "click.py").write_text("raise ImportError('click is not here')")
    done = site.run("--help", PYTHONPATH=str(broken))
    assert done.returncode == 70
    assert "click is not here" in done.stderr


def test_73_an_output_directory_that_is_a_file(site: Site) -> None:
    site.run_directory.write_text("not a directory")
    done = site.run("run", site.job_file())
    assert done.returncode == 73
    assert str(site.run_directory) in done.stderr
    assert site.simulator.requests.count() == 0


def test_73_a_run_that_another_process_owns(site: Site) -> None:
    held_job(site)
    first = site.start("run", site.job_file())
    until(lambda: waiting(site))
    second = site.run("run", site.job_file())
    assert second.returncode == 73
    assert f"pid {first.pid}" in second.stderr
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)


def test_74_a_store_that_fails_for_good(site: Site) -> None:
    site.simulator.faults.add(Fault(app="store", method="PUT", status=400, times=None))
    done = site.run("run", site.job_file())
    assert done.returncode == 74
    assert site.simulator.jobs.jobs() == []


@pytest.mark.parametrize("results", ["truncated", "not_json", "empty"])
def test_74_results_that_cannot_be_right_are_kept_aside_and_the_job_stays(site: Site, results: str) -> None:
    site.simulator.outcomes.add(OutcomeRule(results=results))
    done = site.run("run", site.job_file())
    assert done.returncode == 74, done.stderr
    assert not (site.run_directory / "results.json").exists()
    assert (site.run_directory / "results.json.rejected").exists()
    assert "direct-access collect" in done.stderr
    assert any("/results:" in name for name in site.objects())
    assert len(site.simulator.jobs.jobs()) == 1


def test_74_a_full_disk_leaves_the_job_and_its_objects_for_later(site: Site) -> None:
    site.simulator.outcomes.add(OutcomeRule(results_bytes=8 << 20))
    limit = f"ulimit -f 4096; exec {sys.executable} -m direct_access run bell.yaml"
    site.job_file()
    done = subprocess.run(
        ["bash", "-c", limit],
        cwd=site.home,
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 74, done.stderr
    assert not list(site.run_directory.glob("*results*"))
    assert any("/results:" in name for name in site.objects())
    later = site.run("collect", site.run_directory)
    assert later.returncode == 0, later.stderr
    assert (site.run_directory / "results.json").stat().st_size >= 8 << 20
    assert site.objects() == []


@pytest.mark.parametrize(("status", "word"), [(429, "1232"), (423, "1233")])
def test_75_a_busy_backend_when_we_shall_not_wait(site: Site, status: int, word: str) -> None:
    code = [{"code": word, "message": "busy", "more_info": ""}]
    body = json.dumps({"status_code": status, "errors": code})
    site.simulator.faults.add(Fault(method="POST", path="/v1/jobs", status=status, body=body))
    done = site.run("run", site.job_file(), "--on-busy", "fail")
    assert done.returncode == 75
    assert word in done.stderr
    assert site.objects() == []
    assert site.simulator.jobs.jobs() == []


@pytest.mark.parametrize("status", ["offline", "paused"])
def test_75_a_backend_that_takes_no_jobs_where_nobody_waits(site: Site, status: str) -> None:
    site.simulator.backends.get("ibm_examplesite").status = status
    done = site.run("run", site.job_file(), "--on-busy", "fail")
    assert done.returncode == 75, done.stderr
    assert (site.simulator.jobs.accepted, site.objects()) == (0, [])


@pytest.mark.parametrize("reply", ["html", "garbage", "empty"])
def test_76_an_answer_outside_the_contract(site: Site, reply: str) -> None:
    site.simulator.faults.add(Fault(method="GET", path="/v1/jobs/*", status=200, reply=reply, times=None))
    done = site.run("run", site.job_file())
    assert done.returncode == 76, done.stderr


def test_77_an_api_key_that_iam_does_not_know(site: Site) -> None:
    site.simulator.api_keys.clear()
    done = site.run("run", site.job_file())
    assert done.returncode == 77
    assert "BXNIM0415E" in done.stderr
    assert site.simulator.api_key not in done.stderr


def test_77_an_action_that_is_not_allowed_is_named(site: Site) -> None:
    site.simulator.faults.add(Fault(method="POST", path="/v1/jobs", status=403))
    done = site.run("run", site.job_file())
    assert done.returncode == 77
    assert "quantum-computing.direct-access-job.create" in done.stderr


def test_78_no_configuration_at_all(site: Site) -> None:
    done = site.run("run", site.job_file(), DIRECT_ACCESS_CONFIG="/nonexistent/config.yaml")
    assert done.returncode == 78
    assert "/nonexistent/config.yaml" in done.stderr


def test_124_our_waiting_ends_and_the_command_that_picks_the_job_up_is_printed(site: Site) -> None:
    held_job(site)
    done = site.run("run", site.job_file(), "--wait-deadline", "1")
    assert done.returncode == 124
    assert f"direct-access collect {site.run_directory}" in done.stderr
    (job,) = site.simulator.jobs.jobs()
    assert job.status == "Running"
    site.simulator.jobs.release(job.id)
    site.simulator.wait_for(job.id)
    assert site.run("collect", site.run_directory).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_128_plus_n_a_signal_cancels_the_job_and_leaves_nothing_on_the_server(
    site: Site, number: signal.Signals
) -> None:
    held_job(site)
    process = site.start("run", site.job_file())
    until(lambda: waiting(site))
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number, err
    assert site.simulator.jobs.jobs() == []
    assert site.objects() == []
    assert site.journal["step"] == "finished"


def test_128_plus_n_a_run_directory_that_was_deleted_does_not_save_the_job(site: Site) -> None:
    held_job(site)
    process = site.start("run", site.job_file())
    until(lambda: waiting(site))
    shutil.rmtree(site.run_directory)
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 143, err
    assert "the quantum job was cancelled" in err
    assert "next:" not in err
    assert site.simulator.jobs.jobs() == []
    assert site.objects() == []
    assert not site.run_directory.exists()


def test_74_a_run_directory_that_was_deleted_leaves_the_job_to_be_collected_by_its_id(site: Site) -> None:
    held_job(site)
    process = site.start("run", site.job_file())
    until(lambda: waiting(site))
    shutil.rmtree(site.run_directory)
    (job,) = site.simulator.jobs.jobs()
    site.simulator.jobs.release(job.id)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 74, err
    assert f"direct-access collect {job.id}" in err
    assert site.run("collect", job.id, "--output-dir", site.run_directory).returncode == 0
    assert (site.run_directory / "results.json").exists()


def test_the_failure_as_json_is_one_documented_object(site: Site) -> None:
    site.simulator.outcomes.add(OutcomeRule(status="Failed", reason_code=1517, reason_message="no"))
    done = site.run("run", "--quiet", "--format", "json", site.job_file())
    document = json.loads(done.stderr)
    assert done.returncode == document["exit_status"] == 4
    assert document["schema"] == "direct-access/error/v1"
    assert document["kind"] == "job_failed"
    assert document["code"] == "1517"
    assert document["retryable"] is False
    assert done.stdout == ""


def test_the_summary_as_json_names_the_files(site: Site) -> None:
    done = site.run("run", "--quiet", "--format", "json", site.job_file())
    document = json.loads(done.stdout)
    assert document["status"] == "Completed"
    assert document["results"] == str(site.run_directory / "results.json")
    assert Path(document["results"]).stat().st_mode & 0o077 == 0
