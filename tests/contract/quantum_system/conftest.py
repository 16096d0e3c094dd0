from __future__ import annotations

import pytest

from direct_access.auth.iam import iam_authorizer
from direct_access.clock import ManualClock, SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.redact import Secret
from direct_access.retry.repeat import Patience
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import Pace
from direct_access.simulator.settings import SimulatorSettings
from direct_access.transport.http import HttpClient


@pytest.fixture
def simulator(tmp_path):
    """A system of one lane whose jobs wait until they are released."""
    settings = SimulatorSettings(execute=False, pace=Pace.by_hand(), lanes=1, max_body_bytes=4096)
    with Simulator(tmp_path / "simulator", settings) as started:
        yield started


@pytest.fixture
def backend(simulator):
    return simulator.settings.default_backend


@pytest.fixture
def http():
    client = HttpClient(NetworkSettings())
    yield client
    client.close()


@pytest.fixture
def build_client(simulator, http):
    """Return a function from an authorizer, and perhaps another CRN, to a client whose waits take no time."""

    def build(authorizer, service_crn=None, api_version="2026-02-15"):
        return QuantumSystemClient(
            http,
            authorizer,
            url=simulator.api_url,
            service_crn=service_crn or simulator.service_crn,
            api_version=api_version,
            patience=Patience(ManualClock()),
        )

    return build


@pytest.fixture
def authorizer(simulator, http, tmp_path):
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    return iam_authorizer(http, simulator.iam_url, Secret(simulator.api_key), SystemClock(), environment)


@pytest.fixture
def client(build_client, authorizer):
    return build_client(authorizer)


@pytest.fixture
def request_of(simulator, backend):
    """Return a function from a job id to the body of its submission."""

    def build(job_id, **changes):
        block = {
            "type": "ibmcloud_cos",
            "region": "us-east",
            "region_type": "regional",
            "bucket_crn": simulator.bucket_crn,
        }
        storage = {
            role: {**block, "object_name": f"{role}:{job_id}"} for role in ("input", "results", "logs")
        }
        return {
            "id": job_id,
            "backend": backend,
            "program_id": "sampler",
            "timeout_secs": 60,
            "storage": storage,
            **changes,
        }

    return build


@pytest.fixture
def running(client, request_of, simulator, tmp_path):
    """The id of a job that was accepted and waits."""
    params = tmp_path / "params.json"
    params.write_text("{}")
    simulator.store.write(simulator.bucket, "input:j-1", params)
    client.submit_job(request_of("j-1"))
    return "j-1"


@pytest.fixture
def ended(running, simulator):
    simulator.jobs.release(running)
    simulator.wait_for(running)
    return running
