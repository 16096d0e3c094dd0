"""The commands beside ``run``: the same steps one by one, and questions."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from direct_access.simulator.jobs.scenario import OutcomeRule

from .conftest import BELL, Site


@pytest.fixture
def submitted(site: Site) -> str:
    """The id of a job that has been submitted and runs until it is released."""
    site.simulator.outcomes.add(OutcomeRule(manual=True))
    done = site.run("submit", site.job_file())
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(site.run_directory)
    return str(site.journal["job_id"])


def release(site: Site, job_id: str) -> None:
    site.simulator.jobs.release(job_id)
    site.simulator.wait_for(job_id)


def test_submit_wait_and_collect_are_the_steps_of_run(site: Site, submitted: str) -> None:
    release(site, submitted)
    assert site.run("wait", site.run_directory).returncode == 0
    assert not (site.run_directory / "results.json").exists()
    collected = site.run("collect", site.run_directory)
    assert collected.returncode == 0, collected.stderr
    assert (site.run_directory / "results.json").exists()
    assert site.objects() == []


def test_wait_exits_by_the_outcome_of_a_job_of_which_only_the_id_is_known(site: Site) -> None:
    site.simulator.outcomes.add(OutcomeRule(status="Failed", reason_code=1517, reason_message="broken"))
    site.run("submit", site.job_file())
    done = site.run("wait", site.journal["job_id"])
    assert done.returncode == 4
    assert "broken" in done.stderr


def test_collect_by_job_id_makes_a_run_directory(site: Site, submitted: str) -> None:
    release(site, submitted)
    done = site.run("collect", submitted, "-o", "elsewhere")
    assert done.returncode == 0, done.stderr
    assert (site.home / "elsewhere" / "results.json").exists()


def test_collect_of_a_job_that_still_runs_exits_124(site: Site, submitted: str) -> None:
    assert site.run("collect", site.run_directory).returncode == 124


def test_run_takes_up_a_run_that_was_only_submitted(site: Site, submitted: str) -> None:
    release(site, submitted)
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(site.run_directory)
    assert site.journal["job_id"] == submitted


def test_run_begins_anew_beside_a_finished_run(site: Site) -> None:
    first = site.run("run", site.job_file())
    second = site.run("run", site.job_file())
    assert [first.stdout.strip(), second.stdout.strip()] == [
        str(site.run_directory),
        f"{site.run_directory}.2",
    ]


@pytest.mark.parametrize("by_id", [True, False])
def test_status_shows_one_job(site: Site, submitted: str, by_id: bool) -> None:
    done = site.run("status", submitted if by_id else site.run_directory, "--format", "json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["id"], document["status"]) == (0, submitted, "Running")
    assert "X-Amz-Signature" not in done.stdout


@pytest.mark.parametrize(("command", "answer"), [("status", "Completed"), ("cancel", "had ended already")])
def test_a_finished_run_tells_of_its_job_when_the_server_has_forgotten_it(
    site: Site, command: str, answer: str
) -> None:
    assert site.run("run", site.job_file()).returncode == 0
    before = site.simulator.requests.count()
    done = site.run(command, site.run_directory)
    assert done.returncode == 0, done.stderr
    assert answer in done.stdout
    assert site.simulator.requests.count() == before


def test_list_shows_every_job_that_the_system_knows(site: Site, submitted: str) -> None:
    done = site.run("list")
    assert done.returncode == 0
    header, row = done.stdout.splitlines()
    assert header.split()[:2] == ["JOB", "STATUS"]
    assert row.split()[:2] == [submitted, "Running"]


def test_cancel_may_be_repeated(site: Site, submitted: str) -> None:
    for _ in range(2):
        done = site.run("cancel", site.run_directory)
        assert (done.returncode, done.stdout) == (0, f"{submitted}: cancelled\n")


def test_cancel_leaves_a_job_that_had_ended(site: Site, submitted: str) -> None:
    release(site, submitted)
    done = site.run("cancel", site.run_directory)
    assert (done.returncode, done.stdout) == (0, f"{submitted}: had ended already\n")
    assert [job.status for job in site.simulator.jobs.jobs()] == ["Completed"]


def test_delete_removes_the_job_and_its_objects_and_keeps_local_files(site: Site) -> None:
    assert site.run("run", "--keep", "all", site.job_file()).returncode == 0
    assert len(site.objects()) == 3
    done = site.run("delete", site.run_directory)
    assert done.returncode == 0, done.stderr
    assert site.objects() == []
    assert site.simulator.jobs.jobs() == []
    assert (site.run_directory / "results.json").exists()


@pytest.mark.parametrize(("keep", "stays"), [("none", False), ("objects", True)])
def test_delete_removes_what_a_download_would_have_been_resumed_from_with_its_object(
    site: Site, keep: str, stays: bool
) -> None:
    assert site.run("run", "--keep", "all", site.job_file()).returncode == 0
    left = site.run_directory / ".results.json.part-map"
    left.touch(mode=0o600)
    assert site.run("delete", "--keep", keep, site.run_directory).returncode == 0
    assert left.exists() == stays


@pytest.mark.parametrize(
    ("keep", "jobs", "objects"), [("none", 0, 0), ("objects", 0, 3), ("job", 1, 0), ("all", 1, 3)]
)
def test_keep_says_what_stays_on_the_server(site: Site, keep: str, jobs: int, objects: int) -> None:
    assert site.run("run", "--keep", keep, site.job_file()).returncode == 0
    assert (len(site.simulator.jobs.jobs()), len(site.objects())) == (jobs, objects)


def test_results_and_logs_of_a_run_need_no_network(site: Site) -> None:
    site.run("run", site.job_file())
    before = site.simulator.requests.count()
    assert site.run("results", site.run_directory).returncode == 0
    assert json.loads(site.run("results", site.run_directory, "--format", "json").stdout)["schema"]
    assert site.run("logs", site.run_directory).returncode == 0
    assert site.simulator.requests.count() == before


@pytest.mark.parametrize("name", ["absent", "absent/results.json", "."])
def test_results_that_are_none_are_bad_input(site: Site, name: str) -> None:
    shown = site.run("results", name)
    assert (shown.returncode, shown.stdout) == (65, "")
    assert shown.stderr.startswith(f"direct-access: {name} ")


def test_backends_are_shown_with_their_configuration_and_properties(site: Site) -> None:
    done = site.run("backends")
    assert done.returncode == 0
    assert "ibm_examplesite" in done.stdout
    configuration = json.loads(site.run("backends", "ibm_examplesite", "--configuration").stdout)
    assert configuration["document"]["n_qubits"] == 27
    properties = json.loads(site.run("backends", "ibm_examplesite", "--properties").stdout)
    assert properties["document"]["qubits"]


def test_an_unknown_job_is_no_input_of_ours(site: Site) -> None:
    done = site.run("status", "no-such-job")
    assert done.returncode == 65
    assert "no-such-job" in done.stderr


def test_validate_needs_no_network_and_no_configuration(site: Site) -> None:
    done = site.run("validate", site.job_file(), DIRECT_ACCESS_CONFIG="/nonexistent")
    assert done.returncode == 0, done.stderr
    assert site.simulator.requests.count() == 0


def test_validate_prints_the_params_as_they_would_be_uploaded(site: Site) -> None:
    printed = site.run("validate", "--print-params", site.job_file()).stdout
    site.run("run", site.job_file())
    assert printed.strip() == (site.run_directory / "params.json").read_text()


def test_validate_names_the_first_instruction_that_the_backend_lacks(site: Site) -> None:
    text = site.job_file().read_text().replace("sx $0;", "h $0;")
    done = site.run("validate", "--backend", "ibm_examplesite", site.job_file(text))
    assert done.returncode == 65
    assert "h" in done.stderr
    assert "transpile" in done.stderr


def test_a_dry_run_prints_the_plan_without_a_request_a_file_or_a_secret(site: Site) -> None:
    done = site.run("run", "--dry-run", site.job_file())
    plan = json.loads(done.stdout)
    assert plan["request"]["body"]["backend"] == "ibm_examplesite"
    assert (plan["run_directory"], plan["action"]) == (str(site.run_directory), "start")
    assert site.simulator.requests.count() == 0
    assert not site.run_directory.exists()
    for secret in (site.simulator.api_key, site.simulator.secret_access_key):
        assert secret not in done.stdout + done.stderr


def test_a_dry_run_names_the_job_that_would_be_resumed(site: Site, submitted: str) -> None:
    plan = json.loads(site.run("run", "--dry-run", site.job_file()).stdout)
    assert (plan["run_directory"], plan["action"]) == (str(site.run_directory), "resume")
    assert plan["request"]["body"]["id"] == submitted


def test_a_dry_run_names_the_directory_beside_a_finished_run(site: Site) -> None:
    site.run("run", site.job_file())
    plan = json.loads(site.run("run", "--dry-run", site.job_file()).stdout)
    assert (plan["run_directory"], plan["action"]) == (f"{site.run_directory}.2", "start")


def test_config_show_names_the_origin_of_every_setting_and_no_secret(site: Site) -> None:
    done = site.run("config", "show", "--origin", DIRECT_ACCESS_KEEP="job")
    assert done.returncode == 0, done.stderr
    keep = next(line for line in done.stdout.splitlines() if line.startswith("keep"))
    assert "job" in keep
    assert "DIRECT_ACCESS_KEEP" in keep
    for secret in (site.simulator.api_key, site.simulator.secret_access_key):
        assert secret not in done.stdout


def test_the_journal_holds_neither_secret_nor_url_nor_bucket(site: Site) -> None:
    site.run("run", site.job_file())
    text = "".join(
        path.read_text() for path in Path(site.run_directory).iterdir() if path.name != "params.json"
    )
    for forbidden in (
        site.simulator.api_key,
        site.simulator.secret_access_key,
        site.simulator.store_url,
        site.simulator.service_crn,
        "X-Amz-",
    ):
        assert forbidden not in text


def test_a_run_whose_id_another_job_has_lays_no_hand_on_that_job(site: Site, submitted: str) -> None:
    other = site.job_file(BELL + f"id: {submitted}\nlog_level: debug\n".replace("shots: 100", "shots: 7"))
    refused = site.run("run", other, "--timeout-secs", "61", "-o", "other")
    assert refused.returncode == 65, refused.stderr
    assert not (site.home / "other").exists()
    assert [job.status for job in site.simulator.jobs.jobs()] == ["Running"]


def test_interrupting_wait_leaves_the_job(site: Site, submitted: str) -> None:
    process = site.start("wait", site.run_directory)
    assert process.stderr is not None
    while "Running" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGINT
    assert [job.status for job in site.simulator.jobs.jobs()] == ["Running"]
    release(site, submitted)
    assert site.run("collect", site.run_directory).returncode == 0


def test_a_process_that_slurm_will_not_signal_is_told_so(site: Site) -> None:
    slurm = {"SLURM_JOB_ID": "7", "SLURM_TASK_PID": "1", "SLURM_CLUSTER_NAME": "hpc"}
    done = site.run("run", "-o", "out", site.job_file(), **slurm)
    assert done.returncode == 0, done.stderr
    assert "srun or exec" in done.stderr
    assert "which other nodes do not see" in done.stderr


def test_what_a_server_says_cannot_play_with_the_terminal(site: Site) -> None:
    site.simulator.outcomes.add(OutcomeRule(status="Failed", reason_code=1, reason_message="a\x1b[2Jb"))
    done = site.run("run", site.job_file())
    assert done.returncode == 4
    assert "\x1b" not in done.stderr
    assert "a [2Jb" in done.stderr
