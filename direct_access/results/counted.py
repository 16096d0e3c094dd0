"""What is counted of a PUB: outcomes of a register, of some of its bits, or of several registers together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import field
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.results.model import PubResult, Register

MOST_REMEMBERED = 1 << 16


@dataclass(frozen=True)
class Counted:
    """Counts, for each set of parameter values.

    :param name: the register, or several with blanks between
    :param title: what was counted
    :param shots: for each set
    :param sets: yields the counts set by set, the last index varying fastest. May be called again
    :param bitstring: returns an outcome as bits, the first bit last
    """

    name: str
    title: str
    shape: tuple[int, ...]
    shots: int
    sets: Callable[[], Iterator[Counter[Any]]] = field(repr=False)
    bitstring: Callable[[Any], str] = field(repr=False)


def counted(pub: PubResult, most_outcomes: int) -> Iterator[Counted]:
    """Yield what is counted of a PUB: each register, then all together.

    :param most_outcomes: as :class:`~direct_access.results.model.Results` tells it; 0: not together
    """
    for name, register in pub.registers.items():
        yield _of_register(name, register)
    if most_outcomes and len(pub.registers) > 1:
        first = next(iter(pub.registers.values()))
        name = " ".join(pub.registers)

        def sets() -> Iterator[Counter[tuple[int, ...]]]:
            return pub.joint_counts(most_outcomes)

        yield Counted(name, f"{name} together", first.shape, first.shots, sets, pub.joint_bitstrings)


def _of_register(name: str, register: Register) -> Counted:
    title = f"{name} ({number_of(register.num_bits, 'bit')}, {number_of(register.shots, 'shot')})"
    return Counted(name, title, register.shape, register.shots, register.counts, register.bitstring)


def frequent(sets: Iterator[Counter[Any]], most: int) -> tuple[list[Any], bool]:
    """Return the outcomes that are most frequent in all sets together, and whether there are others.

    With very many different outcomes rare ones are forgotten on the way, so that memory is bounded: what is
    returned is then nearly, not exactly, the most frequent.
    """
    total: Counter[Hashable] = Counter()
    forgot = False
    for counts in sets:
        total.update(counts)
        if len(total) > 2 * MOST_REMEMBERED:
            total = Counter(dict(total.most_common(MOST_REMEMBERED)))
            forgot = True
    ranked = [outcome for outcome, _ in total.most_common(most)]
    return ranked, forgot or len(total) > len(ranked)


def number_of(number: int, thing: str) -> str:
    """Return a number of things: ``1 bit``, ``2 bits``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
