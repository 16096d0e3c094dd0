"""Transpiled circuits run on the backend and mean what the originals meant."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector

from direct_access.errors import ConfigurationError, InputError, ProtocolError
from direct_access.jobfile import qiskit_circuits
from direct_access.jobfile.isa import first_non_isa
from direct_access.jobfile.transpile import transpile

from .test_isa import HEADER, configuration

NO_PROPERTIES: dict[str, Any] = {"qubits": [], "gates": [], "general": []}
FAR = "qubit[3] q; h q[0]; cx q[0], q[2]; ry(0.3) q[1]; rx(0.7) q[2];"


def mapped(pub: list[Any], level: int = 1, backend: Any = None, properties: Any = NO_PROPERTIES) -> Any:
    document = transpile({"pubs": [pub], "version": 2}, backend or configuration(), properties, level)
    assert first_non_isa(document, backend or configuration()) == []
    assert document["version"] == 2
    return document["pubs"][0]


def circuit_of(pub: list[Any]) -> Any:
    return qiskit_circuits.load(pub[0])


def expectation(circuit: Any, observable: str, values: Any = None) -> float:
    if values:
        circuit = circuit.assign_parameters(values)
    return float(Statevector(circuit).expectation_value(SparsePauliOp(observable)).real)


@pytest.mark.parametrize(
    ("described", "properties"),
    [
        ({"n_qubits": None}, {}),
        ({"n_qubits": 10**12}, {}),
        ({"dt": "soon"}, {}),
        ({"gates": [5]}, {}),
        ({}, {"qubits": 5}),
        ({}, {"qubits": [[{}]]}),
        ({}, {"gates": [{"gate": "cz"}]}),
    ],
)
def test_a_backend_that_is_not_described_as_the_api_does_is_a_fault_of_the_server(
    described: dict[str, Any], properties: dict[str, Any]
) -> None:
    with pytest.raises(ProtocolError, match="does not describe"):
        mapped([f"{HEADER}{FAR}", [], 10], backend=configuration(**described), properties=properties)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_observables_follow_their_qubits(level: int) -> None:
    labels = ["ZIX", "XXX", "IZI", "YIY", "IIZ"]
    pub = mapped([HEADER + FAR, labels, [], 0.1], level)
    original = qiskit_circuits.load(HEADER + FAR)
    for before, after in zip(labels, pub[1], strict=True):
        assert expectation(circuit_of(pub), after) == pytest.approx(expectation(original, before), abs=1e-9)
    assert pub[2:] == [[], 0.1]


def test_nested_observables_weights_and_projectors_keep_their_form() -> None:
    pub = mapped([f"{HEADER}qubit[2] q; x q[0];", [[{"Z0": 0.5, "+I": -1}], ["rl"]], [], None], 0)
    assert pub[1] == [[{"IZ0": 0.5, "I+I": -1}], ["Irl"]]


def test_names_of_parameters_and_their_values_are_kept() -> None:
    text = f"{HEADER}input float[64] beta; input float[64] alpha; qubit[2] q; rx(alpha) q[0]; ry(beta) q[1];"
    pub = mapped([text, ["ZI", "IZ"], {"alpha": 0.2, "beta": 0.9}, None])
    assert pub[2] == {"alpha": 0.2, "beta": 0.9}
    original = qiskit_circuits.load(text)
    for before, after in zip(["ZI", "IZ"], pub[1], strict=True):
        assert expectation(circuit_of(pub), after, pub[2]) == pytest.approx(
            expectation(original, before, pub[2])
        )


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([[1, 2], [3, 4]], [[1], [3]]),
        ([1, 2], [1]),
        ({"alpha": [1, 2], "beta": [3, 4]}, {"alpha": [1, 2]}),
        ([], []),
    ],
)
def test_values_of_a_parameter_without_effect_are_taken_out(values: Any, kept: Any) -> None:
    inputs = "input float[64] alpha; input float[64] beta;"
    body = "qubit q; bit c; rx(alpha) q; rz(beta) q; c = measure q;"
    pub = mapped([f"{HEADER}{inputs}{body}", values, 100], 2)
    assert [parameter.name for parameter in circuit_of(pub).parameters] == ["alpha"]
    assert pub[1:] == [kept, 100]


def test_classical_registers_keep_their_names() -> None:
    body = "qubit[2] q; bit[2] left; bit[1] right; left = measure q; right[0] = measure q[0];"
    pub = mapped([f"{HEADER}{body}", [], 7])
    assert [register.name for register in circuit_of(pub).cregs] == ["left", "right"]
    assert pub[2] == 7


def test_physical_qubits_stay_where_they_are() -> None:
    circuit = circuit_of(mapped([f"{HEADER}bit c; h $2; cx $2, $1; c = measure $1;", [], None], 3))
    touched = {circuit.find_bit(qubit).index for item in circuit.data for qubit in item.qubits}
    assert touched == {1, 2}


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize(
    "body", ["h $0; ry(0.3) $1; cx $0, $1;", "h $0; cx $0, $2; ry(0.3) $1;", "rx(0.4) $0;"]
)
def test_observables_may_be_wider_than_a_circuit_on_physical_qubits(body: str, level: int) -> None:
    labels = ["IIZ", "ZIX", "IXX", "ZYI"]
    pub = mapped([HEADER + body, labels, [], None], level)
    whole = qiskit_circuits.load(f"{HEADER}barrier $0, $1, $2; {body}")
    for before, after in zip(labels, pub[1], strict=True):
        assert expectation(circuit_of(pub), after) == pytest.approx(expectation(whole, before), abs=1e-9)


def test_observables_wider_than_the_backend_are_an_input_error() -> None:
    refused = r"pubs\[0\].observables have 4 letters, the backend has 3 qubits"
    with pytest.raises(InputError, match=refused):
        mapped([f"{HEADER}x $0;", ["ZIII"], [], None])


def test_a_gate_with_a_direction_is_turned_round() -> None:
    pub = mapped([f"{HEADER}cx $1, $0;", [], None], 1, configuration("ecr"))
    pairs = [
        tuple(circuit_of(pub).find_bit(qubit).index for qubit in item.qubits)
        for item in circuit_of(pub).data
        if item.operation.name == "ecr"
    ]
    assert pairs == [(0, 1)]


def test_control_flow_is_mapped_too() -> None:
    text = f"{HEADER}qubit[2] q; bit c; h q[0]; c = measure q[0]; if (c) {{ h q[1]; }}"
    assert "if_else" in circuit_of(mapped([text, [], None])).count_ops()


def test_calibration_decides_where_a_circuit_goes() -> None:
    def error(value: float) -> list[dict[str, Any]]:
        return [{"name": "gate_error", "value": value, "unit": "", "date": ""}]

    properties = {
        "qubits": [[{"name": "T1", "value": 100.0, "unit": "us", "date": ""}]] * 3,
        "gates": [
            {"gate": "cz", "qubits": [0, 1], "parameters": error(0.5)},
            {"gate": "cz", "qubits": [1, 2], "parameters": error(0.001)},
        ],
    }
    circuit = circuit_of(
        mapped([f"{HEADER}qubit[2] q; h q[0]; cx q[0], q[1];", [], None], 2, properties=properties)
    )
    pairs = [
        {circuit.find_bit(qubit).index for qubit in item.qubits}
        for item in circuit.data
        if item.operation.name == "cz"
    ]
    assert pairs == [{1, 2}]


def test_a_faulty_qubit_is_not_used() -> None:
    dead = [{"name": "operational", "value": 0, "unit": "", "date": ""}]
    properties = {"qubits": [dead, [], []], "gates": []}
    circuit = circuit_of(
        mapped([f"{HEADER}qubit[2] q; h q[0]; cx q[0], q[1];", [], None], 1, properties=properties)
    )
    touched = {circuit.find_bit(qubit).index for item in circuit.data for qubit in item.qubits}
    assert touched == {1, 2}


def test_the_same_job_gives_the_same_circuits() -> None:
    pub = [HEADER + FAR, [], None]
    assert circuit_of(mapped(pub, 3)) == circuit_of(mapped(pub, 3))


def test_a_circuit_wider_than_the_backend_is_an_input_error() -> None:
    with pytest.raises(InputError, match=r"pubs\[0\].circuit cannot be mapped"):
        mapped([f"{HEADER}qubit[4] q; h q;", [], None])


def test_an_observable_of_the_wrong_width_is_an_input_error() -> None:
    with pytest.raises(InputError, match="the observable ZZ has 2 letters, its circuit has 3 qubits"):
        mapped([HEADER + FAR, "ZZ", [], None])


@pytest.mark.parametrize(
    "wire", ["OPENQASM 3.0;\nfoo $0;", {"__type__": "QuantumCircuit", "__value__": "eJwDAAAAAAE="}]
)
def test_a_circuit_that_qiskit_cannot_read_is_an_input_error(wire: Any) -> None:
    with pytest.raises(InputError, match=r"Qiskit cannot read pubs\[0\]\.circuit: "):
        mapped([wire, [], None])


@pytest.mark.parametrize("missing", ["qiskit_qasm3_import", "qiskit.transpiler"])
def test_without_qiskit_it_is_a_matter_of_installation(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ConfigurationError) as refused:
        mapped([HEADER + FAR, [], None])
    assert "pip install" in str(refused.value.advice)


def test_the_circuit_is_sent_in_a_qpy_version_that_the_service_reads() -> None:
    from direct_access.jobfile.circuits import inflated
    from direct_access.jobfile.qpy import read_header

    pub = mapped([HEADER + FAR, [], None])
    assert read_header(inflated(pub[0]["__value__"])) == (17, 3)
