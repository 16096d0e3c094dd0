"""A restart in the middle of everything loses nothing."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from direct_access.clock import ManualClock
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.simulator_api.client import client_of, object_content, run_job
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.test_simulator_serve import exported, program


def test_a_finished_job_is_the_same_after_a_restart(start: StartSimulator) -> None:
    api = client_of(start())
    api.simulator.outcomes.add(OutcomeRule(status="Failed", reason_code=1517, reason_message="No."))
    api.submit()
    before = api.ended_job()
    api.simulator.stop()
    assert client_of(start()).job() == before


def test_a_running_job_is_played_again_as_it_was_decided(start: StartSimulator) -> None:
    api = client_of(start())
    rule = OutcomeRule(status="Failed", reason_code=1517, manual=True)
    api.simulator.outcomes.add(rule)
    api.submit()
    api.simulator.stop()
    api = client_of(start())
    assert api.job()["status"] == "Running"
    api.simulator.jobs.release("job")
    assert api.ended_job()["reason_code"] == 1517


def test_a_job_whose_time_had_not_passed_ends_after_a_restart(
    start: StartSimulator, clock: ManualClock
) -> None:
    api = client_of(start())
    api.simulator.outcomes.add(OutcomeRule(execution_secs=60))
    api.submit()
    api.simulator.stop()
    api = client_of(start())
    assert api.job()["status"] == "Running"
    while api.job()["status"] == "Running":
        clock.advance(60)
    assert api.job()["status"] == "Completed"
    assert object_content(api.simulator, "results:job")


def test_a_deleted_job_stays_deleted(start: StartSimulator) -> None:
    api = client_of(start())
    api.submit()
    api.ended_job()
    api.delete("/v1/jobs/job")
    api.simulator.stop()
    assert client_of(start()).get("/v1/jobs").document == {"jobs": []}


def test_jobs_accepted_later_do_not_take_the_place_of_those_before(start: StartSimulator) -> None:
    for name in ("a", "b"):
        api = client_of(start())
        api.submit(name)
        api.ended_job(name)
        api.simulator.stop()
    assert [job["id"] for job in client_of(start()).get("/v1/jobs").document["jobs"]] == ["a", "b"]


def test_records_of_jobs_are_private(start: StartSimulator, tmp_path: Path) -> None:
    client_of(start()).submit()
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "records").iterdir()}
    assert modes == {0o600}


@pytest.fixture
def ports() -> dict[str, str]:
    """Ports that were free a moment ago, for two starts in a row."""
    names = ("iam", "api", "store")
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        numbers = [str(held.getsockname()[1]) for held in sockets]
    return dict(zip(names, numbers, strict=True))


def test_a_kill_loses_no_job_no_lane_and_no_token(tmp_path: Path, ports: dict[str, str]) -> None:
    options = ["--no-execute", "--lanes=1", *(f"--{name}-port={port}" for name, port in ports.items())]
    api, store = (f"http://127.0.0.1:{ports[name]}" for name in ("api", "store"))
    prepared = Simulator(tmp_path, SimulatorSettings(execute=False))
    with program(tmp_path, *options) as process:
        exported(process)
        headers = headers_of(prepared, f"http://127.0.0.1:{ports['iam']}")
        body = run_job(prepared)
        urllib3.request("PUT", f"{store}/{prepared.bucket}/params:job", body=b"{}", headers=headers)
        urllib3.request("POST", f"{api}/admin/outcomes", json={"manual": True})
        assert urllib3.request("POST", f"{api}/v1/jobs", json=body, headers=headers).status == 204
        process.kill()
    with program(tmp_path, *options) as process:
        exported(process)
        refused = urllib3.request("POST", f"{api}/v1/jobs", json={**body, "id": "b"}, headers=headers)
        assert refused.json()["errors"][0]["code"] == "1232"
        urllib3.request("POST", f"{api}/admin/jobs/job/release")
        assert ended(f"{api}/v1/jobs/job", headers)["status"] == "Completed"


def headers_of(prepared: Simulator, iam_url: str) -> dict[str, str]:
    """Return the headers of a client that asked IAM for its token."""
    fields = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": prepared.api_key}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = urllib3.request("POST", f"{iam_url}/identity/token", body=urlencode(fields), headers=form)
    token = json.loads(answer.data)["access_token"]
    return {"Authorization": f"Bearer {token}", "Service-CRN": prepared.service_crn}


def ended(url: str, headers: dict[str, str]) -> Any:
    """Return the job once it is not Running any more."""
    while (job := urllib3.request("GET", url, headers=headers).json())["status"] == "Running":
        pass
    return job
