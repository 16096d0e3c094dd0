"""Values of a params document that are more than JSON: arrays, bindings, observables."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from direct_access.simulator.execution.reasons import InvalidInput

MAX_ARRAY_BYTES = 1 << 30


def unwrap(value: Any) -> Any:
    """Return a value with its ``{"__type__": …, "__value__": …}`` wrappings taken off.

    :raises InvalidInput: for a type that is not an input of a primitive, or data that does not fit it
    """
    if isinstance(value, list):
        return [unwrap(item) for item in value] if any(map(_may_hold_wrapping, value)) else value
    if not isinstance(value, dict):
        return value
    if "__type__" not in value:
        return {key: unwrap(item) for key, item in value.items()}
    kind, content = value["__type__"], value.get("__value__")
    if kind == "ndarray":
        return np.asarray(content) if isinstance(content, list) else _read_array(content)
    if kind == "ObservablesArray":
        return unwrap(content)
    if kind == "BindingsArray" and isinstance(content, dict):
        return {_names(key): unwrap(item) for key, item in (content.get("data") or {}).items()}
    raise InvalidInput(f'a value of "__type__": {kind!r} is not an input of a primitive')


def _may_hold_wrapping(value: Any) -> bool:
    return isinstance(value, (list, dict))


def _names(key: str) -> tuple[str, ...]:
    names = json.loads(key)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInput("the keys of bindings are lists of parameter names")
    return tuple(names)


def _read_array(text: Any) -> NDArray[Any]:
    """Return the array behind base64(zlib(npy))."""
    if not isinstance(text, str):
        raise InvalidInput("an array is a list, or base64 of compressed .npy data")
    try:
        expander = zlib.decompressobj()
        data = expander.decompress(base64.b64decode(text, validate=True), MAX_ARRAY_BYTES)
        if expander.unconsumed_tail:
            raise InvalidInput(f"an array is larger than {MAX_ARRAY_BYTES >> 20} MiB")
        return np.asarray(np.load(io.BytesIO(data), allow_pickle=False))
    except (ValueError, zlib.error, EOFError) as error:
        raise InvalidInput(f"not a valid array: {error}") from error
