"""Parameter values fit the circuit's parameters, as far as these can be read off its text."""

from __future__ import annotations

import json
from typing import Any

import pytest


def text(values: Any, circuit: str = "sweep.qasm") -> str:
    return json.dumps({"program_id": "sampler", "pubs": [{"circuit": circuit, "parameter_values": values}]})


@pytest.mark.parametrize(
    "values",
    [
        [0.1, 0.2],
        [[0.1, 0.2], [0.3, 0.4]],
        [[[0.1, 0.2]], [[0.3, 0.4]]],
        {"alpha": 1, "beta": 2},
        {"alpha": [1, 2], "beta": [[3, 4], [5, 6]]},
        {"__type__": "ndarray", "__value__": "eJw="},
        [],
    ],
)
def test_values_for_every_parameter_are_accepted(jobs: Any, values: Any) -> None:
    assert jobs.load(text(values)).params.document()["pubs"][0][1] == values


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([0.1], "parameter_values: 1 values for each execution; allowed: one for each of alpha, beta"),
        ([[1, 2, 3]], "3 values for each execution"),
        ({"alpha": 1}, "pubs[0].parameter_values: no value for beta"),
        ([[1, 2], [3]], "parameter_values[1]: a list of 1 beside a list of 2; allowed: lists of one shape"),
        ([[1, 2], 3], "pubs[0].parameter_values[1]: a number beside a list of 2"),
        ({"alpha": [[1, 2], [3]], "beta": 1}, "pubs[0].parameter_values.alpha[1]: a list of 1"),
        ([["a"]], "pubs[0].parameter_values[0][0]: 'a'; allowed: a number, or a list of numbers"),
        ("0.5", "pubs[0].parameter_values: '0.5'; allowed: numbers in the order"),
        ([True], "true; allowed: a number"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(jobs: Any, values: Any, found: str) -> None:
    assert found in jobs.error(text(values))


def test_a_misspelt_parameter_is_told_the_nearest_name(jobs: Any) -> None:
    errors = jobs.errors(text({"alpa": 1, "beta": 2}))
    assert any("did you mean alpha?" in error for error in errors)
    assert any("no value for alpha" in error for error in errors)


def test_values_for_a_circuit_without_parameters_are_refused(jobs: Any) -> None:
    assert "the circuit has no parameters" in jobs.error(text([0.1], "bell.qasm"))


def test_parameters_that_cannot_be_counted_are_left_to_the_service(jobs: Any) -> None:
    circuit = "OPENQASM 3.0; input array[float[64], 3] theta; qubit q;"
    assert jobs.load(text([1, 2, 3, 4, 5], circuit)).warnings == ()


def test_a_parameter_in_a_comment_is_none(jobs: Any) -> None:
    circuit = "OPENQASM 3.0;\n// input float[64] a;\n/* input float b; */ input angle[32] c;\nqubit q;\n"
    assert jobs.load(text({"c": 1}, circuit)).warnings == ()
