"""The sampler, judged by qiskit-ibm-runtime's decoder and by Qiskit's exact state vectors."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import ClassicalRegister, Parameter
from qiskit.primitives import SamplerPubResult
from qiskit.quantum_info import Statevector
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder

QASM = 'OPENQASM 3.0; include "stdgates.inc"; '
BELL = (
    QASM + "bit[2] c; rz(pi/2) $0; sx $0; rz(pi/2) $0; rz(pi/2) $1; sx $1; rz(pi/2) $1; cz $0, $1;"
    "rz(pi/2) $1; sx $1; rz(pi/2) $1; c[0] = measure $0; c[1] = measure $1;"
)
X = QASM + "bit[1] c; x $0; c[0] = measure $0;"
TURN = QASM + "input float[64] theta; bit[1] c; sx $0; rz(theta) $0; sx $0; x $0; c[0] = measure $0;"
"""Reads 1 with probability sin²(theta / 2)."""


def decoded(document: str) -> Any:
    return json.loads(document, cls=RuntimeDecoder)


def sampled(laboratory: Any, pubs: list[Any], **changes: Any) -> list[SamplerPubResult]:
    """Run PUBs as qiskit-ibm-runtime's client sends them."""
    params = json.loads(json.dumps({"pubs": pubs}, cls=RuntimeEncoder))
    return list(decoded(laboratory.results("sampler", params, **changes)))


def measured(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return the circuit with all its qubits measured into a register c."""
    register = ClassicalRegister(circuit.num_qubits, "c")
    circuit = circuit.copy()
    circuit.add_register(register)
    circuit.measure(range(circuit.num_qubits), register)
    return circuit


def test_a_bell_pair_gives_two_outcomes_in_equal_parts(laboratory):
    (pub,) = sampled(laboratory, [[BELL, [], 4096]])
    counts = pub.data.c.get_counts()
    assert counts.keys() == {"00", "11"}
    assert abs(counts["00"] - 2048) < 200


@pytest.mark.parametrize("num_qubits", [3, 14])
def test_outcomes_have_the_distribution_of_the_state_vector(laboratory, num_qubits):
    circuit = QuantumCircuit(num_qubits)
    for qubit in range(3):
        circuit.sx(qubit)
        circuit.rz(0.3 + qubit, qubit)
        circuit.sx(qubit)
    circuit.cz(0, 1)
    circuit.cz(2, 1)
    circuit.sx(1)
    for qubit in range(3, num_qubits):
        circuit.x(qubit)
    shots = 50_000
    (pub,) = sampled(laboratory, [(measured(circuit), None, shots)])
    counts = pub.data.c.get_counts()
    for outcome, probability in Statevector(circuit).probabilities_dict().items():
        assert abs(counts.get(outcome, 0) - shots * probability) < 5 * np.sqrt(shots * probability) + 5


def test_each_register_has_its_own_bits_and_the_first_bit_comes_last(laboratory):
    circuit = QuantumCircuit(27)
    circuit.add_register(ClassicalRegister(3, "low"), ClassicalRegister(9, "high"))
    circuit.x([20, 26])
    circuit.measure([19, 20, 21], circuit.cregs[0])
    circuit.measure(range(18, 27), circuit.cregs[1])
    (pub,) = sampled(laboratory, [(circuit, None, 10)])
    assert pub.data.low.get_counts() == {"010": 10}
    assert pub.data.high.get_counts() == {"100000100": 10}


def test_registers_that_share_bits_read_the_same(laboratory):
    circuit = QuantumCircuit(2)
    whole = ClassicalRegister(2, "whole")
    circuit.add_register(whole, ClassicalRegister(name="part", bits=[whole[1]]))
    circuit.x(1)
    circuit.measure([0, 1], whole)
    (pub,) = sampled(laboratory, [(circuit, None, 5)])
    assert pub.data.whole.get_counts() == {"10": 5}
    assert pub.data.part.get_counts() == {"1": 5}


def test_an_empty_register_has_shots_of_no_bits(laboratory):
    circuit = QuantumCircuit(1)
    circuit.add_register(ClassicalRegister(0, "empty"), ClassicalRegister(1, "c"))
    circuit.measure(0, 0)
    (pub,) = sampled(laboratory, [(circuit, None, 7)])
    assert (pub.data.empty.num_bits, pub.data.empty.num_shots) == (0, 7)
    assert pub.data.c.get_counts() == {"0": 7}


def test_a_circuit_without_registers_has_no_data_and_the_log_says_so(laboratory):
    outcome = laboratory.run(laboratory.task("sampler", {"pubs": [[QASM + "x $0;"]]}))
    (pub,) = decoded((laboratory.directory / "results.json").read_text())
    assert list(pub.data) == []
    assert "WARNING pubs[0]: the circuit has no classical register" in outcome.log


def test_a_circuit_that_measures_nothing_reads_zeros(laboratory):
    (pub,) = sampled(laboratory, [[QASM + "bit[3] c; x $0;", [], 6]])
    assert pub.data.c.get_counts() == {"000": 6}


def test_a_condition_on_a_bit_that_was_never_measured_reads_zero(laboratory):
    (pub,) = sampled(laboratory, [[QASM + "bit[1] c; x $0; if (c[0]) { x $0; }", [], 6]])
    assert pub.data.c.get_counts() == {"0": 6}


def test_a_job_without_pubs_completes(laboratory):
    assert sampled(laboratory, []) == []


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (0.5, ()),
        ([0.5], ()),
        ([0.5, 1.0], (2,)),
        ([[0.5], [1.0]], (2,)),
        ([[[0.5], [1.0], [1.5]], [[2.0], [2.5], [3.0]]], (2, 3)),
        ({"theta": 0.5}, ()),
        ({"theta": [0.5, 1.0, 1.5]}, (3,)),
        ({"theta": [[0.5], [1.0]]}, (2,)),
        (np.array([[0.5], [1.0]]), (2,)),
        (np.zeros((0, 1)), (0,)),
    ],
)
def test_parameter_values_in_every_form_give_the_shape_that_qiskit_gives(laboratory, values, shape):
    (pub,) = sampled(laboratory, [[TURN, values, 20]])
    assert pub.data.c.shape == shape
    assert pub.data.c.num_shots == 20


def test_a_sweep_follows_its_parameter(laboratory):
    thetas = np.linspace(0, 2 * np.pi, 9)
    (pub,) = sampled(laboratory, [[TURN, {"theta": thetas}, 10_000]])
    ones = [pub.data.c.get_int_counts(index).get(1, 0) / 10_000 for index in range(9)]
    np.testing.assert_allclose(ones, np.sin(thetas / 2) ** 2, atol=0.025)


def test_values_in_a_list_belong_to_the_parameters_in_the_order_of_the_circuit(laboratory):
    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    circuit.rz(Parameter("b") - 2 * Parameter("a"), 0)
    circuit.sx(0)
    circuit.measure(0, 0)
    (pub,) = sampled(laboratory, [(circuit, [np.pi / 2, 2 * np.pi], 50)])
    assert pub.data.c.get_counts() == {"0": 50}


@pytest.mark.parametrize("empty", [None, [], {}])
def test_no_parameter_values_may_be_said_in_several_ways(laboratory, empty):
    (pub,) = sampled(laboratory, [[X, empty, 3]])
    assert pub.data.c.get_counts() == {"1": 3}


@pytest.mark.parametrize(
    ("params", "shots"),
    [
        ({"pubs": [[X, [], 11]], "shots": 12, "options": {"default_shots": 13}}, 11),
        ({"pubs": [[X, [], None]], "shots": 12, "options": {"default_shots": 13}}, 12),
        ({"pubs": [[X, []]], "options": {"default_shots": 13}}, 13),
        ({"pubs": [[X]], "shots": None, "options": None}, 4096),
        ({"pubs": [X]}, 4096),
    ],
)
def test_the_shots_of_a_pub_come_first_then_those_of_the_job_then_the_option(laboratory, params, shots):
    (pub,) = decoded(laboratory.results("sampler", params))
    assert pub.data.c.num_shots == shots


def qpy_of(circuit: QuantumCircuit) -> bytes:
    stream = io.BytesIO()
    qpy.dump(circuit, stream)
    return stream.getvalue()


def test_qpy_may_come_as_plain_base64(laboratory):
    circuit = QuantumCircuit(1, metadata={"name": "flip"})
    circuit.x(0)
    text = base64.b64encode(qpy_of(measured(circuit))).decode()
    (pub,) = decoded(laboratory.results("sampler", {"pubs": [[text, [], 4]]}))
    assert pub.data.c.get_counts() == {"1": 4}
    assert pub.metadata["circuit_metadata"] == {"name": "flip"}


def test_a_virtual_qubit_is_the_physical_one_of_the_same_number(laboratory):
    (pub,) = sampled(laboratory, [[QASM + "qubit[3] q; bit[3] c; x q[1]; c = measure q;", [], 4]])
    assert pub.data.c.get_counts() == {"010": 4}


def test_a_measurement_decides_what_happens_next(laboratory):
    program = (
        QASM + "bit[2] c; sx $0; c[0] = measure $0; if (c[0]) { x $1; } else { x $0; }"
        "c[1] = measure $1; bit[1] again; again[0] = measure $0;"
    )
    (pub,) = sampled(laboratory, [[program, [], 400]])
    assert pub.data.c.get_counts().keys() == {"00", "11"}
    assert pub.data.again.get_counts() == {"1": 400}


def test_a_qubit_that_is_reset_reads_zero(laboratory):
    (pub,) = sampled(
        laboratory, [[QASM + "bit[2] c; x $0; c[0] = measure $0; reset $0; c[1] = measure $0;", [], 9]]
    )
    assert pub.data.c.get_counts() == {"01": 9}


def test_a_gate_that_openqasm_lacks_may_be_defined_by_the_program(laboratory):
    circuit = QuantumCircuit(2)
    circuit.ecr(0, 1)
    import qiskit.qasm3

    task = laboratory.task("sampler", {"pubs": [[qiskit.qasm3.dumps(measured(circuit)), [], 10_000]]})
    basis = {**task.backend_configuration, "basis_gates": ["ecr"], "gates": []}
    (pub,) = decoded(
        laboratory.results("sampler", json.loads(task.params.read_text()), backend_configuration=basis)
    )
    expected = Statevector(circuit).probabilities_dict()
    counts = pub.data.c.get_counts()
    assert counts.keys() == {outcome for outcome, probability in expected.items() if probability > 1e-9}


def test_plain_results_have_a_hexadecimal_sample_for_each_shot(laboratory):
    params = {"support_qiskit": False, "pubs": [[X, [], 2], [TURN, [[[0], [np.pi]]], 1]]}
    document = json.loads(laboratory.results("sampler", params))
    assert document == {
        "results": [
            {"data": {"c": {"samples": ["0x1", "0x1"], "num_bits": 1}}, "metadata": {"circuit_metadata": {}}},
            {
                "data": {"c": {"samples": [[["0x0"], ["0x1"]]], "num_bits": 1}},
                "metadata": {"circuit_metadata": {}},
            },
        ],
        "metadata": {"version": 2},
    }


def test_the_same_seed_gives_the_same_bytes(laboratory):
    params = {"pubs": [[BELL], [BELL]]}
    one, two, other = (laboratory.results("sampler", params, seed=seed) for seed in (3, 3, 4))
    assert one == two != other
    first, second = decoded(one)
    assert first.data.c != second.data.c


def test_a_seed_in_the_options_comes_first(laboratory):
    params = {"pubs": [[BELL]], "options": {"simulator": {"seed_simulator": -5}}}
    one, two = (laboratory.results("sampler", params, seed=seed) for seed in (3, 4))
    assert one == two


def test_no_seed_is_a_new_one_each_time(laboratory):
    params = {"pubs": [[BELL]]}
    assert laboratory.results("sampler", params, seed=None) != laboratory.results(
        "sampler", params, seed=None
    )


def test_the_identity_is_an_instruction_of_its_own_in_control_flow_too(laboratory):
    program = QASM + "bit[1] c; id $0; c[0] = measure $0; if (c[0]) { id $0; }"
    (pub,) = sampled(laboratory, [[program, [], 3]])
    assert pub.data.c.get_counts() == {"0": 3}
