"""Observables have one letter for each qubit of their circuit."""

from __future__ import annotations

import json
from typing import Any

import pytest

PHYSICAL = 'OPENQASM 3.0; include "stdgates.inc"; sx $0; cz $0, $5;'


def text(observables: Any, circuit: str = "bell.qasm") -> str:
    return json.dumps({"program_id": "estimator", "pubs": [{"circuit": circuit, "observables": observables}]})


@pytest.mark.parametrize(
    "observables",
    ["ZZ", {"ZZ": 1, "XI": -0.5}, ["ZZ", {"YY": 2}], [[["ZZ"], ["XX"]]]],
)
def test_paulis_weights_and_nested_lists_are_accepted(jobs: Any, observables: Any) -> None:
    assert jobs.load(text(observables)).params.document()["pubs"][0][1] == observables


@pytest.mark.parametrize(
    ("observables", "place"),
    [
        ("Z", "observables"),
        ("ZZZ", "observables"),
        ({"ZZ": 1, "Z": 1}, "observables.Z"),
        ([["ZZ"], [{"XXX": 1}]], "observables[1][0].XXX"),
    ],
)
def test_a_wrong_width_is_an_error_where_the_circuits_width_is_known(
    jobs: Any, observables: Any, place: str
) -> None:
    found = jobs.error(text(observables))
    assert f"pubs[0].{place}: " in found
    assert found.endswith("allowed: 2, one for each qubit of the circuit")


def test_the_width_is_that_of_all_registers_together(jobs: Any) -> None:
    circuit = "OPENQASM 3.0; qubit a; qubit[3] b; /* qubit[9] c; */ qreg d[2]; U(0,0,0) a;"
    assert jobs.load(text("ZZZZZZ", circuit)).warnings == ()
    assert "allowed: 6" in jobs.error(text("ZZ", circuit))


def test_the_width_of_a_qpy_circuit_is_known(jobs: Any) -> None:
    from .test_circuits import qpy_of_two_qubits

    jobs.write("bell.qpy", qpy_of_two_qubits())
    assert jobs.load(text("ZZ", "bell.qpy")).warnings == ()
    assert "allowed: 2" in jobs.error(text("ZZZ", "bell.qpy"))


def test_too_few_letters_for_physical_qubits_are_an_error(jobs: Any) -> None:
    found = jobs.error(text("ZZ", PHYSICAL))
    assert "physical qubits up to $5" in found
    assert found.endswith("allowed: 6 or more, one for each qubit from $0 on")


def test_letters_for_all_physical_qubits_are_fine(jobs: Any) -> None:
    assert jobs.warnings(text("Z" * 6, PHYSICAL)) == []


def test_more_letters_are_fine_too_except_for_strict_systems(jobs: Any) -> None:
    (warning,) = jobs.warnings(text("Z" * 27, PHYSICAL))
    assert "barrier $0, $1, …, $26;" in warning


def test_a_circuit_without_qubits_has_no_observables(jobs: Any) -> None:
    assert "allowed: 0" in jobs.error(text("Z", "OPENQASM 3.0; bit c;"))


@pytest.mark.parametrize("circuit", [PHYSICAL, "OPENQASM 3.0; const int n = 2; qubit[n] q; U(0,0,0) q[0];"])
def test_observables_of_different_widths_are_an_error_even_where_the_circuits_is_unknown(
    jobs: Any, circuit: str
) -> None:
    found = jobs.error(text(["ZZZZZZ", "ZZ"], circuit))
    assert found.endswith("allowed: 6, as in the first observable")


@pytest.mark.parametrize(
    "observables", ["ZA", "", "zz", {"ZA": 1}, {"": 1}, 0, [], {}, [3], {"ZZ": "1"}, {"ZZ": [1]}, None]
)
def test_what_is_no_observable_is_refused(jobs: Any, observables: Any) -> None:
    assert "observables" in jobs.error(text(observables))


@pytest.mark.parametrize("projector", ["+-", "0r", "l1"])
def test_projectors_which_the_service_does_not_take_are_told_as_sums(jobs: Any, projector: str) -> None:
    assert "0.5 I + 0.5 Z" in jobs.error(text(projector))
