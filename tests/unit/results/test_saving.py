"""Results in files for other programs, judged by their readers: csv, numpy, and what matplotlib wrote."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit.primitives.containers import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit_ibm_runtime import RuntimeEncoder

from direct_access.errors import LocalStorageError, UsageError
from direct_access.results import Selection, decode, names_of
from direct_access.results.saving import save
from direct_access.results.selection import parse_expectation

THETA = "OPENQASM 3.0; input float theta; input float $x;"
BITS = BitArray(np.array([[[0], [0], [3], [1]], [[2], [3], [3], [3]]], np.uint8), 2)


def saved(
    directory: Path, name: str, result: Any, sent: list[Any], selection: Selection | None = None
) -> Path:
    """Save results beside their params document."""
    (directory / "results.json").write_text(json.dumps(PrimitiveResult([result], {}), cls=RuntimeEncoder))
    (directory / "params.json").write_text(json.dumps({"pubs": [sent]}))
    results = decode(directory / "results.json")
    names = names_of(results, directory / "params.json")
    save(directory / name, results, names, selection or Selection(), 16)
    return directory / name


def counts(directory: Path, name: str, selection: Selection | None = None) -> Path:
    result = SamplerPubResult(DataBin(c=BITS, shape=(2,)))
    return saved(directory, name, result, [THETA, {"theta": [0.5, 1]}, 4], selection)


def estimates(directory: Path, name: str) -> Path:
    data = DataBin(evs=np.array([1.0, -0.25]), stds=np.array([0.0, 0.125]), shape=(2,))
    return saved(directory, name, PubResult(data), ["OPENQASM 3.0;", ["ZZ", {"$x\n": 0.5}], [], None])


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_a_line_for_each_outcome(tmp_path):
    found = lines(counts(tmp_path, "a.csv"))
    assert [(line["theta"], line["outcome"], line["count"]) for line in found] == [
        ("0.5", "00", "2"),
        ("0.5", "01", "1"),
        ("0.5", "11", "1"),
        ("1", "10", "1"),
        ("1", "11", "3"),
    ]
    assert {(line["pub"], line["register"], line["shots"]) for line in found} == {("0", "c", "4")}


def test_csv_has_a_line_for_each_expectation_value(tmp_path):
    first, second = lines(estimates(tmp_path, "a.CSV"))
    assert first == {
        "pub": "0",
        "row": "0",
        "observable": "ZZ",
        "value": "1.0",
        "error": "0.0",
        "ensemble_standard_error": "",
    }
    assert (second["row"], second["value"], second["error"]) == ("1", "-0.25", "0.125")


def test_csv_of_a_selection_has_the_selection(tmp_path):
    found = lines(counts(tmp_path, "a.csv", Selection(None, [parse_expectation("Z0Z1")])))
    assert [(line["observable"], line["value"]) for line in found] == [("Z0Z1", "0.5"), ("Z0Z1", "0.5")]


def test_npz_holds_the_arrays_of_qiskit(tmp_path):
    with np.load(counts(tmp_path, "a.npz")) as arrays:
        assert BitArray(arrays["pub0.c"], int(arrays["pub0.c.num_bits"])) == BITS
        assert arrays["pub0.parameters.theta"].tolist() == [0.5, 1]
    with np.load(estimates(tmp_path, "b.npz")) as arrays:
        assert (arrays["pub0.evs"].tolist(), arrays["pub0.stds"].tolist()) == ([1.0, -0.25], [0.0, 0.125])
        assert arrays["pub0.observables"][0] == "ZZ"


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_pictures_are_drawn(tmp_path, suffix, start):
    assert counts(tmp_path, f"a.{suffix}").read_bytes().startswith(start)
    assert estimates(tmp_path, f"b.{suffix}").read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["a", "a.txt", "csv", ".npz"])
def test_another_suffix_is_wrong_usage_and_leaves_no_file(tmp_path, name):
    with pytest.raises(UsageError, match="no suffix that says its format"):
        counts(tmp_path, name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["params.json", "results.json"]


def test_results_without_counts_and_expectation_values_are_for_npz_alone(tmp_path):
    points = PubResult(DataBin(c=np.array([[1j, 2]]), shape=()))
    for name in ("a.csv", "a.svg"):
        with pytest.raises(UsageError, match="neither counts nor expectation values"):
            saved(tmp_path, name, points, ["", [], 1])
    with np.load(saved(tmp_path, "a.npz", points, ["", [], 1])) as arrays:
        assert arrays["pub0.c"].tolist() == [[1j, 2]]


def test_a_directory_that_is_not_there_is_said(tmp_path):
    with pytest.raises(LocalStorageError, match="cannot be written"):
        counts(tmp_path, "absent/a.csv")
