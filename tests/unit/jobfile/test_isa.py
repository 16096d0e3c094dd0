"""The first instruction of each circuit that a backend cannot execute is named."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from direct_access.errors import ProtocolError
from direct_access.jobfile import isa_text
from direct_access.jobfile.instruction_set import InstructionSet, instruction_set
from direct_access.jobfile.isa import first_non_isa
from direct_access.jobfile.openqasm import without_comments

HEADER = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
LINE = [[0, 1], [1, 2]]


def configuration(two_qubit_gate: str = "cz", **more: Any) -> dict[str, Any]:
    """Three qubits in a row, as BackendConfiguration of the API has them."""
    each = [[0], [1], [2]]
    return {
        "backend_name": "ibm_row",
        "n_qubits": 3,
        "basis_gates": [two_qubit_gate, "id", "rz", "sx", "x"],
        "gates": [
            {"name": two_qubit_gate, "coupling_map": LINE},
            *({"name": name, "coupling_map": each} for name in ("id", "rz", "sx", "x")),
        ],
        "coupling_map": LINE,
        "supported_instructions": [two_qubit_gate, "rz", "sx", "x", "measure", "reset", "delay", "if_else"],
        **more,
    }  # fmt: skip


@pytest.fixture(params=["qiskit", "text"])
def judge(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what names the obstacles of a circuit, with Qiskit and without."""
    if request.param == "text":
        monkeypatch.setitem(sys.modules, "qiskit", None)
        monkeypatch.setattr("direct_access.jobfile.full_parse.find_spec", lambda _name: None)

    def obstacles(body: str, backend: dict[str, Any] | None = None) -> list[str]:
        document = {"pubs": [[HEADER + body, [], None]]}
        return [str(finding) for finding in first_non_isa(document, backend or configuration())]

    return obstacles


@pytest.mark.parametrize(
    "body",
    [
        "bit[2] c; rz(pi/2) $0; sx $0; cz $0, $1; cz $2, $1; c[0] = measure $0;",
        "qubit[2] q; bit[2] c; x q; cz q[0], q[1]; barrier q; reset q[0]; delay[100ns] q[1]; c = measure q;",
        "qubit[2] q; bit c; c = measure q[0]; if (c) { x q[1]; } else { sx q[1]; }",
        "qubit[2] q; bit c; c = measure q[0]; if (c) x q[1];",
        "input float[64] theta; qubit a; qubit b; rz(theta * (2 + 1)) a; cz b, a;",
        "qubit q; // h q;\n/* cx q, q; */ x q;",
        "gate h2 a { h a; }\nqubit q; x q;",
    ],
)
def test_a_circuit_in_the_instruction_set_has_no_obstacle(judge: Any, body: str) -> None:
    assert judge(body) == []


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("h $0; cx $0, $1;", "h on qubit 0"),
        ("x $1; cx $0, $1;", "cx on qubits 0, 1"),
        ("qubit[3] q; x q; h q[2]; h q[1];", "h on qubit 2"),
        ("qubit[2] q; bit c; c = measure q[0]; if (c) { cx q[0], q[1]; }", "cx on qubits 0, 1"),
        ("qubit[2] q; bit c; c = measure q[0]; if (c) h q[1];", "h on qubit 1"),
        ("qubit[2] q; for uint i in [0:1] { x q[0]; }", "for_loop"),
        ("gate twice a { x a; x a; }\ntwice $1;", "twice on qubit 1"),
    ],
)
def test_the_first_foreign_instruction_is_named_with_its_qubits(judge: Any, body: str, what: str) -> None:
    (found,) = judge(body)
    assert found.startswith(f"params: pubs[0]: {what}")
    assert found.endswith(
        "ibm_row has no such instruction; allowed: barrier, cz, delay, id, if_else, measure, reset, rz, sx, x"
    )


def test_a_pair_that_is_not_coupled_is_told_the_couplings_there(judge: Any) -> None:
    (found,) = judge("cz $0, $2;")
    assert "cz on qubits 0, 2" in found
    assert found.endswith("ibm_row cannot execute it there; allowed: cz on 0-1")


def test_a_gate_with_a_direction_is_refused_the_other_way_round(judge: Any) -> None:
    gates = "gate rzx(t) a, b { rz(t) b; }\ngate ecr a, b { rzx(pi/4) a, b; x a; }\n"
    assert judge(f"{gates}ecr $0, $1;", configuration("ecr")) == []
    (found,) = judge(f"{gates}ecr $1, $0;", configuration("ecr"))
    assert "ecr on qubits 1, 0" in found


def test_a_symmetric_gate_may_be_written_either_way_round(judge: Any) -> None:
    assert judge("cz $0, $1; cz $1, $0;") == []


def test_a_qubit_beyond_the_backend_is_refused(judge: Any) -> None:
    (found,) = judge("x $3;")
    assert "ibm_row has" in found


def test_couplings_of_the_backend_hold_where_a_gate_has_none_of_its_own(judge: Any) -> None:
    backend = configuration(gates=[])
    assert judge("cz $0, $1; x $2;", backend) == []
    assert len(judge("cz $0, $2;", backend)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"n_qubits": None},
        {"n_qubits": 10**30},
        {"n_qubits": -1},
        {"basis_gates": 5},
        {"gates": [{}]},
        {"gates": 7},
        {"gates": [], "coupling_map": [[0, None]]},
        {"gates": [], "coupling_map": 3},
        {"supported_instructions": 1},
    ],
)
def test_a_backend_that_is_not_described_as_the_api_does_is_a_fault_of_the_server(
    damage: dict[str, Any],
) -> None:
    described = {**configuration(), **damage}
    with pytest.raises(ProtocolError, match="does not describe"):
        first_non_isa({"pubs": [["OPENQASM 3.0; x $0;"]]}, described)


@pytest.mark.parametrize("pubs", [5, None, {}, "text"])
def test_params_without_a_list_of_pubs_have_no_circuit_to_be_judged(pubs: Any) -> None:
    assert first_non_isa({"pubs": pubs}, configuration()) == []


def test_each_pub_is_judged(judge: Any) -> None:
    good, bad = f"{HEADER}x $0;", f"{HEADER}h $0;"
    findings = first_non_isa({"pubs": [bad, [good], [bad, [], 3]]}, configuration(), "job.yaml")
    assert [(finding.file, finding.field) for finding in findings] == [
        ("job.yaml", "pubs[0]"),
        ("job.yaml", "pubs[2]"),
    ]


def test_a_scan_of_text_names_the_line() -> None:
    obstacle = isa_text.first_obstacle(f"{HEADER}\nx $0;\n  h\n$1;\n", instruction_set(configuration()))
    assert obstacle is not None
    assert obstacle.what == "h on qubit 1 in line 5 of the circuit"


@pytest.mark.parametrize("modified", ["inv @ sx $0;", "ctrl @ x $0, $1;", "pow(2) @ inv @ x $0;"])
def test_a_modified_gate_is_no_instruction_of_a_backend(judge: Any, modified: str) -> None:
    assert len(judge(modified)) == 1


def test_qpy_is_judged_by_qiskit() -> None:
    from qiskit import QuantumCircuit

    from direct_access.jobfile import qiskit_circuits

    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.h(1)
    (found,) = first_non_isa({"pubs": [[qiskit_circuits.dump(circuit)]]}, configuration())
    assert found.found == "h on qubit 1: ibm_row has no such instruction"


def test_qpy_is_not_judged_without_qiskit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("direct_access.jobfile.qiskit_circuits", raising=False)
    monkeypatch.delitem(sys.modules, "direct_access.jobfile.qiskit_circuits", raising=False)
    monkeypatch.setitem(sys.modules, "qiskit", None)
    (found,) = first_non_isa({"pubs": [[{"__type__": "QuantumCircuit", "__value__": ""}]]}, configuration())
    assert (found.severity, "not judged without" in found.found) == ("warning", True)


@pytest.mark.parametrize(("angle", "count"), [(0.0, 0), (1.5707963, 0), (-0.1, 1), (3.0, 1)])
def test_rzz_is_held_to_the_angles_it_is_calibrated_for(angle: float, count: int) -> None:
    from qiskit import QuantumCircuit

    from direct_access.jobfile import qiskit_circuits

    circuit = QuantumCircuit(2)
    circuit.rzz(angle, 0, 1)
    document = {"pubs": [[qiskit_circuits.dump(circuit)]]}
    assert len(first_non_isa(document, configuration("rzz"))) == count


one_qubit = st.tuples(st.sampled_from(["x", "sx", "h", "id"]), st.integers(0, 2)).map(
    lambda gate: f"{gate[0]} q[{gate[1]}];"
)
two_qubits = st.tuples(st.sampled_from(["cz", "cx"]), st.permutations([0, 1, 2])).map(
    lambda gate: f"{gate[0]} q[{gate[1][0]}], q[{gate[1][1]}];"
)
plain = (
    one_qubit | two_qubits | st.sampled_from(["reset q;", "barrier q;", "c = measure q;", "rz(2*(pi)) q;"])
)
conditional = plain.map(lambda statement: f"if (c[0]) {{ {statement} }}") | plain.map(
    lambda statement: f"if (c[1]) {statement}"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(plain | conditional, max_size=6))
def test_the_scan_of_text_says_what_qiskit_says(statements: list[str]) -> None:
    from qiskit import qasm3

    from direct_access.jobfile import isa_circuit

    text = f"{HEADER}qubit[3] q; bit[3] c;\n" + "\n".join(statements)
    instructions: InstructionSet = instruction_set(configuration())
    exact = isa_circuit.first_obstacle(qasm3.loads(text), instructions)
    scanned = isa_text.first_obstacle(text, instructions)
    assert (exact and exact.what) == (scanned and scanned.what.partition(" in line")[0])


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='x $0123q[];{}()=,@/*"\n') | st.text())
def test_no_text_breaks_the_scan(text: str) -> None:
    assert len(without_comments(text)) == len(text)
    isa_text.first_obstacle(text, instruction_set(configuration()))
