"""Jobs that fail: each with a code, a message that names the place, a solution, and a log that says why."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy

QASM = 'OPENQASM 3.0; include "stdgates.inc"; '
X = QASM + "bit[1] c; x $0; c[0] = measure $0;"
TURN = QASM + "input float[64] theta; bit[1] c; rz(theta) $0; c[0] = measure $0;"
INVALID_INPUT, INVALID_CIRCUIT, NOT_ISA, TOO_MANY_SHOTS, TOO_LARGE = 1208, 7000, 1517, 6000, 5204


def wrapped(data: bytes, kind: str = "QuantumCircuit") -> dict[str, str]:
    return {"__type__": kind, "__value__": base64.b64encode(zlib.compress(data)).decode()}


def qpy_of(*circuits: QuantumCircuit) -> bytes:
    stream = io.BytesIO()
    qpy.dump(list(circuits), stream)
    return stream.getvalue()


def pickled_array() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([{}], dtype=object), allow_pickle=True)
    return stream.getvalue()


EMPTY_QPY = qpy_of(QuantumCircuit(1))
OLD_QPY = EMPTY_QPY[:6] + b"\x0c" + EMPTY_QPY[7:]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"pubs": [', "not JSON"),
        (b'{"pubs": [], "precision": NaN}', "NaN is not a JSON number"),
        (b"[" * 100_000, "not JSON"),
        ([], "params: [] is not of type 'object'"),
        ({}, "'pubs' is a required property"),
        ({"pubs": {}}, "params.pubs: {} is not of type 'array'"),
        ({"pubs": [], "supports_qiskit": True}, "'supports_qiskit' was unexpected"),
        ({"pubs": [], "version": 1}, "params.version: 2 was expected"),
        ({"pubs": [], "precision": 0.1}, "'precision' was unexpected"),
        ({"pubs": [], "resilience_level": 1}, "'resilience_level' was unexpected"),
        ({"pubs": [], "options": {"transpilation": {}}}, "params.options: Additional properties"),
        ({"pubs": [], "options": {"twirling": {"strategy": "none"}}}, "params.options.twirling.strategy"),
        ({"pubs": [], "options": {"simulator": {"method": "mps"}}}, "params.options.simulator"),
        ({"pubs": [], "options": {"default_shots": 0}}, "params.options.default_shots"),
        ({"pubs": [[X, [], -1]]}, "params.pubs[0][2]"),
        ({"pubs": [[X, [], 1.5]]}, "params.pubs[0][2]"),
        ({"pubs": [[X, [], 10, 0.1]]}, "params.pubs[0]"),
        ({"pubs": [[]]}, "params.pubs[0]"),
        ({"pubs": [X, 3]}, "params.pubs[1]"),
        ({"pubs": [[X, [], 0]]}, "pubs[0]: shots must be positive"),
        (
            {"pubs": [[X], [TURN]]},
            "pubs[1]: The number of values (0) does not match the number of parameters (1)",
        ),
        ({"pubs": [[X, [1.0]]]}, "pubs[0]: parameter values of shape (1,) for a circuit with 0 parameters"),
        ({"pubs": [[TURN, {"phi": 1.0}]]}, "pubs[0]: Could not find placement for parameter 'phi'"),
        ({"pubs": [[TURN, [["a"]]]]}, "pubs[0]: "),
        ({"pubs": [[TURN, [[1.0], [1.0, 2.0]]]]}, "pubs[0]: "),
        ({"pubs": [[TURN, wrapped(b"no array", "ndarray")]]}, "pubs[0]: not a valid array"),
        ({"pubs": [[TURN, wrapped(pickled_array(), "ndarray")]]}, "pubs[0]: not a valid array"),
        (
            {"pubs": [[TURN, {"__type__": "settings", "__module__": "os", "__value__": {}}]]},
            "not an input of a primitive",
        ),
    ],
)
def test_params_that_the_program_does_not_take(laboratory, params, found):
    outcome = laboratory.failure("sampler", params)
    assert outcome.reason_code == INVALID_INPUT
    assert found in outcome.reason_message
    assert "ERROR " + outcome.reason_message in outcome.log
    assert outcome.reason_solution


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"pubs": [[X]]}, "params.pubs[0]"),
        ({"pubs": [X]}, "params.pubs[0]"),
        ({"pubs": [], "shots": 3}, "'shots' was unexpected"),
        ({"pubs": [], "resilience_level": 3}, "params.resilience_level"),
        ({"pubs": [], "precision": 0}, "params.precision"),
        (
            {"pubs": [], "options": {"resilience": {"zne": {"amplifier": "magic"}}}},
            "resilience.zne.amplifier",
        ),
        ({"pubs": [[X, "Q"]]}, "params.pubs[0][1]: 'Q' does not match"),
        ({"pubs": [[X, ["Z", ["z"]]]]}, "params.pubs[0][1][1][0]: 'z' does not match"),
        ({"pubs": [[X, {"Z": "much"}]]}, "params.pubs[0][1].Z"),
        ({"pubs": [[X, {}]]}, "params.pubs[0][1]"),
        (
            {"pubs": [[QASM + "qubit q; x q;", "ZZ"]]},
            "The number of qubits of the circuit (1) does not match",
        ),
        ({"pubs": [[X, {"Z": 1.0, "ZZ": 1.0}]]}, "pubs[0]: "),
        ({"pubs": [[TURN, ["Z", "X"], [[1.0], [2.0], [3.0]]]]}, "are not broadcastable"),
    ],
)
def test_params_that_the_estimator_does_not_take(laboratory, params, found):
    outcome = laboratory.failure("estimator", params)
    assert outcome.reason_code == INVALID_INPUT
    assert found in outcome.reason_message


@pytest.mark.parametrize(
    ("circuit", "found"),
    [
        ("", "not a valid OpenQASM 3 program"),
        ("hello", "not a valid OpenQASM 3 program"),
        ("// old\nOPENQASM 2.0; qreg q[1];", "the program is OpenQASM 2"),
        ("OPENQASM 3.0; x $0;", "gate 'x' is not defined"),
        ('OPENQASM 3.0; include "/etc/passwd";', "not a valid OpenQASM 3 program"),
        ({"__type__": "QuantumCircuit", "__value__": "@@@"}, "not valid base64"),
        ({"__type__": "QuantumCircuit", "__value__": "AAAA"}, "not valid zlib data"),
        (wrapped(b"no qpy"), "not a valid QPY file"),
        (wrapped(EMPTY_QPY[:-10]), "not a valid QPY file"),
        (wrapped(OLD_QPY), "QPY version 12; versions 13 to "),
        (wrapped(qpy_of(QuantumCircuit(1), QuantumCircuit(1))), "exactly one circuit"),
        (base64.b64encode(EMPTY_QPY).decode()[:-5] + "@", "not valid base64"),
        (wrapped(bytes(300 << 20)), "larger than 256 MiB"),
    ],
)
def test_circuits_that_cannot_be_read(laboratory, circuit, found):
    outcome = laboratory.failure("sampler", {"pubs": [[X], [circuit]]})
    assert outcome.reason_code == INVALID_CIRCUIT
    assert outcome.reason_message.startswith("pubs[1]: ")
    assert found in outcome.reason_message


@pytest.mark.parametrize(
    ("program", "instruction"),
    [
        ("h $0;", "h on qubits (0,)"),
        ("x $3; cz $0, $2; h $1;", "cz on qubits (0, 2)"),
        ("x $27;", "x on qubits (27,)"),
        ("bit[1] c; c[0] = measure $40;", "measure on qubits (40,)"),
        ("bit[1] c; c[0] = measure $1; if (c[0]) { h $5; }", "h on qubits (5,)"),
        ("bit[1] c; while (!c[0]) { c[0] = measure $1; }", "while_loop on qubits (1,)"),
    ],
)
def test_a_circuit_that_is_no_isa_circuit_names_the_first_instruction(laboratory, program, instruction):
    outcome = laboratory.failure("sampler", {"pubs": [[X], [QASM + program]]})
    assert outcome.reason_code == NOT_ISA
    assert outcome.reason_message == f"pubs[1]: the instruction {instruction} is not supported by the backend"
    assert "Transpile" in outcome.reason_solution


@pytest.mark.parametrize(
    "program", ["delay[100ns] $0;", "barrier $0, $5;", "reset $3;", "cz $1, $0;", "id $2;"]
)
def test_what_every_machine_has_is_in_the_instruction_set(laboratory, program):
    laboratory.results("sampler", {"pubs": [[QASM + "bit[1] c;" + program]]})


def test_any_circuit_is_executed_where_that_is_allowed(laboratory):
    program = QASM + "bit[3] c; h $0; ccx $0, $1, $2; cx $0, $2; c[0] = measure $2;"
    task = laboratory.task("sampler", {"pubs": [[program, [], 100]]}, accept_any_circuit=True)
    outcome = laboratory.run(task)
    assert outcome.status == "Completed"
    assert "WARNING pubs[0]: the instruction h on qubits (0,) is not supported by the backend" in outcome.log


def test_an_unknown_program_is_told(laboratory):
    outcome = laboratory.failure("noise-learner", {"pubs": []})
    assert (outcome.reason_code, outcome.reason_message) == (1300, "there is no program 'noise-learner'")


def test_more_shots_than_the_backend_takes_are_refused(laboratory):
    outcome = laboratory.failure("sampler", {"pubs": [[X, [], 100_001]]})
    assert (outcome.reason_code, outcome.reason_message) == (
        TOO_MANY_SHOTS,
        "100001 shots; the backend takes at most 100000",
    )


def test_more_executions_than_a_job_may_have_are_refused(laboratory):
    outcome = laboratory.failure("sampler", {"pubs": [[TURN, [[0.5]] * 51, 100_000]]})
    assert (outcome.reason_code, outcome.reason_message) == (
        TOO_MANY_SHOTS,
        "the job asks for 5100000 executions; at most 5000000 are taken",
    )


def test_a_precision_that_needs_too_many_shots_is_refused(laboratory):
    assert laboratory.failure("estimator", {"pubs": [[X, "Z", [], 1e-6]]}).reason_code == TOO_MANY_SHOTS


def test_a_circuit_that_nobody_can_simulate_is_refused(laboratory):
    entangled = "".join(f"sx ${qubit}; rz(0.3) ${qubit}; cz ${qubit}, ${qubit + 1};" for qubit in range(30))
    configuration = {"backend_name": "ibm_wide", "n_qubits": 31, "basis_gates": ["cz", "rz", "sx"]}
    outcome = laboratory.failure(
        "sampler", {"pubs": [[QASM + "bit[1] c;" + entangled]]}, backend_configuration=configuration
    )
    assert outcome.reason_code == TOO_LARGE
    assert "31 active qubits" in outcome.reason_message


def test_what_only_the_simulation_refuses_is_a_failed_job(laboratory):
    """A program may take an input that no PUB can give a value."""
    program = QASM + "input int[8] n; bit[1] c; x $0;"
    outcome = laboratory.run(laboratory.task("sampler", {"pubs": [[program]]}))
    assert outcome.status == "Failed"
    assert outcome.reason_message


def test_a_parameter_of_the_estimators_observables_is_found_in_the_wrapped_form_too(laboratory: Any):
    observables = {"__type__": "ObservablesArray", "__value__": [{"Z": 1.0}, {"X": 2.0}]}
    laboratory.results("estimator", {"pubs": [[X, observables]]})
