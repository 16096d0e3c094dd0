"""``validate --backend`` says valid where the simulator executes a job, and not where it fails it.

Both judge each job here: the client's check of the job file and of the instruction set, and the simulator's
admission of the params that this job file makes, which comes before anything is executed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from direct_access import jobfile
from direct_access.errors import InputError
from direct_access.jobfile.isa import first_non_isa, too_wide_observables
from direct_access.simulator.backends.catalog import standard_backends
from direct_access.simulator.execution.job import PROGRAMS
from direct_access.simulator.execution.machine import Machine
from direct_access.simulator.execution.params import read_params
from direct_access.simulator.execution.reasons import JobFailed
from direct_access.simulator.execution.task import Task

HEADER = 'OPENQASM 3.0; include "stdgates.inc"; '
BACKENDS = standard_backends()
SMALL = "ibm_small"
LARGE = "ibm_large"


def is_valid(directory: Path, program_id: str, backend: str, pub: Mapping[str, Any]) -> bool:
    path = directory / "job.yaml"
    path.write_text(json.dumps({"program_id": program_id, "pubs": [pub]}))
    configuration = BACKENDS[backend].configuration
    try:
        params = jobfile.load(path, thorough=True).params.document()
    except InputError:
        return False
    findings = first_non_isa(params, configuration)
    if program_id == "estimator":
        findings += too_wide_observables(params, configuration)
    return not any(finding.severity == "error" for finding in findings)


def refusal(
    directory: Path, program_id: str, backend: str, pub: Mapping[str, Any], *, strict_width: bool = False
) -> str | None:
    """Return why the simulator fails a job, None if it does not."""
    observables = [pub["observables"]] if program_id == "estimator" else []
    path = directory / "params.json"
    values = pub.get("parameter_values", [])
    values = values if isinstance(values, (list, dict)) else [values]
    path.write_text(json.dumps({"pubs": [[pub["circuit"], *observables, values]], "version": 2}))
    model = BACKENDS[backend]
    documents = (model.configuration, model.properties)
    task = Task("job", program_id, path, *documents, "info", 1, False, path, strict_width=strict_width)
    log = logging.Logger("job")
    log.addHandler(logging.NullHandler())
    try:
        PROGRAMS[program_id](read_params(path, program_id), Machine(task, log), log)
    except JobFailed as reason:
        return reason.message
    return None


CIRCUITS = {
    "two physical qubits": "bit[2] c; sx $0; cz $0, $1; c[0] = measure $0;",
    "qubits in the middle": "sx $3; cz $3, $5;",
    "the last qubit": "sx $6;",
    "a qubit too many": "sx $7;",
    "a qubit too many, idle": "sx $0; barrier $0, $7;",
    "all qubits named": "sx $0; barrier $0, $1, $2, $3, $4, $5, $6;",
    "far too many": "sx $99999999999;",
    "more digits than numbers have": f"sx ${'9' * 5000};",
    "far too many in a comment": "/* $99999999999 */ sx $0; // q[99999999999]",
    "a register": "qubit[2] q; sx q[0]; cz q[0], q[1];",
    "a register as wide as the backend": "qubit[7] q; sx q;",
    "a register too wide": "qubit[8] q; sx q[0];",
    "a register far too wide": "qubit[99999999999] q;",
    "bits far too many": "bit[99999999999] c; sx $0;",
    "two registers": "qubit[1] a; qubit[2] b; sx a[0]; sx b;",
    "old registers": "qreg q[2]; creg c[2]; x q[0]; measure q[0] -> c[0];",
    "an index out of range": "qubit[2] q; x q[2];",
    "an index from the end": "qubit[2] q; x q[-1];",
    "no qubits": "",
    "no qubits, bits": "bit[2] c;",
    "physical and declared": "qubit q; sx q; sx $0;",
    "a size by name": "const int n = 2; qubit[n] q; sx q[0];",
    "an alias": "qubit[3] q; let a = q[0:1]; x a[0];",
    "no gate of the backend": "h $0;",
    "two names of no gate": "foo $0;",
    "qubits that are not coupled": "cz $0, $2;",
    "the other direction": "cz $1, $0;",
    "one qubit twice": "cz $0, $0;",
    "a gate's definition": "gate foo a { x a; } foo $0;",
    "a calibrated gate's definition": "gate ecr a, b { } ecr $0, $1;",
    "a definition without use": "gate foo a { h a; } x $0;",
    "a modifier": "inv @ sx $0;",
    "a controlled gate": "ctrl @ x $0, $1;",
    "identity": "id $0;",
    "the general gate": "U(0.1, 0, 0) $0;",
    "a global phase": "gphase(0.3); sx $0;",
    "reset": "reset $0;",
    "delay": "delay[100ns] $0; delay[16dt] $0;",
    "if": "bit c; c = measure $0; if (c) { x $0; } else { sx $0; }",
    "a gate of none in an if": "bit c; c = measure $0; if (c) { h $0; }",
    "while": "bit c; c = measure $0; while (c) { x $0; c = measure $0; }",
    "for": "for int i in [0:3] { x $0; }",
    "switch": "bit[2] c; switch (int(c)) { case 1 { x $0; } default { sx $0; } }",
    "an input": "input float[64] t; rz(t) $0;",
    "an input that is not used": "input float[64] t; x $0;",
    "an integer input": "input int n; x $0;",
    "an annotation": "@note $5\nsx $0;",
    "a subroutine": "def f(qubit a) { x a; } f($0);",
    "a variable": "int i = 1; x $0;",
    "a box": "box { x $0; }",
    "end": "x $0; end;",
    "a pragma": "\npragma note\nsx $0;",
    "a missing semicolon": "sx $0",
}


@pytest.mark.parametrize("name", CIRCUITS)
def test_of_every_circuit_and_width_of_an_observable(tmp_path: Path, name: str) -> None:
    pub: dict[str, Any] = {"circuit": HEADER + CIRCUITS[name]}
    found = refusal(tmp_path, "sampler", SMALL, pub)
    assert is_valid(tmp_path, "sampler", SMALL, pub) == (found is None), found
    for width in (1, 2, 6, 7, 8):
        observed = {**pub, "observables": "Z" * width}
        found = refusal(tmp_path, "estimator", SMALL, observed)
        assert is_valid(tmp_path, "estimator", SMALL, observed) == (found is None), (width, found)


@pytest.mark.parametrize("angle", ["0.1", "-0.1", "pi/2", "pi", "0"])
def test_of_every_angle_of_a_fractional_gate(tmp_path: Path, angle: str) -> None:
    definition = "gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }"
    pub = {"circuit": f"{HEADER}{definition} rzz({angle}) $0, $1; rx({angle}) $2;"}
    assert is_valid(tmp_path, "sampler", LARGE, pub) == (refusal(tmp_path, "sampler", LARGE, pub) is None)


FRAGMENTS = st.sampled_from(
    [
        "sx $0;",
        "x $2;",
        "cz $0, $1;",
        "cz $5, $3;",
        "cz $2, $3;",
        "rz(t) $0;",
        "rz(s + t) $1;",
        "barrier $0, $6;",
    ]
)
LETTERS = st.integers(1, 8).flatmap(lambda width: st.text("IXYZ0", min_size=width, max_size=width))
OBSERVABLES = st.recursive(
    LETTERS | st.dictionaries(LETTERS, st.floats(-2, 2), min_size=1, max_size=2),
    lambda inner: st.lists(inner, min_size=1, max_size=3),
    max_leaves=4,
)
NUMBERS = st.floats(-3, 3)
VALUES = st.one_of(
    st.just([]),
    NUMBERS,
    st.lists(NUMBERS, min_size=1, max_size=3),
    st.lists(st.lists(NUMBERS, min_size=1, max_size=3), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from("stu"), NUMBERS | st.lists(NUMBERS, min_size=1, max_size=2), max_size=3),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["", "input float[64] t; ", "input float[64] t; input float[64] s; "]),
    st.lists(FRAGMENTS, min_size=1, max_size=4),
    OBSERVABLES,
    VALUES,
)
def test_of_any_circuit_observables_and_values(
    tmp_path: Path, inputs: str, gates: list[str], observables: Any, values: Any
) -> None:
    pub = {
        "circuit": HEADER + inputs + " ".join(gates),
        "observables": observables,
        "parameter_values": values,
    }
    for program_id in PROGRAMS:
        shown = pub if program_id == "estimator" else {k: v for k, v in pub.items() if k != "observables"}
        found = refusal(tmp_path, program_id, SMALL, shown)
        assert is_valid(tmp_path, program_id, SMALL, shown) == (found is None), found


def test_the_example_of_qrmi_is_executed_unless_the_system_is_strict(tmp_path: Path) -> None:
    circuit = HEADER + "rz(pi/2) $0; sx $0; cz $0, $1;"
    pub = {"circuit": circuit, "observables": "Z" * 7}
    assert refusal(tmp_path, "estimator", SMALL, pub) is None
    found = refusal(tmp_path, "estimator", SMALL, pub, strict_width=True)
    assert found is not None
    assert "barrier $0, $1, …, $6;" in found
    named = {**pub, "circuit": circuit + "barrier $0, $1, $2, $3, $4, $5, $6;"}
    assert refusal(tmp_path, "estimator", SMALL, named, strict_width=True) is None
