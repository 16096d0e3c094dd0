"""Measured bits as arrays: one row a shot, one column a classical bit, values 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]


def shots_from_counts(counts: Mapping[str, int], num_bits: int, random: np.random.Generator) -> Bits:
    """Return the shots behind Aer's counts, in random order.

    :param counts: hexadecimal outcome, least significant bit first bit, to number of shots
    """
    ranked = sorted((int(outcome, 16), times) for outcome, times in counts.items())
    num_bytes = (num_bits + 7) // 8
    packed = b"".join(outcome.to_bytes(num_bytes, "little") for outcome, _ in ranked)
    rows = np.frombuffer(packed, np.uint8).reshape(len(ranked), num_bytes)
    rows = np.unpackbits(rows, axis=1, count=num_bits, bitorder="little")
    times = [times for _, times in ranked]
    return random.permutation(np.repeat(rows, times, axis=0), axis=0)


def replace_by_noise(
    bits: Bits, columns: Sequence[int], probability: float, random: np.random.Generator
) -> None:
    """Replace shots, each with a probability, by random bits in these columns."""
    hit = np.flatnonzero(random.random(len(bits)) < probability)
    bits[np.ix_(hit, np.asarray(columns, np.intp))] = random.integers(
        0, 2, (len(hit), len(columns)), np.uint8
    )


def flip(bits: Bits, column: int, flips: tuple[float, float], random: np.random.Generator) -> None:
    """Flip the bits of a column.

    :param flips: the probabilities that a 0 becomes 1, and a 1 becomes 0
    """
    probability = np.where(bits[:, column], flips[1], flips[0])
    bits[:, column] ^= random.random(len(bits)) < probability


def pack(bits: Bits, columns: Sequence[int]) -> Bits:
    """Return one row of bytes a shot: the columns as a big-endian number, the first one its lowest bit.

    This is the layout of qiskit.primitives.BitArray.
    """
    padding = np.zeros((len(bits), -len(columns) % 8), np.uint8)
    most_significant_first = bits[:, list(reversed(columns))]
    return np.packbits(np.hstack([padding, most_significant_first]), axis=1)
