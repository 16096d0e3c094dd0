"""Shots as bits, judged by qiskit.primitives.BitArray."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.primitives import BitArray

from direct_access.simulator.execution.bits import flip, pack, replace_by_noise, shots_from_counts


@settings(deadline=None)
@given(data=st.data(), num_bits=st.integers(1, 70))
def test_shots_have_the_counts_that_they_were_made_from(data, num_bits):
    outcomes = st.integers(0, 2**num_bits - 1)
    counts = data.draw(st.dictionaries(outcomes, st.integers(1, 5), min_size=1, max_size=9))
    # Aer pads what is longer than 64 bits with zeros
    named = {
        f"0x{outcome:0{num_bits // 4 if num_bits > 64 else 1}x}": times for outcome, times in counts.items()
    }
    bits = shots_from_counts(named, num_bits, np.random.default_rng(1))
    assert BitArray(pack(bits, range(num_bits)), num_bits).get_int_counts() == counts


@settings(deadline=None)
@given(data=st.data(), num_bits=st.integers(1, 20))
def test_the_first_column_that_is_packed_is_the_lowest_bit(data, num_bits):
    columns = data.draw(st.permutations(range(num_bits)))
    bits = np.random.default_rng(0).integers(0, 2, (6, num_bits), np.uint8)
    array = BitArray(pack(bits, columns), num_bits)
    expected = ["".join(str(row[column]) for column in reversed(columns)) for row in bits]
    assert array.get_bitstrings() == expected


def test_no_columns_are_no_bytes():
    assert pack(np.zeros((5, 3), np.uint8), []).shape == (5, 0)


def test_flips_differ_for_zero_and_one():
    bits = np.array([[0, 0], [1, 1]] * 5000, np.uint8)
    flip(bits, 0, (0.0, 1.0), np.random.default_rng(0))
    flip(bits, 1, (0.25, 0.0), np.random.default_rng(0))
    assert not bits[:, 0].any()
    assert abs(bits[::2, 1].mean() - 0.25) < 0.03
    assert bits[1::2, 1].all()


def test_noise_replaces_whole_shots_in_the_columns_that_are_named():
    bits = np.zeros((10_000, 3), np.uint8)
    replace_by_noise(bits, [0, 2], 0.5, np.random.default_rng(0))
    assert not bits[:, 1].any()
    assert abs((bits[:, 0] & bits[:, 2]).mean() - 0.125) < 0.02
