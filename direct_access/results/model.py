"""What a results document says, whichever of its two forms it has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice, product, repeat
from typing import Any

from direct_access.errors import StoreError
from direct_access.light_dataclass import dataclass

ROWS_AT_ONCE = 1 << 16
MAX_BITS = 1 << 16
"""The most bits that a register can have."""


@dataclass(frozen=True)
class Register:
    """What was measured into one classical register.

    :param shape: shape of the PUB's parameter values; () for a single set
    :param shots: shots for each set of parameter values
    :param samples: yields for each set, the last index varying fastest, its shots: ``width`` bytes each, a
        big-endian number whose lowest bit is the register's first bit. May be called again; reads the file.
    """

    num_bits: int
    shape: tuple[int, ...]
    shots: int
    samples: Callable[[], Iterator[bytes]] = field(repr=False)

    @property
    def width(self) -> int:
        """Bytes of a shot."""
        return byte_width(self.num_bits)

    def counts(self) -> Iterator[Counter[int]]:
        """Yield for each set of parameter values how often each outcome was measured."""
        for shots in self.samples():
            if self.width <= 1:
                yield Counter(shots) if self.width else Counter({0: self.shots} if self.shots else {})
            else:
                yield Counter(int.from_bytes(row, "big") for row in split(shots, self.width))

    def bitstring(self, outcome: int) -> str:
        """Return an outcome as bits, the register's first bit last."""
        return format(outcome, f"0{self.num_bits}b") if self.num_bits else ""


@dataclass(frozen=True)
class Values:
    """An array of numbers, such as expectation values.

    :param flat: the elements, the last index varying fastest
    """

    shape: tuple[int, ...]
    flat: Sequence[Any]

    def nested(self) -> Any:
        """Return the elements as nested lists; a single number for the shape ()."""
        nested: list[Any] = list(self.flat)
        for axis in reversed(range(1, len(self.shape))):
            length = self.shape[axis]
            starts = (number * length for number in range(math.prod(self.shape[:axis])))
            nested = [nested[start : start + length] for start in starts]
        return nested if self.shape else nested[0]


@dataclass(frozen=True)
class PubResult:
    """The result of one PUB.

    :param values: the estimator's ``evs``, ``stds``, ``ensemble_standard_error`` and others, by name;
        the sampler's complex numbers by register: with ``meas_type`` ``kerneled`` of shape
        (*shape, shots, bits), with ``avg_kerneled`` (*shape, bits)
    :param other: fields that are neither registers nor numbers, as they are
    :param shape: of the PUB's parameter values; None where the document does not say it
    """

    registers: Mapping[str, Register] = field(default_factory=dict)
    values: Mapping[str, Values] = field(default_factory=dict)
    other: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] | None = None

    def is_kerneled(self, values: Values) -> bool:
        """Whether the numbers are complex ones, one for each bit of each shot."""
        if self.shape is None or len(values.shape) != len(self.shape) + 2:
            return False
        return isinstance(next(iter(values.flat), None), complex)

    def joint_bitstrings(self, outcome: tuple[int, ...]) -> str:
        """Return an outcome of all registers as their bits, with a space between registers."""
        registers = self.registers.values()
        return " ".join(register.bitstring(part) for register, part in zip(registers, outcome, strict=True))

    def joint_counts(self, most_outcomes: int) -> Iterator[Counter[tuple[int, ...]]]:
        """Yield for each set of parameter values how often outcomes of all registers came together.

        An outcome is a tuple in the order of ``registers``, which all have the same shape and shots.

        :param most_outcomes: as :class:`Results` tells it
        :raises StoreError: if there are more in one set: few bytes can combine to very many
        """
        registers = list(self.registers.values())
        for sets in zip(*(register.samples() for register in registers), strict=True):
            together = zip(
                *(_rows(shots, register) for shots, register in zip(sets, registers, strict=True)),
                strict=True,
            )
            rows = _counted(together, most_outcomes)
            yield Counter(
                {
                    tuple(int.from_bytes(row, "big") for row in outcome): times
                    for outcome, times in rows.items()
                }
            )


@dataclass(frozen=True)
class Results:
    """The results of a job, PUB by PUB.

    :param most_outcomes: how many different outcomes they can have together, judged by the size of the file
    """

    pubs: Sequence[PubResult]
    metadata: Mapping[str, Any]
    most_outcomes: int


def byte_width(num_bits: int) -> int:
    """Return how many bytes hold so many bits."""
    return (num_bits + 7) // 8


def split(data: bytes, size: int) -> Iterator[bytes]:
    """Yield the data so many bytes at a time."""
    return (data[start : start + size] for start in range(0, len(data), size))


def indices(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield all indices of a shape, the last one varying fastest."""
    return product(*map(range, shape))


def _counted(rows: Iterator[tuple[bytes, ...]], most: int) -> Counter[tuple[bytes, ...]]:
    counts: Counter[tuple[bytes, ...]] = Counter()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        counts.update(some)
        if len(counts) > most:
            raise StoreError(
                f"registers have more than {most} outcomes together, which a file of this size cannot hold"
            )
    return counts


def _rows(shots: bytes, register: Register) -> Iterator[bytes]:
    return split(shots, register.width) if register.width else repeat(b"", register.shots)
