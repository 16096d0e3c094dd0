"""Every endpoint, answered by a system that keeps the contract."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from direct_access.errors import NotFoundError, ProtocolError
from direct_access.model.jobs import JobStatus
from direct_access.quantum_system import endpoints
from direct_access.rest.endpoint import Endpoint

DESCRIPTION = json.loads(files("direct_access.simulator").joinpath("openapi.json").read_text())


def described():
    """Return the endpoints of the API's description, the names of parameters left out."""
    found = set()
    for path, methods in DESCRIPTION["paths"].items():
        shape = "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
        found |= {(method.upper(), shape) for method in methods if method in ("get", "post", "put", "delete")}
    return found - {("GET", "/openapi.json")}


def test_the_client_knows_every_endpoint_of_the_description_and_no_other():
    ours = {value for value in vars(endpoints).values() if isinstance(value, Endpoint)}
    assert {(endpoint.method, endpoint.path) for endpoint in ours} == described()


def test_versions_are_told(client):
    assert client.version() in client.versions()


def test_a_backend_is_listed_as_it_is_described_alone(client, backend):
    assert client.backend(backend) in client.backends()
    assert client.backend(backend).status == "online"
    assert client.backend(backend).locked is False


def test_a_configuration_tells_what_transpiling_needs(client, backend):
    configuration = client.configuration(backend)
    assert configuration.n_qubits > 1
    assert configuration.basis_gates
    assert all(0 <= qubit < configuration.n_qubits for pair in configuration.coupling_map for qubit in pair)
    assert configuration.backend_version


def test_properties_tell_the_calibration(client, backend):
    properties = client.properties(backend)
    assert properties.last_update_date
    assert properties.backend_version == client.configuration(backend).backend_version


def test_lanes_are_told(client, backend):
    assert client.lanes(backend).hpc_workload_manager == 1


def test_pulse_defaults_that_a_server_does_not_have_are_a_protocol_error(client, backend):
    with pytest.raises(ProtocolError) as caught:
        client.defaults(backend)
    assert caught.value.http_status == 501


def test_a_job_is_accepted_listed_and_running(client, running, backend):
    state = client.job(running)
    assert (state.id, state.status, state.backend) == (running, JobStatus.RUNNING, backend)
    assert (state.program_id, state.timeout_secs) == ("sampler", 60)
    assert state.created_time
    assert [job.id for job in client.jobs()] == [running]
    assert state.storage["results"].object_name == f"results:{running}"


def test_a_job_ends(client, ended):
    state = client.job(ended)
    assert state.status is JobStatus.COMPLETED
    assert state.end_time
    assert state.quantum_nanoseconds is not None


def test_a_job_is_cancelled(client, running):
    client.cancel_job(running)
    assert client.job(running).status is JobStatus.CANCELLED


def test_a_job_is_deleted(client, ended):
    client.delete_job(ended)
    assert client.jobs() == []
    with pytest.raises(NotFoundError):
        client.job(ended)


def test_an_odd_id_means_the_same_job_in_every_call(client, request_of):
    job_id = "a/b c?d#e%41:ü"
    client.submit_job(request_of(job_id))
    assert client.job(job_id).id == job_id
    client.cancel_job(job_id)
    client.delete_job(job_id)
    assert client.jobs() == []


def test_job_objects_of_the_server_fit_its_description(client, ended):
    schema = {"$ref": "#/components/schemas/Job", "components": DESCRIPTION["components"]}
    document = json.loads(json.dumps(dict(client.job(ended).document)))
    jsonschema.validate(document, schema)
