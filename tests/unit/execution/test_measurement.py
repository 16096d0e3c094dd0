"""The option meas_type: complex numbers instead of bits, as qiskit-ibm-runtime's decoder reads them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from qiskit_ibm_runtime import RuntimeDecoder

QASM = 'OPENQASM 3.0; include "stdgates.inc"; '
FLIPPED = QASM + "bit[2] c; bit[1] d; x $1; c[0] = measure $0; c[1] = measure $1; d[0] = measure $1;"
EQUAL = QASM + "bit[1] c; sx $0; c[0] = measure $0;"
TURN = QASM + "input float[64] theta; bit[2] c; sx $0; rz(theta) $0; sx $0; x $0; c[0] = measure $0;"
SHOTS = 400


def measured(laboratory: Any, meas_type: str | None, pub: list[Any], **params: Any) -> Any:
    """Return the data of a PUB."""
    options = {"execution": {"meas_type": meas_type}} if meas_type else {}
    document = laboratory.results("sampler", {"pubs": [pub], "options": options, **params})
    (result,) = json.loads(document, cls=RuntimeDecoder)
    return result.data


@pytest.mark.parametrize(
    ("values", "shape"),
    [(0.5, ()), ([0.1, 0.2, 0.3], (3,)), ([[[0.1], [0.2]]], (1, 2)), ({"theta": []}, (0,))],
)
def test_kerneled_results_have_an_axis_of_shots_and_one_of_bits_averaged_ones_only_bits(
    laboratory, values, shape
):
    kerneled = measured(laboratory, "kerneled", [TURN, values, SHOTS])
    averaged = measured(laboratory, "avg_kerneled", [TURN, values, SHOTS])
    assert (kerneled.c.shape, kerneled.c.dtype) == ((*shape, SHOTS, 2), np.complex128)
    assert (averaged.c.shape, averaged.c.dtype) == ((*shape, 2), np.complex128)
    assert kerneled.shape == averaged.shape == shape


def test_points_lie_around_two_centres_by_the_bit_that_was_sampled(laboratory):
    data = measured(laboratory, "kerneled", [FLIPPED, [], SHOTS])
    np.testing.assert_allclose(data.c.mean(axis=0), [-1, 1], atol=0.1)
    np.testing.assert_allclose(data.c.real.std(axis=0), 0.25, rtol=0.2)
    np.testing.assert_allclose(data.c.imag.std(axis=0), 0.25, rtol=0.2)
    np.testing.assert_allclose(data.d.mean(axis=0), [1], atol=0.1)


def test_the_same_seed_gives_the_bits_that_classified_results_have(laboratory):
    bits = measured(laboratory, None, [EQUAL, [], SHOTS]).c.array[:, 0]
    points = measured(laboratory, "kerneled", [EQUAL, [], SHOTS]).c[:, 0]
    assert 0 < bits.sum() < SHOTS
    np.testing.assert_array_equal(points.real > 0, bits)


def test_averaged_results_are_the_mean_of_the_shots(laboratory):
    kerneled = measured(laboratory, "kerneled", [EQUAL, [], SHOTS])
    averaged = measured(laboratory, "avg_kerneled", [EQUAL, [], SHOTS])
    np.testing.assert_allclose(averaged.c, kerneled.c.mean(axis=0))


def test_an_empty_register_has_no_points(laboratory):
    program = QASM + "bit[1] c; c[0] = measure $0;"
    from qiskit.circuit import ClassicalRegister, QuantumCircuit
    from qiskit_ibm_runtime import RuntimeEncoder

    circuit = QuantumCircuit(1)
    circuit.add_register(ClassicalRegister(0, "empty"))
    encoded = json.loads(json.dumps(circuit, cls=RuntimeEncoder))
    for meas_type, shape in (("kerneled", (3, 0)), ("avg_kerneled", (0,))):
        assert measured(laboratory, meas_type, [encoded, [], 3]).empty.shape == shape
        assert measured(laboratory, meas_type, [program, [], 3]).c.size


def test_plain_results_are_nested_lists_of_complex_numbers(laboratory):
    options = {"execution": {"meas_type": "kerneled"}}
    params = {"support_qiskit": False, "pubs": [[TURN, [0.1, 0.2], 3]], "options": options}
    (pub,) = json.loads(laboratory.results("sampler", params), cls=RuntimeDecoder)["results"]
    points = np.array(pub["data"]["c"])
    assert (points.shape, points.dtype) == ((2, 3, 2), np.complex128)


def test_more_points_than_fit_into_memory_are_refused(laboratory):
    program = QASM + "bit[27] c; " + "".join(f"c[{bit}] = measure ${bit};" for bit in range(27))
    params = {"pubs": [[program, [], 100_000]] * 13, "options": {"execution": {"meas_type": "kerneled"}}}
    outcome = laboratory.failure("sampler", params)
    assert outcome.reason_code == 6000
    assert "kerneled results of 35100000 complex numbers" in outcome.reason_message
