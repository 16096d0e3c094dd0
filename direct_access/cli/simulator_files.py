"""Files that say how a simulator shall be; what is wrong with them is told with line and column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from direct_access.document import read, refusal
from direct_access.simulator.documents import Misplaced


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """Yield a file's document; what the block finds wrong with it becomes a finding at its place.

    :raises InputError: with findings
    """
    document = read(path)
    try:
        yield document.value
    except Misplaced as error:
        raise refusal(document.name, [document.finding(error.path, str(error))]) from error
