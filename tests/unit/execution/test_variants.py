"""Variants of measurement and reset, on a backend that has them."""

from __future__ import annotations

import json

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Instruction
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder

from .conftest import CONFIGURATION, PROPERTIES

MEASURE_2, MEASURE_RESET = Instruction("measure_2", 1, 1, []), Instruction("measure_reset", 1, 1, [])
RESET_2 = Instruction("reset_2", 1, 0, [])
NAMES = ["measure_2", "measure_reset", "reset_2"]
BACKEND = {**CONFIGURATION, "supported_instructions": [*CONFIGURATION["supported_instructions"], *NAMES]}


@pytest.mark.parametrize(
    ("variants", "outcome"),
    [
        ([(MEASURE_2, 0)], "11"),
        ([(MEASURE_RESET, 0)], "01"),
        ([(MEASURE_2, 0), (RESET_2, None)], "01"),
    ],
)
def test_a_variant_does_what_the_common_instruction_does(laboratory, variants, outcome):
    circuit = QuantumCircuit(1, 2)
    circuit.x(0)
    for operation, bit in variants:
        circuit.append(operation, [0], [] if bit is None else [bit])
    circuit.measure(0, 1)
    params = json.loads(json.dumps({"pubs": [(circuit, None, 50)]}, cls=RuntimeEncoder))
    document = laboratory.results("sampler", params, backend_configuration=BACKEND)
    assert json.loads(document, cls=RuntimeDecoder)[0].data.c.get_counts() == {outcome: 50}


def test_a_variant_has_the_errors_and_the_length_of_a_readout(laboratory):
    outcomes = []
    for operation in (MEASURE_2, None):
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.append(operation, [0], [0]) if operation else circuit.measure(0, 0)
        params = json.loads(json.dumps({"pubs": [(circuit, None, 5000)]}, cls=RuntimeEncoder))
        changes = {"backend_configuration": BACKEND, "backend_properties": PROPERTIES}
        outcome = laboratory.run(laboratory.task("sampler", params, **changes))
        outcomes.append((outcome.quantum_nanoseconds, (laboratory.directory / "results.json").read_text()))
    assert outcomes[0] == outcomes[1]


def test_a_backend_that_has_no_variants_refuses_them_by_name(laboratory):
    circuit = QuantumCircuit(1, 1)
    circuit.append(MEASURE_2, [0], [0])
    params = json.loads(json.dumps({"pubs": [(circuit,)]}, cls=RuntimeEncoder))
    outcome = laboratory.failure("sampler", params)
    assert (outcome.reason_code, "measure_2" in outcome.reason_message) == (1517, True)
