"""The estimator, judged by qiskit-ibm-runtime's decoder and Qiskit's StatevectorEstimator."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives import PubResult, StatevectorEstimator
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder

QASM = 'OPENQASM 3.0; include "stdgates.inc"; '
X = QASM + "x $0;"
NOISY_READOUT = {"qubits": [[{"name": "readout_error", "value": 0.1, "unit": ""}]] * 3, "gates": []}


def decoded(document: str) -> Any:
    return json.loads(document, cls=RuntimeDecoder)


def estimated(laboratory: Any, pubs: list[Any], **params: Any) -> list[PubResult]:
    """Run PUBs as qiskit-ibm-runtime's client sends them."""
    document = json.loads(json.dumps({"pubs": pubs, **params}, cls=RuntimeEncoder))
    return list(decoded(laboratory.results("estimator", document)))


def turned(num_qubits: int) -> QuantumCircuit:
    """Return an ISA circuit on three qubits of a wider backend, with two parameters."""
    circuit = QuantumCircuit(num_qubits)
    a, b = Parameter("a"), Parameter("b")
    for qubit, angle in ((0, a), (1, b), (2, a + b)):
        circuit.sx(qubit)
        circuit.rz(angle, qubit)
        circuit.sx(qubit)
    circuit.cz(0, 1)
    circuit.sx(1)
    circuit.cz(1, 2)
    return circuit


@pytest.mark.parametrize(
    ("observables", "values"),
    [
        ("ZZZ", [0.3, 0.4]),
        ({"XIZ": 0.5, "ZZI": -2.0, "III": 1.0}, [0.3, 0.4]),
        (["ZZZ", "XYI", "IZX"], [0.3, 0.4]),
        (["ZZZ", "XYI", "IZX"], [[0.3, 0.4], [0.5, 0.6], [0.7, 0.8]]),
        ([["ZZZ"], ["XYI"]], [[0.3, 0.4], [0.5, 0.6], [0.7, 0.8]]),
        ("YYZ", [[[0.3, 0.4]], [[0.5, 0.6]]]),
        ([["ZZZ"], ["IIX"]], {"a": [0.1, 0.2, 0.3], "b": [0.4, 0.5, 0.6]}),
        ([{"ZZZ": 1.0, "XXX": 0.5}, {"YII": 2.0}], [0.3, 0.4]),
    ],
)
def test_observables_and_parameters_are_broadcast_as_qiskit_does(laboratory, observables, values):
    pub = (turned(3), observables, values)
    expected = StatevectorEstimator().run([pub]).result()[0].data
    (result,) = estimated(laboratory, [(*pub, 0.01)])
    assert result.data.shape == expected.shape
    assert np.shape(result.data.evs) == np.shape(expected.evs)
    np.testing.assert_allclose(result.data.evs, expected.evs, atol=0.12)
    np.testing.assert_allclose((result.data.evs - expected.evs) / (5 * result.data.stds + 1e-9), 0, atol=1)


def test_idle_qubits_are_in_state_zero(laboratory):
    circuit = QuantumCircuit(27)
    circuit.x(5)
    observables = ["I" * 27, "Z" * 27, "I" * 26 + "Z", "I" * 26 + "X", "Z" + "I" * 20 + "Y" + "I" * 5]
    (result,) = estimated(laboratory, [(circuit, observables, None, 0.01)])
    np.testing.assert_allclose(result.data.evs, [1, -1, 1, 0, 0], atol=0.05)


def test_a_circuit_without_gates_is_estimated_too(laboratory):
    (result,) = estimated(laboratory, [(QuantumCircuit(2), ["ZZ", "XI"])])
    np.testing.assert_allclose(result.data.evs, [1, 0], atol=0.08)


def test_a_program_of_one_physical_qubit_takes_one_letter(laboratory):
    (result,) = estimated(laboratory, [[QASM + "bit[1] c; x $0; c[0] = measure $0;", "Z"]])
    assert result.data.evs == -1


def test_a_measurement_at_the_end_leaves_a_classical_state(laboratory):
    program = QASM + "bit[1] c; rz(pi/2) $0; sx $0; rz(pi/2) $0; c[0] = measure $0;"
    measured, unmeasured = estimated(
        laboratory, [[program, "X"], [program.replace("c[0] = measure $0;", ""), "X"]]
    )
    assert abs(measured.data.evs) < 0.1
    assert unmeasured.data.evs == 1


def test_a_measurement_in_the_middle_decides_what_happens_next(laboratory):
    program = QASM + "bit[1] c; sx $0; c[0] = measure $0; if (c[0]) { x $1; }"
    (result,) = estimated(laboratory, [[program, ["ZZ", "ZI", "IX"]]])
    np.testing.assert_allclose(result.data.evs, [1, 0, 0], atol=0.1)


@pytest.mark.parametrize("angle", [0.1, 0.0])
@pytest.mark.parametrize("collapse", ["bit[1] c; c[0] = measure $0; barrier $0; rz(0) $0;", "reset $1;"])
def test_a_large_circuit_that_collapses_is_averaged_over_its_shots(laboratory, collapse, angle):
    """An angle that is not a quarter turn makes the circuit one for a state vector, not for a stabiliser."""
    active = "".join(f"sx ${q}; rz({angle}) ${q}; rz(-{angle}) ${q}; sx ${q}; x ${q};" for q in range(13))
    bell = "rz(pi/2) $0; sx $0; rz(pi/2) $0; rz(pi/2) $1; sx $1; rz(pi/2) $1; cz $0, $1;"
    program = QASM + active + bell + "rz(pi/2) $1; sx $1; rz(pi/2) $1;" + collapse
    (result,) = estimated(laboratory, [[program, ["I" * 12 + "Z"], [], 0.05]])
    np.testing.assert_allclose(result.data.evs, [0], atol=0.2)


@pytest.mark.parametrize(
    ("params", "shots"),
    [
        ({"pubs": [[X, "Z", [], 0.1]], "precision": 0.05, "options": {"default_precision": 0.02}}, 100),
        ({"pubs": [[X, "Z", [], None]], "precision": 0.05, "options": {"default_shots": 7}}, 400),
        ({"pubs": [[X, "Z"]], "options": {"default_shots": 50, "default_precision": 0.02}}, 50),
        ({"pubs": [[X, "Z"]], "options": {"default_shots": 0, "default_precision": 0.02}}, 2500),
        ({"pubs": [[X, "Z"]]}, 4096),
    ],
)
def test_the_precision_of_a_pub_comes_first_then_that_of_the_job_then_the_options(laboratory, params, shots):
    (result,) = decoded(laboratory.results("estimator", params))
    assert result.metadata["shots"] == shots
    assert result.metadata["target_precision"] == pytest.approx(shots**-0.5)


def test_the_standard_error_is_that_of_the_shots(laboratory):
    (result,) = estimated(laboratory, [[X, ["X", {"X": 3.0}, {"X": 3.0, "Y": 4.0}], [], 0.01]])
    np.testing.assert_allclose(result.data.stds, [0.01, 0.03, 0.05], rtol=0.01)
    assert result.data.evs[1] == pytest.approx(3 * result.data.evs[0])
    np.testing.assert_array_equal(result.data.stds, result.data.ensemble_standard_error)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"resilience_level": 0}, -0.8),
        ({"resilience_level": 1}, -1),
        ({}, -1),
        ({"options": {"resilience": {"measure_mitigation": False}}}, -0.8),
        ({"resilience_level": 0, "options": {"resilience": {"measure_mitigation": True}}}, -1),
    ],
)
def test_readout_errors_are_mitigated_unless_switched_off(laboratory, params, expected):
    document = laboratory.results(
        "estimator", {"pubs": [[X, "Z", [], 0.005]], **params}, backend_properties=NOISY_READOUT
    )
    result = decoded(document)
    assert result[0].data.evs == pytest.approx(expected, abs=0.03)
    assert result.metadata["resilience"]["measure_mitigation"] == (expected == -1)


def test_readout_errors_of_all_measured_qubits_multiply(laboratory):
    document = laboratory.results(
        "estimator",
        {"pubs": [[QASM + "x $0; x $2;", ["ZIZ", "ZZZ", "IZI"], [], 0.005]], "resilience_level": 0},
        backend_properties=NOISY_READOUT,
    )
    np.testing.assert_allclose(decoded(document)[0].data.evs, [0.64, 0.512, 0.8], atol=0.03)


def test_plain_results_are_numbers_and_nested_lists(laboratory):
    params = {"support_qiskit": False, "pubs": [[X, "Z"], [X, [["Z"], ["I"]]]]}
    one, many = json.loads(laboratory.results("estimator", params))["results"]
    assert one["data"] == {"evs": -1.0, "stds": 0.0, "ensemble_standard_error": 0.0}
    assert many["data"]["evs"] == [[-1.0], [1.0]]


def test_the_same_seed_gives_the_same_bytes(laboratory):
    params = {"pubs": [[X, "X"], [X, "X"]]}
    one, two, other = (laboratory.results("estimator", params, seed=seed) for seed in (3, 3, 4))
    assert one == two != other
    first, second = decoded(one)
    assert first.data.evs != second.data.evs


def test_a_seed_in_the_options_comes_first(laboratory):
    params = {"pubs": [[X, "X"]], "options": {"seed_estimator": 5}}
    one, two = (laboratory.results("estimator", params, seed=seed) for seed in (3, 4))
    assert one == two


def test_a_precision_may_need_more_shots_than_a_circuit_may_have(laboratory):
    (result,) = estimated(laboratory, [[X, "Z", [], 0.001]])
    assert result.metadata["shots"] == 1_000_000
    assert result.data.evs == pytest.approx(-1.0)
