"""Arrays of a params document, and numpy's rules by which they fit the results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.results.lazy_json import LongArray
from direct_access.results.model import Values


@dataclass(frozen=True)
class Spread:
    """An array whose elements stand for the elements of a larger shape, by numpy's rules of broadcasting."""

    shape: tuple[int, ...]
    flat: Sequence[Any]

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether it can be broadcast to a shape."""
        own = zip(reversed(self.shape), reversed(shape), strict=False)
        return len(self.shape) <= len(shape) and all(length in (1, other) for length, other in own)

    def at(self, index: tuple[int, ...]) -> Any:
        """Return the element that an index of the larger shape has."""
        position = 0
        for length, step in zip(self.shape, index[len(index) - len(self.shape) :], strict=True):
            position = position * length + (step if length > 1 else 0)
        return self.flat[position]

    def varies_along(self, shape: tuple[int, ...]) -> set[int]:
        """Return the axes of the larger shape along which the elements can differ."""
        offset = len(shape) - len(self.shape)
        return {offset + axis for axis, length in enumerate(self.shape) if length > 1}


def split(spread: Spread) -> list[Spread]:
    """Return the parts of an array along its last axis."""
    last = spread.shape[-1] if spread.shape else 0
    return [Spread(spread.shape[:-1], spread.flat[number::last]) for number in range(last)]


def as_array(value: Any) -> Spread | None:
    """Return numbers as an array, whichever way they were sent; None if they are no array of numbers."""
    if isinstance(value, Values):
        return Spread(value.shape, value.flat)
    if isinstance(value, (int, float)):
        return Spread((), [value])
    return nested(value, (int, float))


def nested(value: Any, leaf: type | tuple[type, ...]) -> Spread | None:
    """Return nested lists as an array; None if they are ragged, or hold something else."""
    shape: list[int] = []
    flat = [value]
    while flat and all(isinstance(item, (list, LongArray)) for item in flat):
        lists = [list(item) for item in flat]
        if len({len(item) for item in lists}) != 1:
            return None
        shape.append(len(lists[0]))
        flat = [item for each in lists for item in each]
    return Spread(tuple(shape), flat) if all(isinstance(item, leaf) for item in flat) else None
