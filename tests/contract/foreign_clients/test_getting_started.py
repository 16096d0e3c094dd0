"""The way of IBM's getting-started notebooks of this API, by calls of our own that do the same.

requests asks IAM and the API, qiskit-ibm-runtime makes a target of configuration and properties, and boto3,
told neither a region nor a version of signatures, presigns the URLs of params, results and log
(https://github.com/qiskit-community/spank-plugins, ``daa_sim/docs/tutorials`` up to 2025).
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
import requests
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import ParameterVector
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime.json import RuntimeDecoder, RuntimeEncoder
from qiskit_ibm_runtime.models import BackendConfiguration, BackendProperties
from qiskit_ibm_runtime.utils.backend_converter import convert_to_target

BACKEND = "ibm_examplesite"
VALUES = [[0.0, 0.0], [3.14159265, 0.0]]
Access = Mapping[str, Any]


@pytest.fixture(scope="module")
def headers(access: Access) -> dict[str, str]:
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": access["api_key"]}
    token = requests.post(f"{access['iam_url']}/identity/token", data=form, timeout=30).json()
    authorization = f"{token['token_type']} {token['access_token']}"
    return {"Authorization": authorization, "Service-CRN": access["service_crn"]}


@pytest.fixture(scope="module")
def to_isa(access: Access, headers: Mapping[str, str]) -> Any:
    """What maps circuits to the backend."""
    url = f"{access['api_url']}/v1/backends/{BACKEND}"
    configuration, properties = (
        requests.get(f"{url}/{part}", headers=headers, timeout=30).json()
        for part in ("configuration", "properties")
    )
    target = convert_to_target(
        BackendConfiguration.from_dict(configuration), BackendProperties.from_dict(properties)
    )
    return generate_preset_pass_manager(optimization_level=1, target=target, seed_transpiler=1)


def text_of(circuit: QuantumCircuit) -> str:
    return qasm3.dumps(
        circuit,
        disable_constants=True,
        allow_aliasing=True,
        experimental=qasm3.ExperimentalFeatures.SWITCH_CASE_V1,
    )


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    return circuit


def turned() -> QuantumCircuit:
    angles = ParameterVector("a", 2)
    circuit = QuantumCircuit(2)
    for qubit in range(2):
        circuit.rx(angles[qubit], qubit)
    return circuit


def sampler(to_isa: Any) -> dict[str, Any]:
    circuit = bell()
    circuit.measure_all()
    text = text_of(to_isa.run(circuit))
    return {"pubs": [[text]], "version": 2, "support_qiskit": False, "shots": 1000, "options": {}}


def parameterized_sampler(to_isa: Any) -> dict[str, Any]:
    circuit = turned()
    circuit.measure_all()
    pub = SamplerPub.coerce((to_isa.run(circuit), VALUES))
    values = pub.parameter_values.as_array(pub.circuit.parameters).tolist()
    return {"pubs": [(text_of(pub.circuit), values)], "version": 2, "support_qiskit": True, "options": {}}


def estimator(to_isa: Any) -> dict[str, Any]:
    return estimator_of(to_isa.run(bell()), [])


def estimator_of(isa: QuantumCircuit, values: list[Any]) -> dict[str, Any]:
    isa.barrier()
    observables = [SparsePauliOp(label).apply_layout(isa.layout) for label in ("ZZ", "XX", "IZ")]
    pub = EstimatorPub.coerce((isa, observables, *values))
    return {
        "pubs": [(text_of(pub.circuit), pub.observables.tolist(), *values)],
        "version": 2,
        "support_qiskit": False,
        "resilience_level": 1,
        "options": {"default_shots": 5000},
    }


def parameterized_estimator(to_isa: Any) -> dict[str, Any]:
    return estimator_of(to_isa.run(turned()), [VALUES[1]])


def run(access: Access, headers: Mapping[str, str], program_id: str, params: dict[str, Any]) -> Any:
    """Run a job as the notebooks do; return its results, decoded by qiskit-ibm-runtime."""
    s3 = boto3.client(
        "s3",
        aws_access_key_id=access["access_key_id"],
        aws_secret_access_key=access["secret_access_key"],
        endpoint_url=access["store_url"],
    )

    def signed(operation: str, name: str) -> str:
        where = {"Bucket": access["bucket"], "Key": name}
        method = "GET" if operation == "get_object" else "PUT"
        return str(s3.generate_presigned_url(operation, Params=where, ExpiresIn=86400, HttpMethod=method))

    job_id = str(uuid.uuid4())
    upload = signed("put_object", f"params_{job_id}")
    assert "AWSAccessKeyId=" in upload, "signed by version 2, or this test shows nothing"
    assert requests.put(upload, data=json.dumps(params, cls=RuntimeEncoder), timeout=30).status_code == 200
    urls = {"input": signed("get_object", f"params_{job_id}")}
    urls |= {name: signed("put_object", f"{name}_{job_id}") for name in ("results", "logs")}
    job = {
        "backend": BACKEND,
        "id": job_id,
        "log_level": "info",
        "program_id": program_id,
        "timeout_secs": 10000,
        "storage": {name: {"type": "s3_compatible", "presigned_url": url} for name, url in urls.items()},
    }
    jobs = f"{access['api_url']}/v1/jobs"
    assert requests.post(jobs, data=json.dumps(job), headers=headers, timeout=30).status_code == 204
    ended = _ended(jobs, headers, job_id)
    assert ended["status"] == "Completed", ended
    results = requests.get(signed("get_object", f"results_{job_id}"), timeout=30).text
    assert requests.get(signed("get_object", f"logs_{job_id}"), timeout=30).text
    assert requests.delete(f"{jobs}/{job_id}", headers=headers, timeout=30).status_code == 204
    return json.loads(results, cls=RuntimeDecoder)


def _ended(jobs: str, headers: Mapping[str, str], job_id: str) -> Any:
    deadline = time.monotonic() + 60
    while True:
        (job,) = (
            job
            for job in requests.get(jobs, headers=headers, timeout=30).json()["jobs"]
            if job["id"] == job_id
        )
        if job["status"] != "Running" or time.monotonic() > deadline:
            return job
        time.sleep(0.05)


def test_a_sampler_job(access: Access, headers: Mapping[str, str], to_isa: Any) -> None:
    (result,) = run(access, headers, "sampler", sampler(to_isa))["results"]
    samples = result["data"]["meas"]["samples"]
    assert sum(sample in ("0x0", "0x3") for sample in samples) > 0.85 * len(samples)


def test_a_sampler_job_with_parameters(access: Access, headers: Mapping[str, str], to_isa: Any) -> None:
    (result,) = run(access, headers, "sampler", parameterized_sampler(to_isa))
    bits = result.data.meas
    for index, state in enumerate(("00", "01")):
        assert bits.get_counts(index)[state] > 0.85 * bits.num_shots


def test_an_estimator_job(access: Access, headers: Mapping[str, str], to_isa: Any) -> None:
    (result,) = run(access, headers, "estimator", estimator(to_isa))["results"]
    correlated, crossed, single = result["data"]["evs"]
    assert min(correlated, crossed) > 0.8 > 0.2 > abs(single)


def test_an_estimator_job_with_parameters(access: Access, headers: Mapping[str, str], to_isa: Any) -> None:
    (result,) = run(access, headers, "estimator", parameterized_estimator(to_isa))["results"]
    assert result["data"]["evs"][0] < -0.8
