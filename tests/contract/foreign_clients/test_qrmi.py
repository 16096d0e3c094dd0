"""The Python API of QRMI, which Slurm plugins and Qiskit primitives stand on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bench.clients import BACKEND, Peer
from direct_access.simulator.embedded import Simulator
from tests.contract.foreign_clients import programs

qrmi = pytest.importorskip("qrmi", reason="QRMI needs Python 3.11")


def resource_of(access: Mapping[str, Any], **changed: str) -> Any:
    prefix = f"{BACKEND}_"
    environment = Peer(access, Path()).environment().items()
    own = {name.removeprefix(prefix): value for name, value in environment if name.startswith(prefix)}
    kind = qrmi.ResourceType.IBMQuantumSystem
    return qrmi.QuantumResource.from_config(BACKEND, kind, {**own, **changed})


@pytest.fixture
def resource(access: Mapping[str, Any]) -> Any:
    """The backend as QRMI names it."""
    return resource_of(access)


def start(resource: Any, program_id: str, parameters: Mapping[str, Any]) -> Any:
    payload = qrmi.Payload.QiskitPrimitive(input=json.dumps(parameters), program_id=program_id)
    return resource.task_start(payload)


def run(resource: Any, program_id: str, parameters: Mapping[str, Any]) -> Any:
    """Run a task to its end; return it and its results."""
    task = start(resource, program_id, parameters)
    deadline = time.monotonic() + 60
    while resource.task_status(task) == qrmi.TaskStatus.Running and time.monotonic() < deadline:
        time.sleep(0.02)
    assert resource.task_status(task) == qrmi.TaskStatus.Completed
    return task, json.loads(resource.task_result(task).value)


def test_the_backend_is_available(resource: Any) -> None:
    assert resource.status().status == qrmi.ResourceStatusCode.Online
    assert resource.metadata()["backend_name"] == BACKEND


def test_an_offline_backend_is_not_available(simulator: Simulator, resource: Any) -> None:
    backend = simulator.backends.get(BACKEND)
    backend.status = "offline"
    try:
        assert resource.status().status == qrmi.ResourceStatusCode.Offline
    finally:
        backend.status = "online"


def test_the_target_has_configuration_and_properties(simulator: Simulator, resource: Any) -> None:
    target = json.loads(resource.target().value)
    model = simulator.backends.get(BACKEND).model
    assert target["configuration"]["n_qubits"] == model.configuration["n_qubits"]
    assert len(target["properties"]["qubits"]) == model.configuration["n_qubits"]


def test_a_sampler_task_has_results_and_logs(resource: Any) -> None:
    task, results = run(resource, "sampler", programs.sampler(support_qiskit=False))
    assert programs.is_of_a_bell_state(results["results"][0]["data"]["c"]["samples"])
    assert "completed" in resource.task_logs(task)
    resource.task_stop(task)


def test_an_estimator_task_has_results(resource: Any) -> None:
    task, results = run(resource, "estimator", programs.estimator(support_qiskit=False))
    assert results["results"][0]["data"]["evs"][0] > 0.8
    resource.task_stop(task)


def test_a_task_that_is_stopped_is_gone(resource: Any) -> None:
    task, _ = run(resource, "sampler", programs.sampler(support_qiskit=False))
    resource.task_stop(task)
    with pytest.raises(qrmi.TaskNotFoundError, match="1291"):
        resource.task_status(task)


def test_a_wrong_api_key_is_refused(access: Mapping[str, Any]) -> None:
    wrong = resource_of(access, QRMI_IBM_QS_IAM_APIKEY="wrong")
    with pytest.raises(qrmi.AuthenticationFailedError, match="BXNIM0415E"):
        start(wrong, "sampler", programs.sampler(support_qiskit=False))


def test_an_unknown_backend_is_refused(access: Mapping[str, Any]) -> None:
    resource = resource_of(access)
    with pytest.raises(qrmi.InvalidInputError, match="unknown"):
        start(resource, "unknown", programs.sampler(support_qiskit=False))


@pytest.fixture(params=["IBMQuantumComputeService", "IBMQiskitRuntimeService"])
def cloud(access: Mapping[str, Any], request: pytest.FixtureRequest) -> Iterator[Any]:
    """The same backend in the cloud, within a session, by the old and the new name of the service."""
    prefix = {"IBMQuantumComputeService": "QRMI_IBM_QCS", "IBMQiskitRuntimeService": "QRMI_IBM_QRS"}[
        request.param
    ]
    own = {
        "ENDPOINT": access["cloud_url"] + "/v1",
        "IAM_ENDPOINT": access["iam_url"],
        "IAM_APIKEY": access["api_key"],
        "SERVICE_CRN": access["cloud_crn"],
        "SESSION_MODE": "dedicated",
    }
    variables = {f"{prefix}_{name}": value for name, value in own.items()}
    kind = getattr(qrmi.ResourceType, request.param)
    resource = qrmi.QuantumResource.from_config(
        BACKEND, kind, {**variables, "QRMI_JOB_TIMEOUT_SECONDS": "600"}
    )
    session = resource.acquire()
    yield resource
    resource.release(session)


def test_the_cloud_runs_a_task_and_gives_its_results_and_logs(cloud: Any) -> None:
    assert cloud.status().status == qrmi.ResourceStatusCode.Online
    task, results = run(cloud, "sampler", programs.sampler(support_qiskit=False))
    assert programs.is_of_a_bell_state(results["results"][0]["data"]["c"]["samples"])
    assert "completed" in cloud.task_logs(task)
    cloud.task_stop(task)
