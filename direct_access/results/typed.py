"""Typed results: what the API sends for ``support_qiskit: true``, as qiskit-ibm-runtime encodes it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from direct_access.errors import StoreError
from direct_access.results.allowance import SET_ITEMS, Allowance
from direct_access.results.fields import pub_result
from direct_access.results.lazy_json import LongArray, LongText
from direct_access.results.model import MAX_BITS, PubResult, Register, Results, Values, byte_width
from direct_access.results.npy import Array, read_array

PUB_RESULT_TYPES = ("PubResult", "SamplerPubResult", "EstimatorPubResult")

_WORD = re.compile(r"[a-z][a-z0-9_]*")
"""An extrapolator's name, which some writers wrap as an array; base64 of zlib data cannot look like that."""


def typed_results(document: Mapping[str, Any], allowance: Allowance) -> Results:
    """Return the results of a document whose ``__type__`` is PrimitiveResult.

    :param allowance: how much may come of the file
    :raises StoreError: if it is damaged
    """
    content = _content(document)
    pubs = [_pub(pub, allowance) for pub in content.get("pub_results") or ()]
    metadata = decoded(content.get("metadata") or {}, allowance)
    return Results(pubs, metadata, most_outcomes=allowance.items)


def _pub(pub: Any, allowance: Allowance) -> PubResult:
    if not isinstance(pub, dict) or pub.get("__type__") not in PUB_RESULT_TYPES:
        raise StoreError("an element of pub_results is not a result of a PUB")
    content = _content(pub)
    data = content.get("data")
    if not isinstance(data, dict) or data.get("__type__") != "DataBin":
        raise StoreError("the data of a PUB is not a DataBin")
    fields = _content(data).get("fields")
    if not isinstance(fields, dict):
        raise StoreError("the DataBin of a PUB has no fields")
    metadata = decoded(content.get("metadata") or {}, allowance)
    return pub_result(decoded(fields, allowance), metadata, _shape(_content(data).get("shape")))


def _shape(value: Any) -> tuple[int, ...] | None:
    """Return the shape that a DataBin tells, None if it tells none."""
    if not isinstance(value, list) or not all(type(length) is int for length in value):
        return None
    return tuple(value)


def decoded(value: Any, allowance: Allowance) -> Any:
    """Return a value with the wrappings that we know taken off; an unknown one stays as it is.

    :param allowance: how much may come of the file
    :raises StoreError: if a wrapping does not hold what it says
    """
    if isinstance(value, LongText):
        return str(value)
    if isinstance(value, (list, LongArray)):
        return [decoded(item, allowance) for item in value]
    if not isinstance(value, dict):
        return value
    if (decoder := _DECODERS.get(str(value.get("__type__")))) and "__value__" in value:
        try:
            return decoder(value["__value__"], allowance)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
            raise StoreError(f"a value of type {value['__type__']} is damaged: {error}") from error
    return {name: decoded(item, allowance) for name, item in value.items()}


def _content(wrapped: Mapping[str, Any]) -> Mapping[str, Any]:
    content = wrapped.get("__value__")
    if not isinstance(content, dict):
        raise StoreError(f"a value of type {wrapped.get('__type__')} is damaged: it is not an object")
    return content


def _array(value: Any, allowance: Allowance) -> Any:
    if isinstance(value, str) and _WORD.fullmatch(value):
        return value
    if isinstance(value, (str, LongText)):
        array = read_array(value, allowance)
        return Values(array.shape, array.values())
    return decoded(value, allowance)


def _bit_array(value: Any, allowance: Allowance) -> Register:
    num_bits = int(value["num_bits"])
    array = read_array(value["array"]["__value__"], allowance)
    width = byte_width(num_bits)
    if (
        not 0 <= num_bits <= MAX_BITS
        or not array.is_bytes
        or len(array.shape) < 2
        or array.shape[-1] != width
    ):
        raise StoreError(f"a BitArray of {num_bits} bits has an array of shape {array.shape}")
    *shape, shots, _ = array.shape
    allowance.take(SET_ITEMS * math.prod(shape), f"a BitArray of shape {array.shape}")
    return Register(num_bits, tuple(shape), shots, partial(_shots, array, num_bits))


def _shots(array: Array, num_bits: int) -> Iterator[bytes]:
    """Yield the shots of each set of parameter values, with unused bits cleared."""
    *shape, shots, width = array.shape
    if not shots * width:
        yield from [b""] * math.prod(shape)
        return
    mask = 0xFF >> (-num_bits % 8)
    cleared = bytes(byte & mask for byte in range(256))
    for data in array.blocks(shots * width):
        rows = bytearray(data)
        rows[::width] = rows[::width].translate(cleared)
        yield bytes(rows)


_DECODERS: Mapping[str, Callable[[Any, Allowance], Any]] = {
    "ndarray": _array,
    "BitArray": _bit_array,
    "complex": lambda value, _allowance: complex(*value),
    "datetime": lambda value, _allowance: datetime.fromisoformat(str(value).replace("Z", "+00:00")),
}
