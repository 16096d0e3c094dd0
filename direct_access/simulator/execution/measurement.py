"""What the results of a classical register are: bits, or complex numbers, by the option ``meas_type``.

The forms are those of IBM's ibm-quantum-schemas, sampler/version_0_1/execution_options.py. A machine's
complex numbers are IQ points, one for each measurement of a qubit: the signal of its resonator, integrated
with a kernel, in arbitrary units. There is no resonator here: points are drawn around one of two centres.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from direct_access.simulator.execution.bits import Bits, pack
from direct_access.simulator.execution.encoding import RegisterSamples

CLASSIFIED = "classified"
KERNELED = "kerneled"
AVG_KERNELED = "avg_kerneled"

CENTRE_OF_0 = -1.0
CENTRE_OF_1 = 1.0
SPREAD = 0.25
"""Standard deviation of either part of a point; a point crosses the middle once in 30,000 times."""


def shots_of_set(
    meas_type: str, bits: Bits, registers: Sequence[Sequence[int]], random: np.random.Generator
) -> list[NDArray[Any]]:
    """Return for each register what was measured with one set of parameter values.

    :param registers: the columns of each register; registers that share a bit share its points
    """
    if meas_type == CLASSIFIED:
        return [pack(bits, columns) for columns in registers]
    points = _iq_points(bits, random)
    if meas_type == AVG_KERNELED:
        points = points.mean(axis=0)
    return [points[..., list(columns)] for columns in registers]


def field(
    meas_type: str, sets: list[NDArray[Any]], shape: tuple[int, ...], shots: int, num_bits: int
) -> RegisterSamples | NDArray[np.complex128]:
    """Return the results of a register with all sets of parameter values.

    :param sets: of :func:`shots_of_set`, the last index of the shape varying fastest
    """
    if meas_type == CLASSIFIED:
        packed = np.array(sets, np.uint8).reshape(*shape, shots, (num_bits + 7) // 8)
        return RegisterSamples(packed, num_bits)
    of_a_set = (num_bits,) if meas_type == AVG_KERNELED else (shots, num_bits)
    return np.array(sets, np.complex128).reshape(*shape, *of_a_set)


def num_points(meas_type: str, sets: int, shots: int, num_bits: int) -> int:
    """Return how many complex numbers the results of so many bits are."""
    return {CLASSIFIED: 0, KERNELED: sets * shots, AVG_KERNELED: sets}[meas_type] * num_bits


def _iq_points(bits: Bits, random: np.random.Generator) -> NDArray[np.complex128]:
    """Return a point for each bit: its centre, and Gaussian noise."""
    noise = random.normal(scale=SPREAD, size=(*bits.shape, 2)).view(np.complex128)[..., 0]
    points: NDArray[np.complex128] = np.where(bits, CENTRE_OF_1, CENTRE_OF_0) + noise
    return points
