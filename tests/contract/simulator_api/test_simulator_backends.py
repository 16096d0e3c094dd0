"""Backends: what they are, and what a reservation shows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from qiskit_ibm_runtime.models import BackendProperties, QasmBackendConfiguration
from qiskit_ibm_runtime.utils.backend_converter import convert_to_target

from direct_access.clock import ManualClock
from direct_access.simulator.backends.catalog import standard_backends
from tests.contract.simulator_api.client import Client

SIZES = {"ibm_examplesite": 27, "ibm_small": 7, "ibm_brisbane": 127, "ibm_large": 156}
EDGES = {"ibm_examplesite": 28, "ibm_small": 6, "ibm_brisbane": 144, "ibm_large": 176}
names = pytest.mark.parametrize("name", SIZES)


def part(api: Client, name: str, what: str) -> Any:
    answer = api.get(f"/v1/backends/{name}/{what}")
    assert answer.status == 200
    return answer.document


def test_all_backends_are_listed_and_online(api: Client) -> None:
    listed = api.get("/v1/backends").document["backends"]
    assert [backend["name"] for backend in listed] == list(SIZES)
    assert {(backend["status"], backend["locked"]) for backend in listed} == {("online", False)}


@names
def test_a_backend_is_as_listed(api: Client, name: str) -> None:
    listed = {backend["name"]: backend for backend in api.get("/v1/backends").document["backends"]}
    assert api.get(f"/v1/backends/{name}").document == listed[name]


@names
def test_qubits_are_coupled_in_a_heavy_hexagon_lattice(api: Client, name: str) -> None:
    configuration = part(api, name, "configuration")
    edges = {frozenset(pair) for pair in configuration["coupling_map"]}
    degrees = Counter(qubit for edge in edges for qubit in edge)
    assert (configuration["n_qubits"], len(degrees), len(edges)) == (SIZES[name], SIZES[name], EDGES[name])
    assert max(degrees.values()) == 3


def test_ecr_has_one_direction_on_each_edge_and_cz_both(api: Client) -> None:
    one_way = part(api, "ibm_brisbane", "configuration")["coupling_map"]
    both_ways = part(api, "ibm_large", "configuration")["coupling_map"]
    assert all([target, control] not in one_way for control, target in one_way)
    assert all([target, control] in both_ways for control, target in both_ways)


@names
def test_qiskit_ibm_runtime_reads_configuration_and_properties(api: Client, name: str) -> None:
    configuration, properties = part(api, name, "configuration"), part(api, name, "properties")
    target = convert_to_target(
        QasmBackendConfiguration.from_dict(configuration), BackendProperties.from_dict(properties)
    )
    assert target.num_qubits == SIZES[name]
    assert {"rz", "sx", "x", "measure", "reset", "delay", "if_else"} <= set(target.operation_names)
    assert all(0 < target["measure"][(qubit,)].error < 0.5 for qubit in range(SIZES[name]))
    assert all(0 < qubit.t2 <= 2 * qubit.t1 for qubit in target.qubit_properties)


def test_the_calibration_is_the_same_at_every_start() -> None:
    first, second = standard_backends(), standard_backends()
    assert [first[name].properties for name in SIZES] == [second[name].properties for name in SIZES]


def test_lanes_are_five_by_default(api: Client) -> None:
    lanes = part(api, "ibm_small", "lanes")
    assert lanes == {"hpc_workload_manager": {"lanes": 5}, "ibm_quantum_compute": {"lanes": 0}}


@pytest.mark.parametrize("what", ["", "/configuration", "/properties", "/lanes", "/defaults"])
def test_an_unknown_backend_is_not_found(api: Client, what: str) -> None:
    answer = api.get(f"/v1/backends/ibm_nowhere{what}")
    assert (answer.status, answer.codes) == (404, ["1216"])


def test_pulse_defaults_are_not_implemented(api: Client) -> None:
    assert api.get("/v1/backends/ibm_small/defaults").status == 501


def test_a_reservation_locks_a_backend_until_it_ends(api: Client, clock: ManualClock) -> None:
    api.simulator.backends.get("ibm_small").reserve(60)
    assert api.get("/v1/backends/ibm_small").document["locked"] is True
    clock.advance(60)
    assert api.get("/v1/backends/ibm_small").document["locked"] is False


@pytest.mark.parametrize("status", ["paused", "offline"])
def test_locked_is_told_of_online_backends_only(api: Client, status: str) -> None:
    backend = api.simulator.backends.get("ibm_small")
    backend.status, backend.message = status, "back at noon"
    assert api.get("/v1/backends/ibm_small").document == {
        "name": "ibm_small",
        "status": status,
        "message": "back at noon",
        "version": "1.0.0",
    }
