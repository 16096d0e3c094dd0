"""JSON documents of servers, bounded where they enter.

Not every JSON document that a server can write is data that we can use, store and pass on (RFC 8259, 9: a
reader may set limits). What is refused here never has to be thought of again.
"""

from __future__ import annotations

import json
import math
from typing import Any

DEEPEST = 100
"""The deepest document of an API, the properties of a backend, has 8 levels."""
_LONGEST_INTEGER = len(str(-(2**63)))


def read_json(content: bytes | str) -> Any:
    """Return the data of a JSON document.

    Numbers that are not 64-bit integers or finite doubles, NaN among them, are None, as fields of a wrong
    type are (:mod:`.json_fields`). Lone surrogates, which cannot be encoded, are U+FFFD.

    :raises ValueError: if it is not valid JSON, or more than ``DEEPEST`` levels deep
    """
    try:
        document = json.loads(content, parse_int=_integer, parse_float=_float, parse_constant=_nothing)
    except RecursionError as error:
        raise ValueError("a JSON document is too deep") from error
    return _encodable(document, DEEPEST)


def _integer(digits: str) -> int | None:
    value = int(digits) if len(digits) <= _LONGEST_INTEGER else None
    return value if value is not None and -(2**63) <= value < 2**63 else None


def _float(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _nothing(_name: str) -> None: ...


def _encodable(value: Any, levels_left: int) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else _without_surrogates(value)
    if not isinstance(value, (dict, list)):
        return value
    if not levels_left:
        raise ValueError(f"a JSON document is more than {DEEPEST} levels deep")
    if isinstance(value, list):
        return [_encodable(entry, levels_left - 1) for entry in value]
    return {
        _encodable(name, levels_left): _encodable(entry, levels_left - 1) for name, entry in value.items()
    }


def _without_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
