"""Systems as a configuration describes them, and a simulated one that is there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from direct_access.clock import ManualClock, SystemClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings, Settings, StorageSettings, System
from direct_access.model.jobs import JobSpec
from direct_access.services.composition import open_service
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import Pace
from direct_access.simulator.settings import SimulatorSettings

BUCKET_CRN = "crn:v1:bluemix:public:cloud-object-storage:global:a/00aa:11bb:bucket:lab-jobs"
NO_SECRET = SecretSource("unused", file=Path("/nonexistent/secret"))

S3 = StorageSettings(
    type="s3_compatible",
    bucket="lab",
    region="us-east-1",
    endpoint_url="https://inside:9000",
    service_endpoint_url="https://outside.example",
    prefix="site",
    access_key_id="AKID",
    secret_access_key=NO_SECRET,
)
COS = StorageSettings(type="ibmcloud_cos", bucket_crn=BUCKET_CRN, region="us-east", region_type="regional")


def system_with(storage: StorageSettings | None) -> System:
    return System(
        name="lab",
        url="https://qs.example:30060/",
        service_crn="crn:v1:bluemix:public:quantum-computing:us-east:a/00aa:11bb::",
        api_key=NO_SECRET,
        storage=storage,
    )


@pytest.fixture
def s3_system():
    return system_with(S3)


@pytest.fixture
def cos_system():
    return system_with(COS)


@pytest.fixture
def build_system():
    return system_with


@pytest.fixture
def spec():
    return JobSpec("sampler", "ibm_examplesite", 600)


@pytest.fixture
def simulator(tmp_path):
    """A simulated system whose jobs wait until they are released."""
    settings = SimulatorSettings(execute=False, pace=Pace.by_hand())
    with Simulator(tmp_path / "simulator", settings) as started:
        yield started


def simulated(simulator: Simulator, directory: Path, storage_type: str = "s3_compatible") -> System:
    """Return what a configuration says of the simulator, with the secrets in files."""
    if storage_type == "s3_compatible":
        storage = StorageSettings(
            type="s3_compatible",
            bucket=simulator.bucket,
            endpoint_url=simulator.store_url,
            access_key_id=simulator.access_key_id,
            secret_access_key=_source(directory / "secret", simulator.secret_access_key),
        )
    else:
        storage = StorageSettings(
            type="ibmcloud_cos",
            bucket_crn=simulator.bucket_crn,
            region="us-east",
            region_type="regional",
            endpoint_url=simulator.store_url,
        )
    return System(
        name="simulator",
        url=simulator.api_url,
        service_crn=simulator.service_crn,
        api_key=_source(directory / "api_key", simulator.api_key),
        iam_url=simulator.iam_url,
        storage=storage,
        network=NetworkSettings(connect_timeout_secs=2.0, read_timeout_secs=10.0),
    )


def _source(file: Path, secret: str) -> SecretSource:
    file.parent.mkdir(exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(secret)
    return SecretSource(file.name, file=file)


@pytest.fixture
def notices():
    return []


@pytest.fixture
def open_simulated(simulator, tmp_path, monkeypatch, notices):
    """Return a function that opens the service of the simulated system; its waits take no time."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    opened = []

    def build(storage_type="s3_compatible", stop=None):
        system = simulated(simulator, tmp_path / "secrets", storage_type)
        service = open_service(
            Settings(systems={"simulator": system}),
            None,
            clock=ManualClock(SystemClock().wall()),
            stop=stop or threading.Event(),
            notify=notices.append,
        )
        opened.append(service)
        return service

    yield build
    for service in opened:
        service.close()


@pytest.fixture
def params(tmp_path):
    path = tmp_path / "params.json"
    path.write_text('{"version": 2, "pubs": []}')
    return path


@pytest.fixture
def simulated_spec(simulator):
    return JobSpec("sampler", simulator.settings.default_backend, 60, "info")
