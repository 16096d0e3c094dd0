"""Rows are named by what was sent, in each form in which parameter values and observables can be sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit_ibm_runtime import RuntimeEncoder

from direct_access.results import RowNames, decode, names_of

AB = "OPENQASM 3.0; input float b; input float a;"


def names(directory: Path, evs: Any, pub: list[Any]) -> RowNames:
    """Return the names of the rows of an estimator's PUB."""
    (directory / "results.json").write_text(json.dumps({"results": [{"data": {"evs": evs}}]}))
    (directory / "params.json").write_text(json.dumps({"pubs": [pub]}, cls=RuntimeEncoder))
    (found,) = names_of(decode(directory / "results.json"), directory / "params.json")
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": [0.1, 0.2]}, ["a=0.1", "a=0.2"]),
        ({"a": [0.1, 0.2], "b": 5}, ["a=0.1", "a=0.2"]),
        ([[0.1, 5], [0.2, 6]], ["a=0.1 b=5", "a=0.2 b=6"]),
        (np.array([[0.1, 5], [0.2, 6]]), ["a=0.1 b=5", "a=0.2 b=6"]),
        ({"v": [[1, 2], [3, 4]]}, ["v[0]=1 v[1]=2", "v[0]=3 v[1]=4"]),
        ({"x,y": [[1, 2], [3, 4]]}, ["x=1 y=2", "x=3 y=4"]),
        ([[1, 2, 3], [4, 5, 6]], ["p0=1 p1=2 p2=3", "p0=4 p1=5 p2=6"]),
        ({"a": [1.000001, 1.000002]}, ["a=1.000001", "a=1.000002"]),
        ({"a": [1, 2, 3]}, ["[0]", "[1]"]),
        ([[1], [2, 3]], ["[0]", "[1]"]),
        ({"a": ["x", {}]}, ["[0]", "[1]"]),
    ],
)
def test_parameter_values_name_the_rows(tmp_path, values, expected):
    found = names(tmp_path, [0.0, 1.0], [AB, "ZZ", values, None])
    assert [found.row(index) for index in found.indices()] == expected


def test_parameters_of_one_value_are_told_apart(tmp_path):
    found = names(tmp_path, [0.0, 1.0], [AB, "ZZ", {"a": [0.1, 0.2], "b": 5}, None])
    assert (found.constant, found.observable) == ("b=5", "ZZ")


def test_parameters_and_observables_are_broadcast(tmp_path):
    found = names(tmp_path, [[0.0] * 3] * 2, [AB, [["Z"], ["X"]], {"a": [1, 2, 3]}, None])
    assert found.row((1, 2)) == "a=3 X"
    assert found.sweep_axis == 1
    assert found.sweep_ends() == "a from 1 to 3"


def test_a_params_document_that_is_not_ours_names_nothing(tmp_path):
    names(tmp_path, [0.0, 1.0], [AB, "ZZ", {"a": [1, 2]}, None])
    (tmp_path / "params.json").unlink()
    os.mkfifo(tmp_path / "params.json")
    (found,) = names_of(decode(tmp_path / "results.json"), tmp_path / "params.json")
    assert found.row((1,)) == "[1]"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pubs": 3}', '{"pubs": [[]]}', '{"pubs": [[], []]}'])
def test_a_params_document_that_cannot_be_read_names_nothing(tmp_path, text):
    names(tmp_path, [0.0, 1.0], [AB, "ZZ", {"a": [1, 2]}, None])
    (tmp_path / "params.json").write_text(text)
    (found,) = names_of(decode(tmp_path / "results.json"), tmp_path / "params.json")
    assert found.row((1,)) == "[1]"
