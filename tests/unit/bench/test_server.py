"""The server that both clients are measured on."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench import server
from bench.server import Behaviour, BenchSimulator, ReadyResults
from direct_access.simulator import embedded
from direct_access.simulator.jobs.job import Job, JobRequest
from tests.contract.simulator_api.signed_urls import s3_client


@pytest.fixture
def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BenchSimulator]:
    monkeypatch.setattr(embedded, "HttpTransfer", ReadyResults)
    simulator = BenchSimulator(tmp_path / "server")
    monkeypatch.setattr(ReadyResults, "simulator", simulator, raising=False)
    with simulator:
        params = tmp_path / "params.json"
        params.write_text("{}")
        simulator.store.write(simulator.bucket, "params:1", params)
        yield simulator


def _submit(simulator: BenchSimulator) -> Job:
    storage = {
        role: {"type": "s3_compatible", "presigned_url": _url(simulator, method, f"{name}:1")}
        for role, method, name in (
            ("input", "GET", "params"),
            ("results", "PUT", "results"),
            ("logs", "PUT", "logs"),
        )
    }
    request = JobRequest("1", "ibm_examplesite", "sampler", 60, storage, "info", "somebody")
    return simulator.jobs.submit(request)


def _url(simulator: BenchSimulator, method: str, name: str) -> str:
    access = simulator.access
    client = s3_client(access.store_url, access.access_key_id, access.secret_access_key)
    parameters = {"Bucket": access.bucket, "Key": name}
    return str(client.generate_presigned_url(f"{method.lower()}_object", parameters, 60))


def _get(url: str) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    data = connection.getresponse().read()
    connection.close()
    return data


def test_a_job_has_ended_when_its_submission_is_answered(simulator: BenchSimulator) -> None:
    simulator.behave(Behaviour(ended_when_answered=True))
    assert _submit(simulator).status == "Completed"


def test_a_job_that_takes_its_time_is_running_when_its_submission_is_answered(
    simulator: BenchSimulator,
) -> None:
    simulator.behave(Behaviour(execution_secs=3600, ended_when_answered=False))
    assert _submit(simulator).status == "Running"


def test_results_that_lie_ready_become_those_of_a_job(simulator: BenchSimulator) -> None:
    simulator.make_ready(1000)
    simulator.behave(Behaviour(ready_results=1000))
    _submit(simulator)
    assert len(_get(_url(simulator, "GET", "results:1"))) == 1000


def test_requests_of_the_quantum_system_itself_are_not_counted(simulator: BenchSimulator) -> None:
    simulator.behave(Behaviour())
    _submit(simulator)
    _get(_url(simulator, "GET", "results:1"))
    assert simulator.requests_of_clients() == {"store GET": 1}


def test_requests_are_counted_once(simulator: BenchSimulator) -> None:
    _get(_url(simulator, "GET", "params:2"))
    _get(_url(simulator, "GET", "results:1"))
    simulator.requests_of_clients()
    assert simulator.requests_of_clients() == {}


def test_the_ready_results_are_those_of_no_key_that_clients_use() -> None:
    assert not server._OUTPUT.search(server._key_of_ready(1000))
