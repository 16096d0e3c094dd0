"""What of the counts is asked for: some bits of a register, or expectation values of Z on some of them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from direct_access.errors import UsageError
from direct_access.light_dataclass import dataclass
from direct_access.results.counted import Counted, number_of
from direct_access.results.estimates import Estimate, Estimates, Index
from direct_access.results.model import PubResult, Register, Results, indices

_MARGINAL = re.compile(r"(?:(?P<register>[^:]+):)?(?P<bits>\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)")
_EXPECTATION = re.compile(r"(?:(?P<register>[^:]+):)?(?P<bits>(?:Z\d+)+)")
_MOST_BITS = 1 << 12


@dataclass(frozen=True)
class BitChoice:
    """Some bits of a register.

    :param register: None: the only one that there is
    :param text: as it was asked for
    """

    text: str
    register: str | None
    bits: tuple[int, ...]


@dataclass(frozen=True)
class Selection:
    """What to show instead of all outcomes of all bits."""

    marginal: BitChoice | None = None
    expectations: Sequence[BitChoice] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing was chosen."""
        return self.marginal is None and not self.expectations


def parse_marginal(text: str) -> BitChoice:
    """Return the bits that ``0,2``, ``0-3`` or ``c:0,2`` mean.

    :raises ValueError: if it is none of these
    """
    match = _MARGINAL.fullmatch(text)
    if not match:
        raise ValueError(
            f"{text!r} is not a valid choice of bits; allowed: 0,2 or 0-3, or c:0,2 of register c"
        )
    bits: list[int] = []
    for part in match["bits"].split(","):
        first, _, last = part.partition("-")
        bits += range(int(first), min(int(last or first), int(first) + _MOST_BITS) + 1)
    return BitChoice(text, match["register"], _different(text, bits))


def parse_expectation(text: str) -> BitChoice:
    """Return the bits that ``Z0Z1`` or ``c:Z0Z1`` mean.

    :raises ValueError: if it is neither
    """
    match = _EXPECTATION.fullmatch(text)
    if not match:
        raise ValueError(
            f"{text!r} is not a valid observable of counts; allowed: Z0Z1, or c:Z0Z1 of register c. "
            "Other letters need an estimator"
        )
    return BitChoice(
        text, match["register"], _different(text, [int(bit) for bit in match["bits"][1:].split("Z")])
    )


def _different(text: str, bits: Sequence[int]) -> tuple[int, ...]:
    if len(set(bits)) != len(bits):
        raise ValueError(f"{text!r} names a bit twice")
    return tuple(bits)


def check(selection: Selection, results: Results) -> None:
    """Make sure that there is something to show.

    :raises UsageError: if no PUB has the bits, or their register is not said where there are several
    """
    for choice in filter(None, (selection.marginal, *selection.expectations)):
        if not any(_register(choice, pub) for pub in results.pubs):
            names = sorted({name for pub in results.pubs for name in pub.registers})
            known = f"registers: {', '.join(names)}" if names else "these results hold no counts"
            raise UsageError(f"no PUB has the bits {choice.text}; {known}")


def marginal(choice: BitChoice, pub: PubResult) -> Iterator[Counted]:
    """Yield the counts of some bits, the first one named last; nothing where a PUB does not have them."""
    found = _register(choice, pub)
    if not found:
        return
    name, register = found
    bits = ", ".join(map(str, choice.bits))
    title = f"{name} bits {bits} ({number_of(register.shots, 'shot')})"

    def sets() -> Iterator[Counter[int]]:
        return (_projected(counts, choice.bits) for counts in register.counts())

    width = len(choice.bits)
    yield Counted(name, title, register.shape, register.shots, sets, lambda bits: format(bits, f"0{width}b"))


def _projected(counts: Counter[int], bits: Sequence[int]) -> Counter[int]:
    fewer: Counter[int] = Counter()
    for outcome, times in counts.items():
        fewer[sum((outcome >> bit & 1) << place for place, bit in enumerate(bits))] += times
    return fewer


def expectations(choices: Sequence[BitChoice], pub: PubResult) -> Estimates | None:
    """Return the expectation values that the counts of a PUB give; None where it does not have the bits.

    The standard error is that of a mean of values 1 and -1: sqrt((1 - mean²) / shots).
    """
    found = [(choice, register) for choice in choices if (register := _register(choice, pub))]
    if not found:
        return None
    shape, shots = found[0][1][1].shape, found[0][1][1].shots
    masks = [sum(1 << bit for bit in choice.bits) for choice, _ in found]

    def rows() -> Iterator[tuple[Index, list[Estimate]]]:
        sets = zip(*(register.counts() for _, (_, register) in found), strict=True)
        for index, counts in zip(indices(shape), sets, strict=True):
            yield index, [_estimate(one, mask) for one, mask in zip(counts, masks, strict=True)]

    places = max(2, math.ceil(math.log10(max(shots, 1)) / 2) + 1)
    return Estimates([choice.text for choice, _ in found], rows, places, 2 * places + 8)


def _estimate(counts: Counter[int], mask: int) -> Estimate:
    shots = counts.total()
    if not shots:
        return Estimate(math.nan, (math.nan,))
    odd = sum(times for outcome, times in counts.items() if (outcome & mask).bit_count() % 2)
    mean = 1 - 2 * odd / shots
    return Estimate(mean, (math.sqrt((1 - mean * mean) / shots),))


def _register(choice: BitChoice, pub: PubResult) -> tuple[str, Register] | None:
    """Return the register of a choice, None where the PUB does not have all its bits."""
    if choice.register is None and len(pub.registers) > 1:
        names = ", ".join(pub.registers)
        example = f"{next(iter(pub.registers))}:{choice.text}"
        raise UsageError(f"{choice.text} can be of several registers: {names}", advice=f"write {example}")
    for name, register in pub.registers.items():
        if choice.register in (None, name) and max(choice.bits) < register.num_bits:
            return name, register
    return None
