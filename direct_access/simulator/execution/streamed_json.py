"""JSON written as it comes, so that a large document is never in memory whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO


@dataclass(frozen=True)
class Pieces:
    """A JSON string in pieces; its characters need no escaping."""

    pieces: Iterable[str]


def write_json(value: Any, stream: TextIO) -> None:
    """Write a value as JSON.

    :param value: JSON data in which a mapping's values may also be iterators, which become arrays and are
        consumed one item at a time, and :class:`Pieces`
    """
    if isinstance(value, Mapping):
        for index, (key, item) in enumerate(value.items()):
            stream.write(f"{', ' if index else '{'}{json.dumps(key)}: ")
            write_json(item, stream)
        stream.write("}" if value else "{}")
    elif isinstance(value, Iterator):
        stream.write("[")
        for index, item in enumerate(value):
            stream.write(", " if index else "")
            write_json(item, stream)
        stream.write("]")
    elif isinstance(value, Pieces):
        stream.write('"')
        stream.writelines(value.pieces)
        stream.write('"')
    else:
        stream.write(json.dumps(value, allow_nan=False))
