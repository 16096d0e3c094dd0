from __future__ import annotations

import pytest

from direct_access.auth.iam import iam_authorizer
from direct_access.clock import ManualClock, SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.job_request import JobRequest
from direct_access.redact import Secret
from direct_access.retry.repeat import Patience
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import Pace
from direct_access.simulator.settings import SimulatorSettings
from direct_access.transport.http import HttpClient

CIRCUIT = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
PARAMS = {"pubs": [[CIRCUIT]], "options": {}, "version": 2}


@pytest.fixture
def simulator(tmp_path):
    """A cloud of one lane whose jobs wait until they are released."""
    settings = SimulatorSettings(execute=False, pace=Pace.by_hand(), lanes=1)
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
def authorizer(simulator, http, tmp_path):
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    return iam_authorizer(http, simulator.iam_url, Secret(simulator.api_key), SystemClock(), environment)


@pytest.fixture
def build(simulator, http, authorizer):
    """Return a function that makes a client whose waits take no time."""

    def make(**changes):
        options = {
            "service_crn": simulator.cloud_crn,
            "url": simulator.cloud_url,
            "patience": Patience(ManualClock()),
            **changes,
        }
        return QiskitRuntimeClient(http, authorizer, **options)

    return make


@pytest.fixture
def client(build):
    return build()


@pytest.fixture
def request_of(backend):
    """Return a function that makes a job."""

    def make(**changes):
        return JobRequest("sampler", backend, PARAMS, **changes)

    return make


@pytest.fixture
def run(client, request_of):
    """Return a function that starts a job and returns its id."""
    return lambda **changes: client.jobs.run(request_of(**changes)).id


@pytest.fixture
def ended(run, simulator):
    """Return a function that starts a job, lets it end, and returns its id."""

    def make(**changes):
        job_id = run(**changes)
        simulator.jobs.release(job_id)
        simulator.wait_for(job_id)
        return job_id

    return make
