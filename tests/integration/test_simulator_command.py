"""``direct-access simulator``: serving, and the commands that make a bad day."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3
import yaml

from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule

from .conftest import Site


def served_configuration(site: Site, *options: str | Path) -> tuple[str, str]:
    """Serve until the line for the shell is there; return the configuration's text and the talk."""
    process = site.start("simulator", *options)
    assert process.stdout
    line = process.stdout.readline()
    path = Path(shlex.split(line)[1].removeprefix("DIRECT_ACCESS_CONFIG="))
    text = path.read_text()
    assert (
        urllib3.request("GET", yaml.safe_load(text)["systems"]["simulator"]["url"] + "/version").status == 200
    )
    process.send_signal(signal.SIGTERM)
    _, talk = process.communicate(timeout=20)
    assert process.returncode == 0, talk
    return text, talk


@pytest.mark.parametrize("command", [[], ["serve"], ["--host", "127.0.0.1"]])
def test_it_serves_with_or_without_the_word(site: Site, command: list[str]) -> None:
    text, talk = served_configuration(site, *command)
    assert "api_key_file" in text
    assert "not a secure service" in talk


def test_every_field_of_a_fault_has_an_option(site: Site) -> None:
    given = Fault(
        app="store",
        method="PUT",
        path="*/results:*",
        times=3,
        skip=1,
        status=503,
        code="SlowDown",
        body="later",
        headers={"Retry-After": "8"},
        after_work=True,
        reset=True,
        cut_after=5,
        pause_secs=0.25,
        delay_secs=0.5,
    )
    options = [
        *("--app", "store", "--method", "PUT", "--path", "*/results:*", "--times", "3", "--skip", "1"),
        *("--status", "503", "--code", "SlowDown", "--body", "later", "--header", "Retry-After=8"),
        *("--after-work", "--reset", "--cut-after", "5", "--pause-secs", "0.25", "--delay-secs", "0.5"),
    ]
    assert site.run("simulator", "fault", "add", *options).returncode == 0
    assert site.simulator.faults.pending() == [given]


def test_a_fault_can_be_given_as_json_and_hit_all_requests(site: Site) -> None:
    rule = json.dumps({"status": 500, "reply": "html"})
    assert site.run("simulator", "fault", "add", "--json", rule, "--times", "all").returncode == 0
    assert site.simulator.faults.pending() == [Fault(status=500, reply="html", times=None)]


def test_faults_are_listed_and_cleared(site: Site) -> None:
    site.simulator.faults.add(Fault(status=500))
    done = site.run("simulator", "fault", "list")
    assert [Fault.from_document(json.loads(line)) for line in done.stdout.splitlines()] == [Fault(status=500)]
    assert site.run("simulator", "fault", "clear").returncode == 0
    assert site.simulator.faults.pending() == []


def test_the_end_of_a_job_is_decided_beforehand(site: Site) -> None:
    options = ["--status", "Failed", "--reason-code", "1517", "--reason-message", "No.", "--no-execute"]
    assert site.run("simulator", "outcome", "add", *options).returncode == 0
    expected = OutcomeRule(status="Failed", reason_code=1517, reason_message="No.", execute=False)
    assert site.simulator.outcomes.pending() == [expected]


def test_a_backend_is_reserved_and_released(site: Site) -> None:
    backend = site.simulator.backends.get("ibm_small")
    assert site.run("simulator", "reserve", "ibm_small").returncode == 0
    assert backend.reserved
    assert site.run("simulator", "release", "ibm_small").returncode == 0
    assert not backend.reserved


def test_a_backend_is_paused_with_a_message(site: Site) -> None:
    done = site.run("simulator", "status", "ibm_small", "paused", "--message", "calibration", "--lanes", "2")
    backend = site.simulator.backends.get("ibm_small")
    assert done.returncode == 0
    assert (backend.status, backend.message, backend.lanes) == ("paused", "calibration", 2)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["fault", "add", "--app", "cos"], 65, "allowed: iam, api, store"),
        (["fault", "add", "--json", "{"], 2, "--json"),
        (["fault", "add", "--header", "Retry-After"], 2, "NAME=VALUE"),
        (["fault", "add", "--times", "many"], 2, "--times"),
        (["reserve", "ibm_none"], 65, "Backend ibm_none not found"),
        (["step", "no-such-job"], 65, "Job no-such-job not found"),
        (["step", "job", "--url", "http://127.0.0.1:1"], 69, "127.0.0.1"),
        (["fault", "list", "--url", "nonsense"], 65, "URL"),
    ],
)
def test_what_means_nothing_is_refused_in_words(
    site: Site, arguments: list[str], status: int, words: str
) -> None:
    done = site.run("simulator", *arguments)
    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_no_simulator_is_told_apart(site: Site) -> None:
    done = site.run("simulator", "fault", "list", "--url", site.simulator.store_url)
    assert done.returncode == 76
    assert "is not a simulator" in done.stderr


SCENARIO = """\
faults:
  - {status: 503, path: /v1/jobs, times: 2}
  - {app: iam, reset: true}
outcomes:
  - {status: Failed, reason_code: 1517}
reservations:
  - {backend: ibm_small, secs: 60}
backends:
  - {backend: ibm_large, status: paused, message: calibration}
pace: {scale: 0.5}
token_lifetime_secs: 5
"""


def test_a_scenario_file_is_a_bad_day_from_the_start(site: Site) -> None:
    path = site.job_file(SCENARIO, "day.yaml")
    process = site.start("simulator", "--scenario", path)
    try:
        assert process.stdout
        configuration = shlex.split(process.stdout.readline())[1].partition("=")[2]
        url = yaml.safe_load(Path(configuration).read_text())["systems"]["simulator"]["url"]
        faults = urllib3.request("GET", f"{url}/admin/faults").json()["faults"]
        assert [(fault["app"], fault["status"], fault["reset"]) for fault in faults] == [
            ("api", 503, False),
            ("iam", None, True),
        ]
        outcomes = urllib3.request("GET", f"{url}/admin/outcomes").json()["outcomes"]
        assert [outcome["reason_code"] for outcome in outcomes] == [1517]
        reservations = urllib3.request("GET", f"{url}/admin/reservations").json()["reservations"]
        assert reservations == [{"backend": "ibm_small"}]
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("faults:\n  - {status: 503}\n  - {stauts: 503}\n", "3:5: faults[1]", "unknown: stauts"),
        ("outcomes:\n  - {status: Done}\n", "2:5: outcomes[0]", "allowed: Completed"),
        ("fault: []\n", "1:1", "unknown: fault"),
        ("pace: {speed: 1}\n", "1:7: pace", "unknown: speed"),
        (
            "reservations: []\nbackends:\n  - {backend: ibm_none}\n",
            "3:15: backends[0].backend",
            "Backend ibm_none not found",
        ),
        ("[1, 2\n", "", "YAML"),
    ],
)
def test_what_is_wrong_with_a_scenario_file_has_its_place(
    site: Site, text: str, place: str, words: str
) -> None:
    done = site.run("simulator", "--scenario", site.job_file(text, "day.yaml"))
    assert done.returncode == 65
    assert f"day.yaml:{place}" in done.stderr
    assert words in done.stderr


def test_own_backends_come_from_a_file(site: Site) -> None:
    path = site.job_file("- {name: mine, n_qubits: 3, topology: line}\n", "backends.yaml")
    process = site.start("simulator", "--backends", path)
    try:
        assert process.stdout
        configuration = shlex.split(process.stdout.readline())[1].partition("=")[2]
        done = site.run("backends", DIRECT_ACCESS_CONFIG=configuration)
        assert "mine" in done.stdout
        assert "ibm_examplesite" in done.stdout
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_what_foreign_clients_need_is_printed_without_a_secret(site: Site) -> None:
    process = site.start("simulator", "--for", "boto3", "--for", "qrmi", "--for", "qiskit-ibm-runtime")
    try:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(6)]
        words = "[ $(stat -c %a $AWS_SHARED_CREDENTIALS_FILE) = 600 ] && env"
        shell = ["sh", "-euc", "".join(lines) + words]
        done = subprocess.run(shell, capture_output=True, text=True, env=site.environment, timeout=20)
        assert done.returncode == 0, done.stderr
        variables = dict(line.split("=", 1) for line in done.stdout.splitlines())
        credentials = Path(variables["AWS_SHARED_CREDENTIALS_FILE"])
        secret = variables["ibm_examplesite_QRMI_IBM_QS_AWS_SECRET_ACCESS_KEY"]
        assert secret in credentials.read_text()
        assert secret not in "".join(lines)
        assert variables["QISKIT_IBM_TOKEN"] not in "".join(lines)
        assert {"IAM_URL", "GLOBAL_SEARCH_URL", "GLOBAL_CATALOG_URL"} <= variables.keys()
        listing = "import boto3; print(*(b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']))"
        program = [sys.executable, "-c", listing]
        judged = subprocess.run(program, capture_output=True, text=True, env=variables, timeout=60)
        assert judged.stdout.split() == ["direct-access"], judged.stderr
    finally:
        process.terminate()
        _, talk = process.communicate(timeout=20)
    assert "qiskit-ibm-runtime 0.49 or newer" in talk
