"""A job whose objects lie in a real store: we, the quantum system and IAM meet there by real credentials."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from direct_access.clock import SystemClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import Settings, StorageSettings, System
from direct_access.errors import NotFoundError
from direct_access.model.jobs import JobSpec, JobStatus
from direct_access.services.composition import open_service
from direct_access.services.protocol import NewJob
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.iam.tokens import AUDIENCE
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.object_store.clients import SDKS, sdk_client
from tests.contract.object_store.expectations import SEAWEEDFS
from tests.contract.object_store.targets import Target
from tests.contract.storage.judge import Judge
from tests.stores.seaweedfs import OpenIdProvider, SeaweedFS

BUCKET = "jobs"
BUCKET_CRN = f"crn:v1:bluemix:public:cloud-object-storage:global:a/00aa:11bb:bucket:{BUCKET}"
PARAMS = b'{"version": 2, "pubs": [["OPENQASM 3.0; bit[1] c; c[0] = measure $0;", [], 7]]}'


@pytest.fixture(scope="module")
def iam_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def store(iam_port):
    issuer = f"http://127.0.0.1:{iam_port}/identity"
    with SeaweedFS(open_id=OpenIdProvider(issuer, AUDIENCE, f"{issuer}/keys")) as started:
        yield started


@pytest.fixture(scope="module")
def judge(store):
    key, secret = store.access_key_id, store.secret_access_key
    client = sdk_client(SDKS[0], Target(store.endpoint_url, key, secret, BUCKET, SEAWEEDFS))
    client.create_bucket(Bucket=BUCKET)
    return Judge(client, BUCKET)


@pytest.fixture(scope="module")
def simulator(store, iam_port, tmp_path_factory):
    settings = SimulatorSettings(execute=False, iam_port=iam_port, cos_endpoint=store.endpoint_url)
    with Simulator(tmp_path_factory.mktemp("simulator"), settings) as started:
        yield started


@pytest.fixture(params=["s3_compatible", "ibmcloud_cos"])
def service(request, simulator, store, secret_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    storage = {
        "s3_compatible": StorageSettings(
            type="s3_compatible",
            bucket=BUCKET,
            endpoint_url=store.endpoint_url.replace("127.0.0.1", "localhost"),
            service_endpoint_url=store.endpoint_url,
            access_key_id=store.access_key_id,
            secret_access_key=secret_file(store.secret_access_key),
        ),
        "ibmcloud_cos": StorageSettings(
            type="ibmcloud_cos",
            bucket_crn=BUCKET_CRN,
            region="us-east",
            region_type="regional",
            endpoint_url=store.endpoint_url,
        ),
    }[request.param]
    api_key: SecretSource = secret_file(simulator.api_key)
    system = System(
        "lab", simulator.api_url, simulator.service_crn, api_key, iam_url=simulator.iam_url, storage=storage
    )
    service = open_service(
        Settings({"lab": system}), "lab", clock=SystemClock(), stop=threading.Event(), notify=print
    )
    yield service
    service.close()


def test_a_job_runs_with_its_objects_in_the_store(service, simulator, judge, file, read_all, request):
    job_id = f"job-{request.node.callspec.id}"
    handle = service.plan(NewJob(job_id, "cluster/1000/42.0"))
    service.stage(handle, file(PARAMS))
    assert judge.read(f"cluster/1000/42.0/params:{job_id}") == PARAMS
    service.submit(handle, JobSpec("sampler", simulator.settings.default_backend, 60))
    simulator.wait_for(job_id)
    assert service.status(handle).status is JobStatus.COMPLETED
    results = read_all(service.open_results(handle))
    assert json.loads(results)
    assert judge.read(f"cluster/1000/42.0/results:{job_id}") == results
    assert service.find(job_id) == handle
    service.forget(handle, job=True, objects=True)
    assert judge.names("cluster/") == []
    with pytest.raises(NotFoundError):
        service.open_results(handle)
