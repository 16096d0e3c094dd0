"""Plain results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from direct_access.errors import StoreError
from direct_access.results import PubResult, Results, decode


def decoded(path: Path, *data: object) -> Results:
    pubs = [{"data": fields, "metadata": {"number": index}} for index, fields in enumerate(data)]
    path.write_text(json.dumps({"results": pubs, "metadata": {"version": 2}}))
    return decode(path)


def sampled(path: Path, samples: object, num_bits: object = 2) -> PubResult:
    return decoded(path, {"c": {"samples": samples, "num_bits": num_bits}}).pubs[0]


def test_samples_are_counted(tmp_path):
    register = sampled(tmp_path / "r", ["0x3", "0x0", "0x3"]).registers["c"]
    assert (register.num_bits, register.shape, register.shots) == (2, (), 3)
    assert list(register.counts()) == [{3: 2, 0: 1}]


def test_samples_of_a_sweep_have_its_shape(tmp_path):
    register = sampled(tmp_path / "r", [[["0x1"], ["0x2"], ["0x3"]], [["0x0"], ["0x1"], ["0x2"]]]).registers[
        "c"
    ]
    assert register.shape == (2, 3)
    assert [next(iter(counts)) for counts in register.counts()] == [1, 2, 3, 0, 1, 2]


def test_a_register_without_bits_has_the_empty_outcome(tmp_path):
    register = sampled(tmp_path / "r", ["0x0", "0x0"], num_bits=0).registers["c"]
    assert list(register.counts()) == [{0: 2}]


def test_no_shots_are_no_outcomes(tmp_path):
    register = sampled(tmp_path / "r", []).registers["c"]
    assert list(register.counts()) == [{}]


def test_a_million_samples_are_counted(tmp_path):
    samples = ["0x0", "0x1ffffffffffffffff"] * 500_000
    register = sampled(tmp_path / "r", samples, num_bits=65).registers["c"]
    assert list(register.counts()) == [{0: 500_000, (1 << 65) - 1: 500_000}]


def test_expectation_values_are_numbers_or_nested_lists(tmp_path):
    fields = {"evs": 0.5, "stds": [[0.1, 0.2], [0.3, 0.4]], "many": [0.25] * 50_000}
    values = decoded(tmp_path / "r", fields).pubs[0].values
    assert values["evs"].nested() == 0.5
    assert (values["stds"].shape, values["stds"].nested()) == ((2, 2), [[0.1, 0.2], [0.3, 0.4]])
    assert values["many"].shape == (50_000,)


def test_both_spellings_of_the_standard_error_are_one_field(tmp_path):
    results = decoded(tmp_path / "r", {"ensamble_standard_error": 0.1}, {"ensemble_standard_error": 0.2})
    assert [list(pub.values) for pub in results.pubs] == [["ensemble_standard_error"]] * 2


def test_a_field_that_is_neither_samples_nor_numbers_stays_as_it_is(tmp_path):
    pub = decoded(tmp_path / "r", {"note": "text", "ragged": [[1], [1, 2]], "nothing": None}).pubs[0]
    assert pub.other == {"note": "text", "ragged": [[1], [1, 2]]}


def test_metadata_is_kept(tmp_path):
    results = decoded(tmp_path / "r", {})
    assert (results.metadata, results.pubs[0].metadata) == ({"version": 2}, {"number": 0})


@pytest.mark.parametrize("sample", ["0x4", "zero", "", "-0x1", None, ["0x0"]])
def test_a_sample_that_does_not_fit_is_a_store_error(tmp_path, sample):
    register = sampled(tmp_path / "r", ["0x0", sample]).registers["c"]
    with pytest.raises(StoreError, match="not a sample of 2 bits"):
        list(register.counts())


@pytest.mark.parametrize(
    "samples", ["0x0", None, {"a": 1}, [["0x0"], "0x1"], [[["0x0"]], [["0x0"], ["0x1"]]]]
)
def test_samples_that_are_no_regular_lists_are_a_store_error(tmp_path, samples):
    with pytest.raises(StoreError, match="the samples of a register"):
        sampled(tmp_path / "r", samples)


def test_sets_of_different_numbers_of_shots_are_a_store_error(tmp_path):
    register = sampled(tmp_path / "r", [["0x0"], ["0x1", "0x2"]]).registers["c"]
    with pytest.raises(StoreError, match="different numbers of shots"):
        list(register.counts())


@pytest.mark.parametrize("num_bits", [-1, None, "2", 1 << 40])
def test_a_number_of_bits_that_is_none_is_a_store_error(tmp_path, num_bits):
    with pytest.raises(StoreError, match="not a valid number of bits"):
        sampled(tmp_path / "r", ["0x0"], num_bits)


@pytest.mark.parametrize("pub", ["text", {}, {"data": []}])
def test_a_pub_without_data_is_a_store_error(tmp_path, pub):
    path = tmp_path / "r"
    path.write_text(json.dumps({"results": [pub]}))
    with pytest.raises(StoreError, match='no object "data"'):
        decode(path)
