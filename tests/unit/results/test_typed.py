"""Typed results, judged by qiskit-ibm-runtime, whose encoder writes them, and Qiskit's containers."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from qiskit.primitives.containers import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit_ibm_runtime import RuntimeEncoder

from direct_access.errors import StoreError
from direct_access.results import Results, as_json, decode


def decoded(path: Path, result: object) -> Results:
    path.write_text(json.dumps(result, cls=RuntimeEncoder))
    return decode(path)


@st.composite
def bit_arrays(draw: st.DrawFn) -> BitArray:
    num_bits = draw(st.integers(1, 20))
    shape = draw(st.sampled_from([(), (1,), (3,), (2, 3)]))
    shots = draw(st.integers(1, 12))
    array = draw(st_numpy.arrays(np.uint8, (*shape, shots, (num_bits + 7) // 8)))
    array[..., 0] &= 0xFF >> (-num_bits % 8)
    return BitArray(array, num_bits)


@settings(deadline=None)
@given(bits=bit_arrays())
def test_counts_are_those_of_qiskit(bits, tmp_path_factory):
    result = PrimitiveResult([SamplerPubResult(DataBin(meas=bits, shape=bits.shape))])
    path = tmp_path_factory.getbasetemp() / "counts.json"
    register = decoded(path, result).pubs[0].registers["meas"]
    assert (register.shape, register.num_bits, register.shots) == (bits.shape, bits.num_bits, bits.num_shots)
    expected = [bits.get_counts(index) for index in product(*map(range, bits.shape))]
    counts = [{register.bitstring(outcome): times for outcome, times in c.items()} for c in register.counts()]
    assert counts == expected


def test_bits_above_the_number_of_bits_do_not_count(tmp_path):
    bits = BitArray(np.array([[0xFF], [0x01]], np.uint8), 2)
    register = (
        decoded(tmp_path / "r", PrimitiveResult([SamplerPubResult(DataBin(c=bits))])).pubs[0].registers["c"]
    )
    assert list(register.counts()) == [{3: 1, 1: 1}]


@settings(deadline=None)
@given(values=st_numpy.arrays(np.float64, st_numpy.array_shapes(min_dims=0), elements=st.floats(-1, 1)))
def test_expectation_values_are_those_that_were_encoded(values, tmp_path_factory):
    result = PrimitiveResult([PubResult(DataBin(evs=values, stds=np.abs(values), shape=values.shape))])
    path = tmp_path_factory.getbasetemp() / "values.json"
    read = decoded(path, result).pubs[0].values
    assert read["evs"].shape == values.shape
    assert read["evs"].nested() == values.tolist()
    assert read["stds"].nested() == np.abs(values).tolist()


def test_outcomes_of_several_registers_are_counted_together(tmp_path):
    low = BitArray(np.array([[0], [1], [1], [1]], np.uint8), 1)
    high = BitArray(np.array([[0, 0], [1, 0], [1, 0], [0, 2]], np.uint8), 9)
    nothing = BitArray(np.zeros((4, 0), np.uint8), 0)
    pub = decoded(
        tmp_path / "r", PrimitiveResult([SamplerPubResult(DataBin(low=low, high=high, nothing=nothing))])
    ).pubs[0]
    assert list(pub.joint_counts(most_outcomes=100)) == [{(0, 0, 0): 1, (1, 256, 0): 2, (1, 2, 0): 1}]
    assert as_json(decode(tmp_path / "r"))["pubs"][0]["joint"]["counts"][0] == {
        "1 100000000 ": 2,
        "0 000000000 ": 1,
        "1 000000010 ": 1,
    }


def test_an_empty_register_has_the_empty_outcome(tmp_path):
    empty = BitArray(np.zeros((3, 5, 0), np.uint8), 0)
    register = decoded(
        tmp_path / "r", PrimitiveResult([SamplerPubResult(DataBin(e=empty, shape=(3,)))])
    ).pubs[0]
    assert [dict(counts) for counts in register.registers["e"].counts()] == [{0: 5}] * 3


def test_metadata_is_decoded_and_what_is_unknown_stays_as_it_is(tmp_path):
    moment = datetime(2026, 11, 21, 12, 0, 30, 500, tzinfo=timezone.utc)
    metadata = {"version": 2, "start": moment, "phase": 1 + 2j, "set": {3}, "factors": np.array([1, 3])}
    results = decoded(tmp_path / "r", PrimitiveResult([], metadata=metadata))
    assert results.metadata["start"] == moment
    assert results.metadata["phase"] == 1 + 2j
    assert results.metadata["set"] == {"__type__": "set", "__value__": [3]}
    assert as_json(results)["metadata"] == {
        "version": 2,
        "start": "2026-11-21T12:00:30.000500+00:00",
        "phase": {"real": 1.0, "imag": 2.0},
        "set": {"__type__": "set", "__value__": [3]},
        "factors": {"shape": [2], "values": [1, 3]},
    }


def test_the_name_of_an_extrapolator_may_be_wrapped_as_an_array(tmp_path):
    data = {"extrapolator": {"__type__": "ndarray", "__value__": "double_exponential"}}
    results = decoded(tmp_path / "r", PrimitiveResult([], metadata=data))
    assert results.metadata["extrapolator"] == "double_exponential"


def test_an_array_of_objects_comes_as_nested_lists(tmp_path):
    data = DataBin(extrapolator=np.array([["linear"], ["fallback"]], object), shape=(2,))
    pub = decoded(tmp_path / "r", PrimitiveResult([PubResult(data)])).pubs[0]
    assert pub.other["extrapolator"] == [["linear"], ["fallback"]]


def test_a_field_without_a_value_is_left_out(tmp_path):
    pub = {
        "__type__": "EstimatorPubResult",
        "__value__": {"data": data_bin(evs=0.5, stds=None), "metadata": {}},
    }
    pub_result = decoded(tmp_path / "r", primitive_result([pub])).pubs[0]
    assert list(pub_result.values) == ["evs"]


@pytest.mark.parametrize(
    "pubs",
    [
        ["text"],
        [{"__type__": "Strange", "__value__": {}}],
        [{"__type__": "PubResult", "__value__": []}],
        [{"__type__": "PubResult", "__value__": {"data": 3}}],
        [
            {
                "__type__": "PubResult",
                "__value__": {"data": {"__type__": "DataBin", "__value__": {"fields": 3}}},
            }
        ],
    ],
)
def test_a_damaged_pub_is_a_store_error(tmp_path, pubs):
    with pytest.raises(StoreError, match="holds no readable results"):
        decoded(tmp_path / "r", primitive_result(pubs))


@pytest.mark.parametrize(
    "field",
    [
        {"__type__": "BitArray", "__value__": {"num_bits": 2}},
        {"__type__": "BitArray", "__value__": {"num_bits": 20, "array": np.zeros((4, 1), np.uint8)}},
        {"__type__": "BitArray", "__value__": {"num_bits": 2, "array": np.zeros((4, 1), np.int16)}},
        {"__type__": "BitArray", "__value__": {"num_bits": -1, "array": np.zeros((4, 0), np.uint8)}},
        {"__type__": "datetime", "__value__": "yesterday"},
        {"__type__": "datetime", "__value__": 3},
        {"__type__": "complex", "__value__": [1, 2, 3]},
        {"__type__": "ndarray", "__value__": "eJwAAAA="},
    ],
)
def test_a_damaged_value_is_a_store_error(tmp_path, field):
    pub = {"__type__": "PubResult", "__value__": {"data": data_bin(field=field)}}
    with pytest.raises(StoreError, match="holds no readable results"):
        decoded(tmp_path / "r", primitive_result([pub]))


def test_registers_that_do_not_belong_together_are_a_store_error(tmp_path):
    one, two = (BitArray(np.zeros((shots, 1), np.uint8), 1) for shots in (3, 4))
    pub = {"__type__": "SamplerPubResult", "__value__": {"data": data_bin(one=one, two=two)}}
    with pytest.raises(StoreError, match="different shapes or shots"):
        decoded(tmp_path / "r", primitive_result([pub]))


def data_bin(**fields: object) -> dict[str, object]:
    content = {"field_names": list(fields), "field_types": [], "shape": [], "fields": fields}
    return {"__type__": "DataBin", "__value__": content}


def primitive_result(pubs: list[object]) -> dict[str, object]:
    return {"__type__": "PrimitiveResult", "__value__": {"pub_results": pubs, "metadata": {}}}
