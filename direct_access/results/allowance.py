"""How much may come of a results file.

What is compressed in it can expand a thousand times, and a shape can promise any number of rows: a file of a
few hundred bytes would fill the memory of a node. So there is a bound, which grows with the file.
"""

from __future__ import annotations

from direct_access.errors import StoreError
from direct_access.light_dataclass import dataclass

FREE_ITEMS = 1 << 20
"""Numbers, rows and outcomes that any file may hold; with each of its bytes it may hold one more."""

FREE_BLOCK_BYTES = 1 << 26
BLOCK_BYTES_PER_BYTE = 64
MAX_BLOCK_BYTES = 1 << 28
"""The bound of one block: 10,000,000 shots, the most that a job may have, of 200 bits."""

SET_ITEMS = 16
"""What a set of parameter values counts: it has a table of outcomes of its own."""


@dataclass
class Allowance:
    """What is left of a file's bound.

    :param items: numbers, rows and outcomes
    :param block_bytes: data that is in memory at once
    """

    items: int = FREE_ITEMS
    block_bytes: int = FREE_BLOCK_BYTES

    def take(self, items: int, what: str) -> None:
        """Count items.

        :raises StoreError: if a file of this size cannot hold so many
        """
        self.items -= items
        if self.items < 0:
            raise StoreError(f"{what} would expand to more than a file of this size can hold")


def allowance_of(file_bytes: int) -> Allowance:
    """Return the bound of a file of so many bytes."""
    block_bytes = FREE_BLOCK_BYTES + BLOCK_BYTES_PER_BYTE * file_bytes
    return Allowance(FREE_ITEMS + file_bytes, min(block_bytes, MAX_BLOCK_BYTES))
