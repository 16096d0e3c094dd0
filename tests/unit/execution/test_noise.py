"""Errors of the backend in the results, up to 10 active qubits and above."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from qiskit_ibm_runtime import RuntimeDecoder

QASM = 'OPENQASM 3.0; include "stdgates.inc"; '
SHOTS = 20_000
PERFECT: dict[str, Any] = {"qubits": [], "gates": []}


def nduv(name: str, value: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "", "date": "2026-11-21T00:00:00Z"}


def gate(name: str, qubits: list[int], error: float) -> dict[str, Any]:
    return {"gate": name, "qubits": qubits, "parameters": [nduv("gate_error", error)]}


def readout(to_one: float, to_zero: float, num_qubits: int = 27) -> list[list[dict[str, Any]]]:
    return [[nduv("prob_meas1_prep0", to_one), nduv("prob_meas0_prep1", to_zero)]] * num_qubits


def decoded(document: str) -> Any:
    return json.loads(document, cls=RuntimeDecoder)


def probabilities(laboratory: Any, program: str, properties: dict[str, Any]) -> dict[str, float]:
    document = laboratory.results(
        "sampler", {"pubs": [[QASM + program, [], SHOTS]]}, backend_properties=properties
    )
    return {outcome: times / SHOTS for outcome, times in decoded(document)[0].data.c.get_counts().items()}


def close(probability: float) -> Any:
    return pytest.approx(probability, abs=0.015)


def calibrated(*measured: dict[str, Any]) -> dict[str, Any]:
    """Return properties in which all gates are perfect but these."""
    places = {(entry["gate"], *entry["qubits"]) for entry in measured}
    others = [
        gate(name, [qubit], 0.0)
        for qubit in range(27)
        for name in ("rz", "sx", "x")
        if (name, qubit) not in places
    ]
    return {"qubits": [], "gates": [*measured, *others]}


BUSY_13 = "bit[14] c;" + "".join(f"sx ${q}; rz(0.1) ${q}; rz(-0.1) ${q}; sx ${q}; x ${q};" for q in range(13))
"""Thirteen active qubits, no stabiliser circuit, all end in state 0."""


def test_readout_errors_differ_for_zero_and_one(laboratory):
    properties = {"qubits": readout(0.1, 0.3), "gates": []}
    found = probabilities(laboratory, "bit[2] c; x $1; c[0] = measure $0; c[1] = measure $1;", properties)
    assert found["10"] == close(0.9 * 0.7)
    assert found["11"] == close(0.1 * 0.7)
    assert found["00"] == close(0.9 * 0.3)


def test_readout_errors_reach_what_a_measurement_decides(laboratory):
    properties = {"qubits": readout(0.2, 0.0), "gates": []}
    program = "bit[1] first; bit[1] c; first[0] = measure $0; if (first[0]) { x $1; } c[0] = measure $1;"
    assert probabilities(laboratory, program, properties)["1"] == close(0.2 + 0.8 * 0.2)


def test_a_gate_s_infidelity_is_the_calibrated_one(laboratory):
    """A depolarised qubit is 1 instead of 0 with 3/2 of the average infidelity, times 2/3 of the Paulis."""
    properties = {"qubits": [], "gates": [gate("x", [0], 0.1)]}
    assert probabilities(laboratory, "bit[1] c; x $0; c[0] = measure $0;", properties)["0"] == close(0.1)


def test_the_direction_of_a_two_qubit_gate_does_not_matter_for_its_error(laboratory):
    properties = {"qubits": [], "gates": [gate("cz", [0, 1], 0.3)]}
    found = probabilities(laboratory, "bit[1] c; cz $1, $0; c[0] = measure $0;", properties)
    assert found["1"] == close(0.3 * 4 / 3 / 2)


def test_a_gate_that_was_not_calibrated_has_the_mean_error(laboratory):
    properties = {"qubits": [], "gates": [gate("x", [1], 0.1), gate("x", [2], 0.3)]}
    assert probabilities(laboratory, "bit[1] c; x $0; c[0] = measure $0;", properties)["0"] == close(0.2)


def test_a_gate_that_is_out_of_order_gives_noise(laboratory):
    properties = {"qubits": [], "gates": [gate("x", [0], 1.0)]}
    assert 0 < probabilities(laboratory, "bit[1] c; x $0; c[0] = measure $0;", properties)["0"] < 1


@pytest.mark.parametrize("delay", ["delay[100us] $0;", "barrier $0, $1; delay[50us] $0; delay[200000dt] $0;"])
def test_an_excited_qubit_relaxes_while_it_waits(laboratory, delay):
    properties = {"qubits": [[nduv("T1", 0.1), nduv("T2", 0.3)]] * 2, "gates": []}
    for parameter in properties["qubits"][0]:
        parameter["unit"] = "ms"
    program = QASM + f"bit[1] c; x $0; {delay} c[0] = measure $0;"
    params = {"pubs": [[program, [], SHOTS]]}
    task = laboratory.task("sampler", params, backend_properties=properties)
    configuration = {**task.backend_configuration, "dt": 0.25}
    document = laboratory.results(
        "sampler", params, backend_properties=properties, backend_configuration=configuration
    )
    assert decoded(document)[0].data.c.get_int_counts()[1] / SHOTS == close(np.exp(-1))


def test_a_qubit_without_times_does_not_relax(laboratory):
    assert probabilities(laboratory, "bit[1] c; x $0; delay[1s] $0; c[0] = measure $0;", PERFECT) == {"1": 1}


def test_above_twelve_qubits_shots_are_replaced_by_noise_as_often_as_a_gate_errs(laboratory):
    properties = calibrated(gate("x", [0], 0.2), gate("x", [1], 0.1))
    program = BUSY_13 + "c[0] = measure $0; c[1] = measure $1;"
    found = probabilities(laboratory, program, properties)
    noise = 1 - 0.8 * 0.9
    assert found["0" * 14] == close(1 - noise * 3 / 4)
    assert found["0" * 12 + "11"] == close(noise / 4)


def test_above_twelve_qubits_readout_errors_are_those_of_each_qubit(laboratory):
    properties = {
        "qubits": [*readout(0.3, 0.0, 1), *readout(0.0, 0.2, 1), *readout(0.1, 0.0, 25)],
        "gates": [],
    }
    program = BUSY_13 + "x $1; c[0] = measure $0; c[1] = measure $1; c[2] = measure $20;"
    found = probabilities(laboratory, program, properties)
    assert found["0" * 11 + "010"] == close(0.7 * 0.8 * 0.9)
    assert found["0" * 11 + "000"] == close(0.7 * 0.2 * 0.9)
    assert found["0" * 11 + "110"] == close(0.7 * 0.8 * 0.1)


def test_idle_qubits_have_readout_errors_too(laboratory):
    properties = {"qubits": readout(0.25, 0.0), "gates": []}
    found = probabilities(laboratory, "bit[2] c; x $0; c[0] = measure $9; c[1] = measure $0;", properties)
    assert found["11"] == close(0.25)


@pytest.mark.parametrize("active", ["", BUSY_13.replace("bit[14] c;", "")])
def test_gate_errors_shrink_expectation_values(laboratory, active):
    properties = calibrated(gate("x", [20], 0.15))
    params = {"pubs": [[QASM + active + "x $20;", "Z" + "I" * 20, [], 0.005]]}
    value = decoded(laboratory.results("estimator", params, backend_properties=properties))[0].data.evs
    assert value == pytest.approx(-0.7 if not active else -0.85, abs=0.03)


def test_the_log_names_the_kind_of_simulation(laboratory):
    params = {"pubs": [[QASM + "x $0;"], [QASM + BUSY_13], [QASM + BUSY_13.replace("0.1", "0.0")]]}
    log = laboratory.run(laboratory.task("sampler", params)).log
    assert "1 active qubits: density_matrix simulation with the full noise model" in log
    assert "13 active qubits: ideal statevector simulation; with probability 0 " in log
    assert "13 active qubits: ideal stabilizer simulation" in log


def test_a_clifford_circuit_may_use_all_qubits_of_a_large_backend(laboratory):
    configuration = {"backend_name": "ibm_wide", "n_qubits": 156, "basis_gates": ["cz", "rz", "sx", "x"]}
    ghz = "rz(pi/2) $0; sx $0; rz(pi/2) $0;" + "".join(
        f"rz(pi/2) ${q}; sx ${q}; rz(pi/2) ${q}; cz ${q - 1}, ${q}; rz(pi/2) ${q}; sx ${q}; rz(pi/2) ${q};"
        for q in range(1, 156)
    )
    reading = "".join(f"c[{qubit}] = measure ${qubit};" for qubit in range(156))
    document = laboratory.results(
        "sampler",
        {"pubs": [[QASM + "bit[156] c;" + ghz + reading, [], 100]]},
        backend_configuration=configuration,
    )
    assert decoded(document)[0].data.c.get_counts().keys() == {"0" * 156, "1" * 156}
    params = {"pubs": [[QASM + ghz, ["Z" * 156, "X" * 156, "I" * 155 + "Z"]]]}
    values = decoded(laboratory.results("estimator", params, backend_configuration=configuration))[0].data.evs
    np.testing.assert_allclose(values, [1, 1, 0], atol=0.1)


def test_many_measured_qubits_of_which_few_are_active_are_simulated_with_full_noise(laboratory):
    program = QASM + "bit[27] c; x $3;" + "".join(f"c[{qubit}] = measure ${qubit};" for qubit in range(27))
    outcome = laboratory.run(laboratory.task("sampler", {"pubs": [[program, [], 5]]}))
    assert "1 active qubits: density_matrix" in outcome.log
    (pub,) = decoded((laboratory.directory / "results.json").read_text())
    assert pub.data.c.get_counts() == {"0" * 23 + "1000": 5}


def test_a_density_matrix_is_used_as_long_as_it_is_quick(laboratory):
    busy = ["".join(f"sx ${qubit}; rz(0.1) ${qubit};" for qubit in range(number)) for number in (10, 11)]
    params = {"pubs": [[QASM + gates] for gates in busy]}
    log = laboratory.run(laboratory.task("sampler", params)).log
    assert "10 active qubits: density_matrix simulation" in log
    assert "11 active qubits: ideal statevector simulation" in log
